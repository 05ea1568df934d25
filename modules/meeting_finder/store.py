"""What a finder does in PostgreSQL: which window is due, what was reported in and around it, who met whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import NamedTuple

import numpy as np
import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise

from meeting_finder.columns import COLUMNS, copy_bytes, fixes_of
from proximity.everybody.meetings import ESTIMATOR, Met
from proximity.fixes import Fixes
from proximity.instants import EPOCH, MICROSECOND
from proximity.windows import WINDOW_US, told_by

# Said in each transaction: pgbouncer may give each another session of the server's. A window of a crowd takes a while
# to compute, in which its transaction does nothing.
SET_UP = """
    SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL lock_timeout = '10s';
    SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '15min'
"""
SETTLE_BEFORE = "SELECT settle_connectivity(%s, %s, %s, %s)"
# A lock for each window, held until the end of the transaction: another finder takes the next one. Notes that are
# still coming in, one upon the other, are waited for, but not for ever.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT window_number FROM connectivity_due
        GROUP BY window_number
        HAVING max(noted_at) <= now() - %(quiet)s OR min(noted_at) <= now() - 10 * %(quiet)s
        ORDER BY window_number DESC LIMIT 100
    )
    SELECT window_number FROM due WHERE pg_try_advisory_xact_lock(7134205, window_number) LIMIT 1
"""
NOTES = "SELECT coalesce(array_agg(number), '{}') FROM connectivity_due WHERE window_number = %s"
# What may become of persons and days while a window is computed.
SEEN = """
    SELECT (SELECT coalesce(max(number), 0) FROM erased_person), (SELECT coalesce(max(number), 0) FROM private_span),
           (SELECT day::timestamp AT TIME ZONE 'UTC' FROM location_floor)
"""
FIXES = """
    SELECT person_id, creation_time, ST_Y(coordinate), ST_X(coordinate), COALESCE(accuracy_m, 'NaN')
    FROM location WHERE creation_time BETWEEN %s AND %s
"""
PERSONS = "SELECT id FROM person WHERE id = ANY(%s)"
PRIVATE = """
    SELECT person_id, greatest(begins_at, %(low)s), least(ends_at, %(until)s) FROM private_span
    WHERE person_id = ANY(%(persons)s) AND begins_at < %(until)s AND (ends_at IS NULL OR ends_at > %(low)s)
"""
HOLD = """
    SELECT pg_advisory_xact_lock_shared(storing_lock());
    SELECT pg_advisory_xact_lock_shared(connectivity_lock())
"""
IS_STILL_SO = """
    SELECT NOT EXISTS (SELECT FROM erased_person WHERE number > %(erased)s AND person_id = ANY(%(persons)s))
       AND NOT EXISTS (SELECT FROM private_span WHERE number > %(private)s AND person_id = ANY(%(persons)s))
       AND (SELECT day::timestamp AT TIME ZONE 'UTC' FROM location_floor) IS NOT DISTINCT FROM %(kept_from)s
       AND EXISTS (SELECT FROM connectivity_progress WHERE kept_from <= %(window)s AND distance_m = %(distance_m)s
                   AND min_probability = %(min_probability)s AND estimator = %(estimator)s)
"""
ENSURE_PARTITION = "SELECT ensure_connectivity_partition(%s)"
FORGET = "DELETE FROM connectivity WHERE started_at >= %s AND started_at < %s"
COPY = f"COPY connectivity ({COLUMNS}) FROM STDIN WITH (FORMAT binary)"
DONE = "DELETE FROM connectivity_due WHERE number = ANY(%s)"
BACKLOG = """
    SELECT (SELECT count(DISTINCT window_number) FROM connectivity_due),
           (SELECT least(settled_before, (SELECT min(window_number) FROM connectivity_due)) FROM connectivity_progress)
"""


class StoreUnavailableError(Exception):
    """The database did not do its work: trying again is right."""


class ChangedError(Exception):
    """What a window was computed from is not to be used any more: it stays due."""


class Asked(NamedTuple):
    """What is remembered as a meeting."""

    distance_m: float
    min_probability: float


class Seen(NamedTuple):
    """Up to where things were taken note of before locations were read."""

    erased: int  # number of an erasure
    private: int  # number of a private span
    kept_from: datetime | None  # the first instant of which locations are kept; None: all are


class Due(NamedTuple):
    """A window that this transaction alone settles."""

    window: int  # its number
    notes: list[int]
    seen: Seen

    @property
    def low(self) -> datetime:
        """Its first instant."""
        return EPOCH + self.window * WINDOW_US * MICROSECOND

    @property
    def is_kept(self) -> bool:
        """Whether all locations that tell of it may still be there."""
        low_us, _ = told_by(self.window)
        return self.seen.kept_from is None or EPOCH + low_us * MICROSECOND >= self.seen.kept_from


