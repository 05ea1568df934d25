"""Events that are to be sent, in the order of their numbers; one finder sends at a time.

Whoever adds events holds a lock until they are committed, so that a number that is read has no lower one to come. They
are deleted when Kafka has acknowledged them: after a crash between the two they are sent again, with the same numbers.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from meeting_finder.transactions import Transactions

SET_UP = """
    SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL lock_timeout = '10s';
    SET LOCAL statement_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '5min'
"""
CLAIM = "SELECT pg_try_advisory_xact_lock(7134211)"
WAITING = "SELECT count(*), extract(epoch FROM now() - min(told_at)) FROM encounter_event"
OLDEST = """
    SELECT number, kind, encounter, person_id, other_id, started_at, ended_at, closest_m, probability, latitude,
           longitude, told_at
    FROM encounter_event ORDER BY number LIMIT %s
"""
# Whoever takes back what was told removes events too: both hold the lock, so that neither waits for the other's rows.
LOCK = "SELECT pg_advisory_xact_lock(encounter_lock())"
SENT = "DELETE FROM encounter_event WHERE number = ANY(%s)"
AT_ONCE: Final = 1_000


class Event(NamedTuple):
    """One change, told to one person; what is not known is None."""

    number: int
    kind: int
    encounter: int
    person_id: int
    other_id: int | None
    started_at: datetime | None
    ended_at: datetime | None
    closest_m: float | None
    probability: float | None
    latitude: float | None
    longitude: float | None
    told_at: datetime


class Waiting(NamedTuple):
    events: int
    oldest_s: float  # how long the oldest has waited


class Outbox:
    """Not thread-safe. Everything raises StoreUnavailableError."""

    def __init__(self, database_url: str) -> None:
        self._transactions = Transactions(database_url, SET_UP)

    def send(self, send: Callable[[Sequence[Event]], None]) -> int:
        """Have the oldest events sent, and forget them when `send` returns. Returns how many."""
        with self._transactions.begin() as cursor:
            cursor.execute(CLAIM)
            if cursor.fetchone() != (True,):
                return 0  # another finder sends
            cursor.execute(OLDEST, (AT_ONCE,))
            events = [Event._make(row) for row in cursor]
            if events:
                send(events)
                cursor.execute(LOCK)
                cursor.execute(SENT, ([event.number for event in events],))
            return len(events)

    def waiting(self) -> Waiting:
        with self._transactions.begin() as cursor:
            cursor.execute(WAITING)
            [(events, oldest_s)] = cursor
            return Waiting(events, float(oldest_s or 0))

    def close(self) -> None:
        self._transactions.close()
