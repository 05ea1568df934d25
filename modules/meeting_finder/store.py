"""What a finder does in PostgreSQL: which window is due, what was reported in and around it, who met whom."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from meeting_finder.columns import COLUMNS, copy_bytes
from meeting_finder.reported import ChangedError, Reported, Seen, hold_still, reported, seen_now
from meeting_finder.transactions import Transactions
from proximity.everybody.meetings import ESTIMATOR, Met
from proximity.fixes import Fixes
from proximity.instants import EPOCH, MICROSECOND
from proximity.windows import WINDOW_US, told_by
from service_kit.sql_arrays import array_text

# A window of a crowd takes a while to compute, in which its transaction does nothing. Workers beside it would take what
# other finders and the consumers work with.
SET_UP = """
    SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL lock_timeout = '10s';
    SET LOCAL max_parallel_workers_per_gather = 0;
    SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '15min'
"""
SETTLE_BEFORE = "SELECT settle_connectivity(%s, %s, %s, %s)"
# A lock for each window, held until the end of the transaction: another finder takes the next one. Notes that are
# still coming in, one upon the other, are waited for, but not for ever.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT window_number FROM connectivity_due
        WHERE window_number <> ALL(%(aside)s)
        GROUP BY window_number
        HAVING max(noted_at) <= now() - %(quiet)s OR min(noted_at) <= now() - 10 * %(quiet)s
        ORDER BY window_number DESC LIMIT 100
    )
    SELECT window_number FROM due WHERE pg_try_advisory_xact_lock(7134205, window_number) LIMIT 1
"""
# Whose meetings are to be settled; NULL: everybody's, as one of the notes says.
NOTES = """
    SELECT coalesce(array_agg(number), '{}'),
           CASE WHEN count(*) = count(person_id) THEN array_agg(DISTINCT person_id) END
    FROM connectivity_due WHERE window_number = %s
"""
HOLD = "SELECT pg_advisory_xact_lock_shared(connectivity_lock())"
IS_STILL_SO = """
    SELECT (SELECT day::timestamp AT TIME ZONE 'UTC' FROM location_floor) IS NOT DISTINCT FROM %(kept_from)s
       AND EXISTS (SELECT FROM connectivity_progress WHERE kept_from <= %(window)s AND distance_m = %(distance_m)s
                   AND min_probability = %(min_probability)s AND estimator = %(estimator)s)
"""
HAS_PARTITION = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'connectivity_' || to_char(%s::date, 'YYYYMM'))"
ENSURE_PARTITION = "SELECT ensure_connectivity_partition(%s)"
FORGET = "DELETE FROM connectivity WHERE started_at >= %(low)s AND started_at < %(until)s"
OF_SOME = "person_id = ANY(%(persons)s::bigint[]) OR other_id = ANY(%(persons)s::bigint[])"
FORGET_SOME = f"{FORGET} AND ({OF_SOME})"
COPY = f"COPY connectivity ({COLUMNS}) FROM STDIN WITH (FORMAT binary)"
DONE = "DELETE FROM connectivity_due WHERE number = ANY(%s::bigint[])"
BACKLOG = """
    SELECT (SELECT count(DISTINCT window_number) FROM connectivity_due),
           (SELECT least(settled_before, (SELECT min(window_number) FROM connectivity_due)) FROM connectivity_progress)
"""


class Asked(NamedTuple):
    """What is remembered as a meeting."""

    distance_m: float
    min_probability: float


class Due(NamedTuple):
    """A window that this transaction alone settles."""

    window: int  # its number
    notes: list[int]
    persons: list[int] | None  # whose meetings are; None: everybody's
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
    """Not thread-safe."""

    def __init__(self, database_url: str, asked: Asked) -> None:
        self._asked = asked
        self._database_url = database_url
        self._transactions = Transactions(database_url, SET_UP)

    def settle_before(self, window: int) -> None:
        """From now on the windows before this one are due. Raises StoreUnavailableError."""
        with self._transactions.begin() as cursor:
            cursor.execute(SETTLE_BEFORE, (window, *self._asked, ESTIMATOR))

    def backlog(self) -> Backlog:
        """How much there is to do. Raises StoreUnavailableError."""
        with self._transactions.begin() as cursor:
            cursor.execute(BACKLOG)
            [(windows, settled_before)] = cursor
            return Backlog(windows, (settled_before or 0) * WINDOW_US)

    @contextmanager
    def settling(self, quiet: timedelta, aside: Collection[int] = ()) -> Iterator["Settling | None"]:
        """A window that is due, for the length of the block; what was written is durable at its end.

        None: there is none, but for those set aside, and those that other finders have in hand. Raises
        StoreUnavailableError.
        """
        with self._transactions.begin() as cursor:
            cursor.execute(CLAIM, {"quiet": quiet, "aside": list(aside)})
            claimed = cursor.fetchone()
            if claimed is None:
                yield None
                return
            # In statements that begin when the window is locked: they see what the last one to settle it has done.
            cursor.execute(NOTES, claimed)
            [(notes, persons)] = cursor
            due = Due(claimed[0], notes, persons, seen_now(cursor))
            yield Settling(cursor, due, self._asked, partial(self._ensure_partition, cursor, due.low.date()))

    def close(self) -> None:
        self._transactions.close()

    def _ensure_partition(self, cursor: Cursor, day: date) -> None:
        """Once a month, and apart: where the table is distributed, who makes one may not write as somebody else."""
        cursor.execute(HAS_PARTITION, (day,))
        if cursor.fetchone() != (True,):
            with closing(Transactions(self._database_url, SET_UP)) as apart, apart.begin() as other:
                other.execute(ENSURE_PARTITION, (day,))


class Settling:
    """One window, in one transaction."""

    def __init__(self, cursor: Cursor, due: Due, asked: Asked, ensure_partition: Callable[[], None]) -> None:
        self.due = due
        self._ensure_partition = ensure_partition
        self._cursor = cursor
        self._asked = asked

    def reported(self) -> Reported:
        """All that tells of the window and may be used."""
        low, high = (EPOCH + end * MICROSECOND for end in told_by(self.due.window))
        return reported(self._cursor, low, high)

    def write(self, fixes: Fixes, met: Met) -> None:
        """Replace those meetings of the window that are due by what follows from the fixes. Raises ChangedError."""
        if met.person_id.size:
            self._ensure_partition()
        hold_still(self._cursor, self.due.seen, fixes.person_id)
        self._cursor.execute(HOLD)
        self._cursor.execute(
            IS_STILL_SO,
            {
                "kept_from": self.due.seen.kept_from,
                **self._asked._asdict(),
                "estimator": ESTIMATOR,
                "window": self.due.window,
            },
        )
        if self._cursor.fetchone() != (True,):
            raise ChangedError
        window = {"low": self.due.low, "until": self.due.low + WINDOW_US * MICROSECOND}
        if self.due.persons is None:
            self._cursor.execute(FORGET, window)
        else:
            self._cursor.execute(FORGET_SOME, {**window, "persons": array_text(self.due.persons)})
        if met.person_id.size:
            rows = copy_bytes(met)
            self._cursor.copy_expert(COPY, BytesIO(rows), size=len(rows))
        self.done()

    def done(self) -> None:
        """The window is not due any more, but for what was noted since it was claimed."""
        self._cursor.execute(DONE, (array_text(self.due.notes),))
