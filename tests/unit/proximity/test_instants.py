from datetime import UTC, datetime

import pytest

from proximity.instants import read_day, read_instant

NOON = round(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "after_noon_us"),
    [
        ("2026-03-02T12:00:00Z", 0),
        ("2026-03-02t12:00:00z", 0),
        ("2026-03-02 12:00:00Z", 0),
        ("2026-03-02T13:30:00+01:30", 0),
        ("2026-03-02T04:00:00-08:00", 0),
        ("2026-03-02T13:00:00 01:00", 0),  # what an unescaped + of a URL becomes
        ("2026-03-02T12:00:00.5Z", 500_000),
        ("2026-03-02T12:00:00.000001Z", 1),
        ("2026-03-02T12:00:00.123456789Z", 123_456),
    ],
)
def test_instants_are_read_in_every_form_of_rfc_3339(text: str, after_noon_us: int) -> None:
    assert read_instant(text) == NOON + after_noon_us


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T12:00:00", "2026-03-02T12:00Z", "2026-3-2", "20260302", "2026-W10-1", "now", "", "\uff12026-03-02"],
)
def test_other_forms_are_not_taken_for_a_time(text: str) -> None:
    assert read_day(text) is None
    assert read_instant(text) is None


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01"])
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the caller names the reason
        read_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T12:60:00Z",
        "2026-03-02T12:00:00+24:00",
        "2026-03-02T12:00:00+01:60",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_instants_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  likewise
        read_instant(text)


def test_a_day_is_its_first_microsecond() -> None:
    assert read_day("2026-03-02") == NOON - 12 * 3600 * 1_000_000
    assert read_day("0001-01-01") is not None
    assert read_day("9999-12-31") is not None
