"""Instants as text: RFC 3339, written in UTC."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SHORTEST_INSTANT = len("2026-03-02T10")


def parse_instant(text: str) -> datetime:
    """A time such as 2026-03-02T10:00:00Z; without an offset it is taken as UTC. Raises ValueError, also for a day."""
    instant = datetime.fromisoformat(text)
    if len(text) < SHORTEST_INSTANT:
        raise ValueError(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def write_instants(microseconds: NDArray[np.int64]) -> list[str]:
    """Microseconds since 1970 as text, to the millisecond."""
    text: list[str] = np.datetime_as_string(microseconds.astype("datetime64[us]"), unit="ms", timezone="UTC").tolist()
    return text
