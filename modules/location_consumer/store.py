"""Writes locations into PostGIS: COPY straight into the table, or a staging table where some are there already."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import NamedTuple

import numpy as np
import psycopg2
from kafka import TopicPartition
from psycopg2.errorcodes import CLASS_DATA_EXCEPTION, CLASS_INTEGRITY_CONSTRAINT_VIOLATION
from psycopg2.errors import InternalError_, UniqueViolation
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise

from location_consumer.copy_binary import COLUMNS
from location_consumer.cut_off import cut_off_after
from location_consumer.locations import EPOCH, MICROSECOND, Ints, microseconds
from location_consumer.offsets.lag import Position
from location_consumer.persons import NobodyError, Persons
from location_consumer.rows import DAY_US, Rows
from service_kit.lasting_session import connect
from service_kit.private_spans import Span

# A batch takes a fraction of a second. A transaction that was left alone must not keep others from the same rows. Said
# in each transaction: pgbouncer refuses it while connecting, and may give each another session of the server's.
SET_UP = """
    SET LOCAL timezone = 'UTC'; SET LOCAL jit = off;
    SET LOCAL statement_timeout = '20s'; SET LOCAL idle_in_transaction_session_timeout = '10s'
"""
SILENT_S = 30.0  # whatever one transaction may take

DAYS_AT_ONCE = 100  # partitions made in a transaction: each holds several locks until its end
NOTHING: Ints = np.empty(0, dtype=np.int64)

COPY = f"COPY {{table}} ({COLUMNS}) FROM STDIN WITH (FORMAT binary)"
CREATE_STAGING = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        arrival       bigint GENERATED ALWAYS AS IDENTITY,
        person_id     bigint,
        creation_time timestamptz,
        coordinate    geometry(Point, 4326),
        accuracy_m    real
    ) ON COMMIT DELETE ROWS
"""
# In the order of arrival: of two places for one instant in the same batch, the first one is stored. Counted by what is
# returned: where the table is distributed, the number of the statement is that of the staged rows.
INSERT_NEW = f"""
    WITH new AS (
        INSERT INTO location ({COLUMNS})
        SELECT {COLUMNS} FROM staging ORDER BY arrival
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM new
"""  # noqa: S608  built of constants
# LATERAL and ORDER BY leave the planner one way, a look into the primary key for each staged row. Statistics can't be
# trusted here: of times that lie beyond the last ANALYZE it expects one row, and would read all staged rows for each
# that there is. The constant range keeps all other partitions out of the plan.
FIND_STORED = """
    SELECT count(*),
           array_agg(staging.arrival - (SELECT min(arrival) FROM staging) ORDER BY staging.arrival)
               FILTER (WHERE NOT stored.coordinate = staging.coordinate)
    FROM staging
    CROSS JOIN LATERAL (
        SELECT coordinate FROM location
        WHERE location.person_id = staging.person_id AND location.creation_time = staging.creation_time
          AND location.creation_time BETWEEN %s AND %s
        ORDER BY creation_time
    ) AS stored
"""
NOTE = "SELECT note_windows(%s, %s::bigint[])"
REPORT = """
    SET LOCAL synchronous_commit = off;
    INSERT INTO consumer_progress (topic, partition, next_offset, end_offset, observed_at)
    SELECT *, now() FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET
        next_offset = excluded.next_offset, end_offset = excluded.end_offset, observed_at = excluded.observed_at
"""
REPORTED = """
    SELECT topic, partition, next_offset, end_offset FROM consumer_progress
    JOIN unnest(%s::text[], %s::int[]) AS asked (topic, partition) USING (topic, partition)
"""


class StoreUnavailableError(Exception):
    """The database did not do its work, through no fault of the locations: trying again is right."""


class _RefusedError(Exception):
    """The database will never take one of these rows."""


class _UnspecificError(Exception):
    """The node of a distributed table that a COPY went to refuses it, for a reason that is not told in a code."""


class _BarredError(Exception):
    """Since the rows were sorted out, one of them became that of an erased person, a dropped day, or a private time."""


class Written(NamedTuple):
    """What became of n locations, by their positions: n = stored + duplicates + all the others."""

    stored: int  # rows that are new in the table
    duplicates: int  # were there already, at the same place
    unknown_person: Ints
    conflict: Ints  # another place is stored for the same person and instant
    refused: list[tuple[int, str]]  # the database will never take them, and why
    erased: Ints  # of a person who has been erased
    expired: Ints  # older than what is kept
    private: Ints  # of a time of which the person keeps private where they were
    erased_persons: frozenset[int]  # among all that were asked about
    private_spans: Mapping[int, Sequence[Span]]  # of those of the others who have any


