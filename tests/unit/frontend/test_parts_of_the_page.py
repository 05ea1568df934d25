"""The parts of the page, each for itself: what stands beside them in modules/frontend is run there, by vitest."""

import os
import subprocess

from deployment.native.folders import REPOSITORY

HANGS_AFTER_S = 7200  # ends what hangs, on a machine however slow


def test_parts_of_the_page() -> None:
    tested = subprocess.run(
        ["npm", "test", "--silent"],  # noqa: S607  from the same PATH as all of the front end's commands
        cwd=REPOSITORY / "modules" / "frontend",
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_S,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