class Backlog(NamedTuple):
    windows: int  # due
    settled_until_us: int  # before this instant nothing is due; 0 before the first


class Store:
    """One connection to PostgreSQL, made when first needed and again after it broke. Not thread-safe."""

    def __init__(self, database_url: str, asked: Asked) -> None:
        self._database_url = database_url
        self._asked = asked
        self._connection: Connection | None = None

    def settle_before(self, window: int) -> None:
        """From now on the windows before this one are due. Raises StoreUnavailableError."""
        with self._transaction() as cursor:
            cursor.execute(SETTLE_BEFORE, (window, *self._asked, ESTIMATOR))

    def backlog(self) -> Backlog:
        """How much there is to do. Raises StoreUnavailableError."""
        with self._transaction() as cursor:
            cursor.execute(BACKLOG)
            [(windows, settled_before)] = cursor
            return Backlog(windows, (settled_before or 0) * WINDOW_US)

    @contextmanager
    def settling(self, quiet: timedelta) -> Iterator["Settling | None"]:
        """A window that is due, for the length of the block; what was written is durable at its end.

        None: there is none, but for those that other finders have in hand. Raises StoreUnavailableError.
        """
        with self._transaction() as cursor:
            cursor.execute(CLAIM, {"quiet": quiet})
            claimed = cursor.fetchone()
            if claimed is None:
                yield None
                return
            # In statements that begin when the window is locked: they see what the last one to settle it has done.
            cursor.execute(NOTES, claimed)
            [(notes,)] = cursor
            cursor.execute(SEEN)
            [seen] = cursor
            yield Settling(cursor, Due(claimed[0], notes, Seen._make(seen)), self._asked)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        """Commit at the end of the block. Raises StoreUnavailableError."""
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(
                    self._database_url,
                    application_name="meeting_finder",
                    connect_timeout=5,
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=3,
                    tcp_user_timeout=30_000,
                )
            with self._connection, self._connection.cursor() as cursor:
                cursor.execute(SET_UP)
                yield cursor
        except psycopg2.Error as error:
            self.close()
            raise StoreUnavailableError(f"SQLSTATE {error.pgcode}" if error.pgcode else str(error).strip()) from error


class Settling:
    """One window, in one transaction."""

    def __init__(self, cursor: Cursor, due: Due, asked: Asked) -> None:
        self.due = due
        self._cursor = cursor
        self._asked = asked

    def fixes(self) -> Fixes:
        """All fixes that tell of the window and may be used, by person and time."""
        low, high = (EPOCH + end * MICROSECOND for end in told_by(self.due.window))
        copied = BytesIO()
        filled = self._cursor.mogrify(FIXES, (low, high)).decode()
        self._cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", copied)
        fixes = fixes_of(copied.getvalue())
        persons = np.unique(fixes.person_id).tolist()
        self._cursor.execute(PERSONS, (persons,))
        usable = np.isin(fixes.person_id, [person_id for (person_id,) in self._cursor])
        # What is being forgotten may not be deleted yet.
        self._cursor.execute(PRIVATE, {"persons": persons, "low": low, "until": high + MICROSECOND})
        for person_id, begins_at, ends_at in self._cursor:
            begin_us, end_us = ((at - EPOCH) // MICROSECOND for at in (begins_at, ends_at))
            usable &= (fixes.person_id != person_id) | (fixes.time_us < begin_us) | (fixes.time_us >= end_us)
        return fixes if usable.all() else fixes.at(usable)

    def write(self, fixes: Fixes, met: Met) -> None:
        """Replace the meetings of the window by those that follow from the fixes. Raises ChangedError."""
        persons = np.unique(fixes.person_id).tolist()
        self._cursor.execute(HOLD)
        self._cursor.execute(
            IS_STILL_SO,
            {
                **self.due.seen._asdict(),
                **self._asked._asdict(),
                "estimator": ESTIMATOR,
                "persons": persons,
                "window": self.due.window,
            },
        )
        if self._cursor.fetchone() != (True,):
            raise ChangedError
        self._cursor.execute(FORGET, (self.due.low, self.due.low + WINDOW_US * MICROSECOND))
        if met.person_id.size:
            self._cursor.execute(ENSURE_PARTITION, (self.due.low.date(),))
            rows = copy_bytes(met)
            self._cursor.copy_expert(COPY, BytesIO(rows), size=len(rows))
        self.done()

    def done(self) -> None:
        """The window is not due any more, but for what was noted since it was claimed."""
        self._cursor.execute(DONE, (self.due.notes,))
