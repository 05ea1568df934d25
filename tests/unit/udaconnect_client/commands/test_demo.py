from datetime import UTC, datetime

import pytest

from udaconnect_client.commands.demo import start_of_conference


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-03-02T15:00", "2026-03-02T09:00"),
        ("2026-03-02T09:45", "2026-03-02T09:00"),
        ("2026-03-02T09:44", "2026-03-02T00:00"),
        ("2026-03-02T00:44", "2026-03-01T09:00"),
    ],
)
def test_the_conference_is_over_and_as_late_as_can_be(now: str, start: str) -> None:
    assert start_of_conference(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(
        start
    ).replace(tzinfo=UTC)
