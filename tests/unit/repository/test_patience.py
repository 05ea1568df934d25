"""No test fails by how fast the machine is: what is waited for is waited for as long as tests/patience.py says."""

import re
from pathlib import Path

import pytest

from deployment.native.folders import REPOSITORY

RINGS = [REPOSITORY / "tests" / ring for ring in ("unit", "integration", "e2e")]
LIMIT_OF_ITS_OWN = re.compile(r"\btimeout(_s)?=\d|\.(wait|join|result)\(\d{2}")


@pytest.mark.parametrize("ring", RINGS, ids=lambda ring: ring.name)
def test_no_test_has_a_time_limit_of_its_own(ring: Path) -> None:
    found = [
        f"{file.relative_to(REPOSITORY)}:{number}"
        for file in sorted(ring.rglob("*.py"))
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if LIMIT_OF_ITS_OWN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["get(url, timeout" + "=5)", "poll_until(up, timeout_s" + "=60)", "process.wait" + "(30)"]
)
def test_one_would_be_noticed(line: str) -> None:
    assert LIMIT_OF_ITS_OWN.search(line)
