"""Every example of the README works as it is written there."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.examples import examples
from tests.patience import PATIENCE_S

REPOSITORY = Path(__file__).parents[2]
BLOCKS = [example.script for example in examples(REPOSITORY / "README.md")]


@pytest.fixture
def folder(tmp_path: Path, addresses: Mapping[str, str]) -> Path:
    """A folder that looks like the repository beside a running system."""
    for name in (".venv", "modules"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    (tmp_path / "var").mkdir()
    names = ("PERSON_URL", "CONNECTION_URL", "LOCATION_GRPC")
    (tmp_path / "var" / "run.env").write_text("".join(f"{name}={addresses[name]}\n" for name in names))
    return tmp_path


def run(script: str, folder: Path) -> str:
    """Run the script like a person who has just opened a terminal, but stop at the first error."""
    command = ["bash", "-euo", "pipefail", "-c", script.replace("curl -s", "curl -sS --fail-with-body")]
    terminal = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command, cwd=folder, env=terminal, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_examples_of_the_readme_work_as_written(folder: Path, poll_until: Any) -> None:
    addresses, people, push, meetings = BLOCKS
    assert "Grace" in run(addresses + people, folder)
    pushed = run(addresses + push, folder)
    assert "Accepted" in pushed
    assert "4 accepted" in pushed
    answer = poll_until(lambda: "started_at" in (shown := run(addresses + meetings, folder)) and shown)
    assert '"distance_m"' in answer
    assert '"FeatureCollection"' in answer
    assert "Hopper" in answer or '"person_id":2' in answer
