"""Numbers and times in every form that apps write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_gateway.apps.values import instant_us, number

MOMENT_US = int(datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (52.5, 52.5),
        (7, 7.0),
        ("52.5", 52.5),
        (" 52.5 ", 52.5),
        ("-1.5e-5", -1.5e-5),
        ("52,5", 52.5),
        ("+3", 3.0),
        (".5", 0.5),
    ],
)
def test_numbers_and_text_that_means_one(written: object, meant: float) -> None:
    assert number(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "NaN",
        "inf",
        "1e999",
        "0x10",
        "1_000",
        "1,000.5",
        "\u0661",
        "52.5N",
        True,
        [1],
        float("nan"),
        10**400,
        "1" * 99,
    ],
)
def test_what_is_no_number(written: object) -> None:
    assert number(written) is None


@pytest.mark.parametrize(
    "written",
    [
        MOMENT_US // 1_000_000,
        float(MOMENT_US // 1_000_000),
        str(MOMENT_US // 1_000_000),
        MOMENT_US // 1000,
        str(MOMENT_US // 1000),
        "2026-03-02T09:00:00Z",
        "2026-03-02T09:00:00.000Z",
        "2026-03-02T09:00:00.000000000Z",
        "2026-03-02T10:00:00+01:00",
        "2026-03-02T10:00:00 01:00",  # a + that nobody encoded in an address
        "2026-03-02T01:00:00-0800",
        "2026-03-02 09:00:00",
        "2026-03-02T09:00:00",
    ],
)
def test_every_form_of_an_instant(written: object) -> None:
    assert instant_us(written) == MOMENT_US


def test_seconds_after_2038_are_not_taken_for_milliseconds() -> None:
    assert instant_us(2**31) == 2**31 * 1_000_000


def test_fractions_of_a_second_are_kept() -> None:
    assert instant_us("1772442000.25") == 1_772_442_000_250_000
    assert instant_us("2026-03-02T09:00:00.123Z") == MOMENT_US + 123_000


@pytest.mark.parametrize(
    "written", [None, "", "yesterday", "2026-13-01T00:00:00Z", 1e20, "9" * 50, [], True, "0001-01-01T00:00:00+23:59"]
)
def test_what_is_no_instant(written: object) -> None:
    read = instant_us(written)
    assert read is None or read < 0


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_nothing_breaks_them(written: object) -> None:
    read, when = number(written), instant_us(written)
    assert read is None or abs(read) < float("inf")
    assert when is None or isinstance(when, int)
