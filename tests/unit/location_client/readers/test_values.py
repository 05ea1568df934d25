import pytest

from location_client.readers.instants import microseconds
from location_client.readers.values import UnreadableError, decimal, whole_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000),
        ("1970-01-01 00:00:01.000001", 1_000_001),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1969-12-31T23:59:59.500Z", -500_000),
        ("2026-03-02T09:00:00.040Z", 1_772_442_000_040_000),
        ("2026-03-02t09:00:00,04z", 1_772_442_000_040_000),
        ("2026-03-02 09:00:00.040 UTC", 1_772_442_000_040_000),
        ("2026-03-02T02:00:00-0700", 1_772_442_000_000_000),
        ("2026-03-02T09:00Z", 1_772_442_000_000_000),
        ("1772442000", 1_772_442_000_000_000),
        ("1772442000.0000019", 1_772_442_000_000_001),
        ("1772442000000", 1_772_442_000_000_000),
        ("1701011500000", 1_701_011_500_000_000),
        ("1772442000000000", 1_772_442_000_000_000),
        ("1772442000000000999", 1_772_442_000_000_000),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, expected: int) -> None:
    assert microseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "soon",
            "2026-02-30T00:00:00Z",
            "2026-03-02",
            "5",
            "46083.375",
            "20260302",
            "20260302090000",
            "202603020900",
        ),
        *("2026-03-02-09:00", "2026-03-02+09:00", "1.772442e9", "-1772442000", "2026-03-02T09:00:00 CET", "0001772442"),
        *("2016-12-31T23:59:60Z", "02.03.2026 09:00", "2026/03/02 09:00", "9" * 5000, "٢٠٢٦-03-02T09:00:00Z"),
        *("1701011500TZ", "2026-03-02T09:00:00+99:99", "2026-03-02T25:00:00Z"),
    ],
)
def test_what_is_no_instant_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"creation_time (must be a time|is missing|is the number|is a leap)"):
        microseconds(text)


@pytest.mark.parametrize(
    "text", ["", "x", "1.5", "1_000", "9223372036854775808", "True", "12.5", "1e3", "9007199254740993.0"]
)
def test_what_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"person_id (must be a whole number|is missing|.* has lost)"):
        whole_number("person_id", text)


@pytest.mark.parametrize("text", ["", " ", "north", "1_0.5", "35,1", "True"])
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"latitude (must be a number|is missing)"):
        decimal("latitude", text)


def test_a_long_value_is_shown_in_short() -> None:
    with pytest.raises(UnreadableError) as raised:
        decimal("latitude", "x" * 10_000)
    assert len(raised.value.reason) < 100


@pytest.mark.parametrize(("text", "expected"), [("7", 7), (" 7 ", 7), ("7.0", 7), ("7.", 7), ("7.000", 7), ("-1", -1)])
def test_a_whole_number_may_have_been_a_floating_point_number(text: str, expected: int) -> None:
    assert whole_number("person_id", text) == expected
