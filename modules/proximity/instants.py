"""Instants as whole microseconds since 1970-01-01 UTC, and how they are read."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
FIRST_US = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND  # of the calendar
LAST_US = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // MICROSECOND + DAY_US - 1

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# RFC 3339 section 5.6. A blank before the offset is a + that the caller did not escape in the URL.
INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?(?:([Zz])|([-+ ])(\d{2}:\d{2}))", re.ASCII)


def read_day(text: str) -> int | None:
    """Return the first microsecond of a day such as 2026-03-02; None where the text has another form.

    Raises ValueError where there is no such day.
    """
    return since_epoch(datetime.fromisoformat(f"{text}T00:00:00+00:00")) if DAY.fullmatch(text) else None


def read_instant(text: str) -> int | None:
    """Return an instant such as 2026-03-02T10:00:00.5+01:00; None where the text has another form.

    Digits beyond the microsecond are dropped. Raises ValueError where there is no such instant in the years 1 to 9999.
    """
    parts = INSTANT.fullmatch(text)
    if parts is None:
        return None
    day, time, fraction, utc, sign, offset = parts.groups()
    local = datetime.fromisoformat(f"{day}T{time}{(fraction or '.0')[:7]:0<7}+00:00")
    shift = timedelta(0)
    if not utc:
        ahead = datetime.strptime(offset, "%H:%M").replace(tzinfo=UTC)  # refuses 24:00 and 01:60
        shift = timedelta(hours=ahead.hour, minutes=ahead.minute)
    try:
        return since_epoch(local + shift if sign == "-" else local - shift)
    except OverflowError as error:
        raise ValueError("outside of the years 1 to 9999") from error


def since_epoch(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND
