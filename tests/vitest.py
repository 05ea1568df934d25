"""What vitest tests in modules/frontend, run from here."""

import os
import subprocess
from collections.abc import Mapping

from deployment.native.folders import REPOSITORY

HANGS_AFTER_S = 7200  # ends what hangs, on a machine however slow


def run_vitest(script: str, variables: Mapping[str, str]) -> str:
    """What a script of package.json prints. Raises AssertionError with all of it where a test fails."""
    tested = subprocess.run(
        ["npm", "run", "--silent", script],  # noqa: S607  from the same PATH as all of the front end's commands
        cwd=REPOSITORY / "modules" / "frontend",
        env={**os.environ, **variables, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_S,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    return tested.stdout
