"""The files of the repository."""

import subprocess

import pytest

from deployment.native.folders import REPOSITORY


def tracked_files() -> list[str]:
    """What is about to be added included; what is generated is ignored by git. Skips where there is no git to ask."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git repository: what is generated cannot be told from what is not", allow_module_level=True)
    return [line for line in answer.stdout.splitlines() if (REPOSITORY / line).exists()]
