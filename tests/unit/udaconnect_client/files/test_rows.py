import pytest

from udaconnect_client.files.rows import UnreadableError, decimal, microseconds, whole_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000),
        ("1970-01-01 00:00:01.000001", 1_000_001),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1969-12-31T23:59:59.500Z", -500_000),
        ("2026-03-02T09:00:00.040Z", 1_772_442_000_040_000),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, expected: int) -> None:
    assert microseconds(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30T00:00:00Z", "2026-03-02", "1772442000"])
def test_what_is_no_instant_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"creation_time (must be a time|is missing)"):
        microseconds(text)


@pytest.mark.parametrize("text", ["", "x", "1.5", "1_000", "9223372036854775808", "True", "12.0"])
def test_what_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"person_id (must be a whole number|is missing)"):
        whole_number("person_id", text)


@pytest.mark.parametrize("text", ["", " ", "north", "1_0.5", "35,1", "True"])
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"latitude (must be a number|is missing)"):
        decimal("latitude", text)


def test_a_long_value_is_shown_in_short() -> None:
    with pytest.raises(UnreadableError) as raised:
        decimal("latitude", "x" * 10_000)
    assert len(raised.value.reason) < 100
