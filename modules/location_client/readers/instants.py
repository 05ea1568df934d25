"""Instants as text and as numbers: RFC 3339, and seconds or milliseconds since 1970 as computers write them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from location_client.readers.values import UnreadableError, not_a, shown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SHORTEST_INSTANT = len("2026-03-02T10")

# A day, T or a space, hours or more, perhaps a zone. Python alone would read 1701011500000 as a day of the year 1701,
# and 2026-03-02-09:00, a day in a zone, as nine o'clock.
DAY_AND_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?) ?(?:(Z|UTC|GMT)|([+-]\d\d(?::?\d\d)?))?",
    re.ASCII | re.IGNORECASE,
)
NUMBER = re.compile(r"(\d+)(?:\.(\d*))?", re.ASCII)
# Digits before the point → how many digits the microsecond is away: seconds from 2001 to 2286, and the smaller units
# of the same years. Every other number is something else: a day of Excel has five digits, 20260302090000 has fourteen.
EPOCH_DIGITS = {10: 6, 13: 3, 16: 0, 19: -3}
LEAP_SECOND = re.compile(r".*:[0-5]\d:60(?!\d).*", re.ASCII)


def parse_instant(text: str) -> datetime:
    """A time such as 2026-03-02T10:00:00Z; without an offset it is taken as UTC. Raises ValueError, also for a day."""
    instant = datetime.fromisoformat(text)
    if len(text) < SHORTEST_INSTANT:
        raise ValueError(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def in_utc(clock: datetime) -> datetime:
    """Takes a time without a zone as UTC."""
    return clock.replace(tzinfo=UTC)


def microseconds(text: str, placed: Callable[[datetime], datetime] = in_utc) -> int:
    """An instant as microseconds since 1970; digits beyond the microsecond are cut off.

    `placed` says which instant a time without a zone is. Raises UnreadableError.
    """
    try:
        if text[10:11] == "T" and text[-1:] == "Z":  # as nearly all are written
            return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
        text = text.strip()
        if whole := NUMBER.fullmatch(text):
            return since_1970(text, *whole.groups(default=""))
        clock = clock_of(text)
        return ((clock if clock.tzinfo else placed(clock)) - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        if LEAP_SECOND.fullmatch(text):
            raise UnreadableError(
                "creation_time", f"is a leap second, which has no number here: {shown(text)}"
            ) from None
        raise UnreadableError("creation_time", not_a("time such as 2026-03-02T10:00:00Z", text)) from None


def clock_of(text: str) -> datetime:
    """A day and a time, perhaps with a zone. Raises ValueError."""
    if not (parts := DAY_AND_TIME.fullmatch(text)):
        raise ValueError(text)
    day, time, utc, offset = parts.groups(default="")
    return datetime.fromisoformat(f"{day}T{time}{'Z' if utc else offset}")


def since_1970(text: str, whole: str, fraction: str) -> int:
    """Seconds, or thousandths, millionths, … of them, told apart by their size. Raises UnreadableError."""
    if whole[0] == "0" or (to_microseconds := EPOCH_DIGITS.get(len(whole))) is None:
        reason = f"is the number {shown(text)}, which is neither seconds nor milliseconds since 1970 of these years"
        raise UnreadableError("creation_time", f"{reason}: write 2026-03-02T10:00:00Z")
    if to_microseconds < 0:
        return int(whole[:to_microseconds])
    return int(whole + fraction[:to_microseconds].ljust(to_microseconds, "0"))
