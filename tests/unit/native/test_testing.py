from pathlib import Path

from deployment.native.folders import DataFolder
from deployment.native.testing import end_of_run


def test_the_process_that_ended_first_and_what_was_said_before_are_shown_of_a_long_log(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.make()
    ended = [
        "09:00:01 frontend | Error: no room",
        "09:00:02 system   | frontend stopped (rc=1)",
        "09:00:02 system   | sending SIGTERM to kafka (pid 7)",
    ]
    before, after = ["08:59:59 kafka | early"] * 1000, ["09:00:03 kafka | late"] * 1000
    folder.run_log.write_text("\n".join([*before, *ended, *after]))
    shown = end_of_run(folder).splitlines()
    assert shown[-11:-8] == ended
    assert len(shown) < 100
