"""Which encounters were told, in PostgreSQL: who is together, what has changed, and what is told of it.

What is told is written with what it is about, in one transaction, into the outbox `encounter_event`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class
from udaconnect.connection.v1.encounter_pb2 import KIND_BEGUN, KIND_CORRECTED, KIND_ENDED

from meeting_finder.reported import Seen, hold_still, reported_of_now, seen_now
from meeting_finder.transactions import Transactions
from proximity.fixes import Fixes, Floats, Ints
from proximity.present.company import Pairs, Together

SET_UP = """
    SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL lock_timeout = '10s';
    SET LOCAL statement_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '60s'
"""
# A partition that is written to grows faster than it is analysed: without a word PostgreSQL would read all of it. For a
# look alone: beside a table that has no index to be read by, all plans seem as dear, and any is taken.
BY_INDEX = "SET LOCAL enable_seqscan = off"
# Held until the end of the transaction: one finder looks at a time.
CLAIM = f"{BY_INDEX}; SELECT pg_try_advisory_xact_lock(7134210)"
WERE = "SELECT number, person_id, other_id, closest_m FROM encounter_told WHERE ended_at IS NULL"
LOCK = "SELECT pg_advisory_xact_lock(encounter_lock())"
BEGIN = """
    WITH begun AS (
        INSERT INTO encounter_told (started_at, person_id, other_id, closest_m, probability, latitude, longitude)
        SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])
        RETURNING number
    )
    SELECT coalesce(array_agg(number), '{}') FROM begun
"""
END = """
    WITH ended AS (
        UPDATE encounter_told SET ended_at = greatest(%s, started_at) WHERE number = ANY(%s) AND ended_at IS NULL
        RETURNING number
    )
    SELECT coalesce(array_agg(number), '{}') FROM ended
"""
CLOSER = """
    UPDATE encounter_told SET closest_m = closer.closest_m, latitude = closer.latitude, longitude = closer.longitude,
        probability = greatest(encounter_told.probability, closer.probability)
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])
        AS closer(number, closest_m, probability, latitude, longitude)
    WHERE encounter_told.number = closer.number
"""
TELL = "SELECT tell_encounters(%s, %s)"
GOING_ON = """
    SELECT coalesce(array_agg(number), '{}') FROM encounter_told
    WHERE ended_at IS NULL AND told_at < now() - interval '30 minutes'
"""
CONFIRM = "SELECT confirm_encounters(200)"
# Longer than the topic keeps what was told: as long as it can be read there, it can be taken back.
CLEAN = "DELETE FROM encounter_told WHERE settled_at < now() - interval '2 days'"

CLOSER_BY_M: Final = 0.5  # what is less is not worth a row
BEGUN_AT_ONCE: Final = 5_000  # the others with the next look


class Told(NamedTuple):
    """How many encounters were told of, by what has changed about them."""

    begun: int = 0
    ended: int = 0


class Encounters:
    """Not thread-safe. Everything raises StoreUnavailableError."""

    def __init__(self, database_url: str) -> None:
        self._transactions = Transactions(database_url, SET_UP)

    @contextmanager
    def looking(self) -> Iterator["Looking | None"]:
        """One look, for the length of the block; what was written is durable at its end. None: another finder looks."""
        with self._transactions.begin() as cursor:
            cursor.execute(CLAIM)
            yield Looking(cursor, seen_now(cursor)) if cursor.fetchone() == (True,) else None

    def confirm(self) -> int:
        """Tell what has been settled of encounters that were told. Returns of how many; 0: there is nothing to tell."""
        with self._transactions.begin() as cursor:
            cursor.execute(CONFIRM)
            [(confirmed,)] = cursor
            return int(confirmed)

    def tell_again(self) -> None:
        """Tell of those who have been together for long; forget what nobody can read any more."""
        with self._transactions.begin() as cursor:
            cursor.execute(LOCK)
            cursor.execute(GOING_ON)
            tell(cursor, KIND_CORRECTED)
            cursor.execute(CLEAN)

    def close(self) -> None:
        self._transactions.close()


class Looking:
    """One look, in one transaction."""

    def __init__(self, cursor: Cursor, seen: Seen) -> None:
        self._cursor = cursor
        self._seen = seen
        cursor.execute(WERE)
        were = cursor.fetchall()
        self._number, persons, others = (np.array([row[at] for row in were], np.int64) for at in range(3))
        self._closest_m = np.array([row[3] for row in were], np.float64)
        self.were = Pairs(persons, others)

    def fixes(self, low: datetime, high: datetime) -> Fixes:
        """What was reported then and tells where people are at its end, by person and time."""
        return reported_of_now(self._cursor, low, high)

    def write(self, begun: Together, now: Together, ended: Sequence[tuple[Ints, datetime]], started: datetime) -> Told:
        """Write and tell what has changed. `now` is what is known of `were`; `ended` are positions in them, and when.

        Raises ChangedError.
        """
        begun = begun.at(slice(BEGUN_AT_ONCE))
        over = np.concatenate([np.empty(0, np.int64), *(positions for positions, _ in ended)])
        closer = np.setdiff1d(np.flatnonzero(now.apart_m < self._closest_m - CLOSER_BY_M), over)
        concerned = np.concatenate([over, closer])
        if not begun.person_id.size + concerned.size:
            return Told()
        hold_still(
            self._cursor,
            self._seen,
            np.concatenate([begun.person_id, begun.other_id, *(each[concerned] for each in self.were)]),
        )
        self._cursor.execute(LOCK)
        self._cursor.execute(CLOSER, (self._number[closer].tolist(), *measured(now.at(closer))))
        columns = (begun.person_id.tolist(), begun.other_id.tolist(), *measured(begun))
        self._cursor.execute(BEGIN, (started, *columns))
        began = tell(self._cursor, KIND_BEGUN)
        parted = 0
        for positions, at in ended:
            self._cursor.execute(END, (at, self._number[positions].tolist()))
            parted += tell(self._cursor, KIND_ENDED)
        return Told(began, parted)


def measured(pairs: Together) -> tuple[list[float], list[float], list[float], list[float]]:
    columns: tuple[Floats, ...] = (pairs.apart_m, pairs.chance, pairs.latitude, pairs.longitude)
    apart_m, chance, latitude, longitude = (column.tolist() for column in columns)
    return apart_m, chance, latitude, longitude


def tell(cursor: Cursor, kind: int) -> int:
    """Tell of the encounters whose numbers the cursor holds. Returns how many they are."""
    [(numbers,)] = cursor
    if numbers:
        cursor.execute(TELL, (kind, numbers))
    return len(numbers)


def before(at: datetime, seconds: float) -> datetime:
    return at - timedelta(seconds=seconds)
