import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.lock import end_marked_processes, marked_environment, running_alone, running_pid

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from deployment.native.folders import DataFolder
from deployment.native.lock import running_alone
with running_alone(DataFolder(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_run(folder: DataFolder) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(folder.path)]
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with other_run(folder) as other:
        assert running_pid(folder) == other.pid
        with pytest.raises(SystemExit, match="runs already"), running_alone(folder):
            pass


def test_a_run_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with other_run(folder) as other:
        other.kill()
        other.wait()
        assert running_pid(folder) is None
        with running_alone(folder):
            pass


def test_what_a_killed_run_left_running_is_ended_and_nothing_else(tmp_path: Path) -> None:
    folder, neighbour = DataFolder(tmp_path / "a"), DataFolder(tmp_path / "ab")
    sleep = ["sleep", "60"]
    with (
        subprocess.Popen(sleep, env=marked_environment(folder)) as ours,
        subprocess.Popen(sleep, env=marked_environment(neighbour)) as theirs,
    ):
        end_marked_processes(folder)
        assert ours.poll() == -signal.SIGTERM
        assert theirs.poll() is None
        theirs.kill()
