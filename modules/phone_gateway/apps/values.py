"""Numbers and times as apps write them: numbers, or text where a number is meant."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM: Final = 1e11
"""A number of this size counts milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973."""

NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
PLUS_TAKEN_FOR_A_SPACE: Final = re.compile(r" (?=\d\d:?\d\d$)", re.ASCII)
LONGEST: Final = 40


def number(value: Any) -> float | None:  # noqa: ANN401  whatever the app wrote
    """A finite number, or None. A comma is taken for a decimal point: some apps write as their phone's user does."""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > LONGEST or not NUMBER.fullmatch(value):
            return None
        value = float(value.replace(",", "."))
    elif type(value) is int:
        value = float(value) if abs(value) < 1 << 63 else math.inf
    return value if type(value) is float and math.isfinite(value) else None


def instant_us(value: Any) -> int | None:  # noqa: ANN401  likewise
    """Microseconds since 1970 of seconds, milliseconds, ISO 8601, or yyyy-MM-dd HH:mm:ss; None where it is none.

    What names no time zone is UTC.
    """
    counted = number(value)
    if counted is not None:
        seconds = counted / 1000 if abs(counted) >= MILLISECONDS_FROM else counted
        return round(seconds * 1_000_000) if abs(seconds) < MILLISECONDS_FROM else None
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    written = value.strip()
    for form in (written, PLUS_TAKEN_FOR_A_SPACE.sub("+", written)):
        try:
            read = datetime.fromisoformat(form)
        except ValueError:
            continue
        return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - EPOCH) // timedelta(microseconds=1)
    return None