class Store:
    """One connection to PostGIS, made when first needed and again after it broke. Not thread-safe."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._connection: Connection | None = None
        self._persons = Persons()
        self._known_days: set[int] = set()
        self._expect_duplicates = False

    def check(self) -> None:
        """Say by returning that the table can be reached. Raises StoreUnavailableError."""
        with self._transaction() as cursor:
            cursor.execute("SELECT FROM location LIMIT 0")

    def write(self, rows: Rows, others: frozenset[int] = frozenset()) -> Written:
        """Make the locations durable: when this returns, each is in the table or named in the answer.

        Writing the same locations again is harmless. `others` are further persons of whom the answer tells whether
        they were erased, and what they keep private. Raises StoreUnavailableError; then any part of the locations may
        have been stored.
        """
        while True:
            try:
                return self._write(rows, others)
            except _BarredError:
                pass  # somebody was erased at this very moment: now that is known

    def _write(self, rows: Rows, others: frozenset[int]) -> Written:
        ids = rows.person_ids | others
        self._look_up(ids, rows, others)
        unknown = erased = expired = private = NOTHING
        good = None
        if rows.locations.size and self._persons.bars_any(rows):
            barred = self._persons.barred(rows.locations)
            unknown, erased, expired, private = map(
                np.flatnonzero, (barred.unknown, barred.erased, barred.expired, barred.private)
            )
            good = np.flatnonzero(~barred.any_reason)
            rows = Rows.of(rows.locations.at(good))
        stored, conflicts, refused = self._write_good(rows)
        duplicates = rows.locations.size - stored - conflicts.size - len(refused)
        if good is not None:
            conflicts = good[conflicts]
            refused = [(int(good[position]), reason) for position, reason in refused]
        return Written(
            stored,
            duplicates,
            unknown,
            conflicts,
            refused,
            erased,
            expired,
            private,
            self._persons.erased_among(ids),
            self._persons.private_spans(others),
        )

    def report(self, positions: Mapping[TopicPartition, Position]) -> None:
        """Keep where the partitions stand, for whoever asks how complete the table is.

        Raises StoreUnavailableError.
        """
        rows = [(*partition, *position) for partition, position in sorted(positions.items())]
        with self._transaction() as cursor:
            cursor.execute(REPORT, [list(column) for column in zip(*rows, strict=True)])

    def reported(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, Position]:
        """Where partitions stood when a consumer last reported them; those that none has ever read are left out.

        Raises StoreUnavailableError.
        """
        with self._transaction() as cursor:
            cursor.execute(REPORTED, ([topic for topic, _ in partitions], [number for _, number in partitions]))
            return {TopicPartition(topic, number): Position(*found) for topic, number, *found in cursor}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _look_up(self, ids: frozenset[int], rows: Rows, others: frozenset[int]) -> None:
        """Ask about strangers and others, and whether what was too old to be kept or private still is."""
        strangers = self._persons.strangers(ids)
        if strangers or others or self._persons.too_old(rows) or self._persons.any_private(rows):
            try:
                with self._transaction() as cursor:
                    self._persons.hold(cursor)
                    self._persons.look_up(cursor, strangers)
            except NobodyError as error:
                reason = "the table person is empty: has the database lost its people, or is nobody there yet?"
                raise StoreUnavailableError(reason) from error

    def _write_good(self, rows: Rows, *, day_is_sure: bool = False) -> tuple[int, Ints, list[tuple[int, str]]]:
        """Return the number of new rows, the positions of conflicts, and the positions of what was refused.

        Where the database refuses something, halving finds what it was, and the rest is stored.
        """
        size = rows.locations.size
        if not size:
            return 0, NOTHING, []
        try:
            self._ensure_partitions(rows.days)
            return *self._copy_or_stage(rows), []
        except _RefusedError as error:
            if size == 1 and day_is_sure:
                return 0, NOTHING, [(0, str(error))]
            self._known_days.clear()  # it may have been a partition that is gone
            if size == 1:
                return self._write_good(rows, day_is_sure=True)
        half = size // 2
        stored, conflicts, refused = self._write_good(Rows.of(rows.locations.at(slice(half))))
        stored_2, conflicts_2, refused_2 = self._write_good(Rows.of(rows.locations.at(slice(half, None))))
        return (
            stored + stored_2,
            np.concatenate([conflicts, conflicts_2 + half]),
            refused + [(position + half, reason) for position, reason in refused_2],
        )

    def _ensure_partitions(self, days: frozenset[int]) -> None:
        tomorrow = microseconds(datetime.now(UTC)) // DAY_US + 1  # made ahead, so that midnight is like any moment
        new = sorted((days | {tomorrow}) - self._known_days)
        for part in (new[at : at + DAYS_AT_ONCE] for at in range(0, len(new), DAYS_AT_ONCE)):
            with self._transaction() as cursor:
                for day in part:
                    date = (EPOCH + day * DAY_US * MICROSECOND).date()
                    cursor.execute("SELECT ensure_location_partition(%s)", (date,))
            self._known_days.update(part)

    def _copy_or_stage(self, rows: Rows) -> tuple[int, Ints]:
        if not self._expect_duplicates:
            try:
                with self._storing(rows) as cursor:
                    with _unspecific_errors():
                        _copy(cursor, "location", rows)
                    _note(cursor, rows)
            except (UniqueViolation, _UnspecificError):
                pass
            else:
                return rows.locations.size, NOTHING
        stored, conflicts = self._stage(rows)
        self._expect_duplicates = 2 * stored < rows.locations.size  # a replay; the next batch is likely more of it
        return stored, conflicts

    def _stage(self, rows: Rows) -> tuple[int, Ints]:
        times = rows.locations.time_us
        first_and_last = [EPOCH + int(end) * MICROSECOND for end in (times.min(), times.max())]
        with self._storing(rows) as cursor:
            cursor.execute(CREATE_STAGING)
            _copy(cursor, "staging", rows)
            found, conflicts = _found_stored(cursor, first_and_last)
            if found == times.size:
                return 0, conflicts
            cursor.execute(INSERT_NEW)
            [(stored,)] = cursor
            if stored:
                _note(cursor, rows)
            if found + stored < times.size:  # an instant twice in the batch, or stored meanwhile by another consumer
                _, conflicts = _found_stored(cursor, first_and_last)
            return stored, conflicts

    @contextmanager
    def _storing(self, rows: Rows) -> Iterator[Cursor]:
        """Commit at the end of the block; until then nobody of the rows can be erased. Raises _BarredError."""
        with self._transaction() as cursor:
            self._persons.hold(cursor)
            if self._persons.bars_any(rows):
                raise _BarredError
            yield cursor

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        """Commit at the end of the block. Lets UniqueViolation pass; others become _Refused or StoreUnavailable."""
        try:
            if self._connection is None:
                self._persons = Persons()
                self._connection = connect(self._database_url, "location_consumer")
            with cut_off_after(SILENT_S, self._connection), self._connection, self._connection.cursor() as cursor:
                cursor.execute(SET_UP)
                yield cursor
        except UniqueViolation:
            raise
        except psycopg2.Error as error:
            if (error.pgcode or "")[:2] in {CLASS_DATA_EXCEPTION, CLASS_INTEGRITY_CONSTRAINT_VIOLATION}:
                raise _RefusedError(f"the database refuses it (SQLSTATE {error.pgcode})") from error
            self.close()
            raise StoreUnavailableError(f"SQLSTATE {error.pgcode}" if error.pgcode else str(error).strip()) from error


@contextmanager
def _unspecific_errors() -> Iterator[None]:
    """Citus tells of all that goes wrong on another node during a COPY that it was an internal error."""
    try:
        yield
    except InternalError_ as error:
        raise _UnspecificError from error


def _copy(cursor: Cursor, table: str, rows: Rows) -> None:
    # All in one piece: for every other one the thread would have to wait its turn.
    cursor.copy_expert(COPY.format(table=table), BytesIO(rows.copy), size=len(rows.copy))


def _note(cursor: Cursor, rows: Rows) -> None:
    """Have what was settled without these rows settled again (modules/meeting_finder)."""
    cursor.execute(NOTE, rows.touched)


def _found_stored(cursor: Cursor, first_and_last: Sequence[datetime]) -> tuple[int, Ints]:
    """How many staged rows have their person and instant in the table, and the positions of those at another place."""
    cursor.execute(FIND_STORED, first_and_last)
    [(found, conflicts)] = cursor
    return found, np.array(conflicts or [], dtype=np.int64)
