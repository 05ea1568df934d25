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
from psycopg2.errors import UniqueViolation
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise

from location_consumer.copy_binary import COLUMNS
from location_consumer.lag import Position
from location_consumer.locations import EPOCH, MICROSECOND, Ints, microseconds
from location_consumer.rows import DAY_US, Rows

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
# In the order of arrival: of two places for one instant in the same batch, the first one is stored.
INSERT_NEW = f"""
    INSERT INTO location ({COLUMNS})
    SELECT {COLUMNS} FROM staging ORDER BY arrival
    ON CONFLICT DO NOTHING
"""  # noqa: S608  built of constants
# A new temporary table has no statistics, and a wrong guess would read whole partitions: only the join that asks the
# primary key row by row is left. The constant range keeps all other partitions out of the plan.
FIND_STORED = """
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SELECT count(*),
           array_agg(staging.arrival - (SELECT min(arrival) FROM staging) ORDER BY staging.arrival)
               FILTER (WHERE NOT location.coordinate = staging.coordinate)
    FROM staging
    JOIN location USING (person_id, creation_time)
    WHERE location.creation_time BETWEEN %s AND %s
"""
REPORT = """
    SET LOCAL synchronous_commit = off;
    INSERT INTO consumer_progress (topic, partition, next_offset, end_offset, observed_at)
    SELECT *, now() FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET
        next_offset = excluded.next_offset, end_offset = excluded.end_offset, observed_at = excluded.observed_at
"""


class StoreUnavailableError(Exception):
    """The database did not do its work, through no fault of the locations: trying again is right."""


class _RefusedError(Exception):
    """The database will never take one of these rows."""


class Written(NamedTuple):
    """What became of n locations, by their positions: n = stored + duplicates + all the others."""

    stored: int  # rows that are new in the table
    duplicates: int  # were there already, at the same place
    unknown_person: Ints
    conflict: Ints  # another place is stored for the same person and instant
    refused: list[tuple[int, str]]  # the database will never take them, and why


class Store:
    """One connection to PostGIS, made when first needed and again after it broke. Not thread-safe."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._connection: Connection | None = None
        self._known_persons: set[int] = set()
        self._known_days: set[int] = set()
        self._expect_duplicates = False

    def check(self) -> None:
        """Say by returning that the table can be reached. Raises StoreUnavailableError."""
        with self._transaction() as cursor:
            cursor.execute("SELECT FROM location LIMIT 0")

    def write(self, rows: Rows) -> Written:
        """Make the locations durable: when this returns, each is in the table or named in the answer.

        Writing the same locations again is harmless. Raises StoreUnavailableError; then any part of them may have been
        stored.
        """
        unknown, known = NOTHING, None
        if strangers := self._unknown(rows.person_ids):
            is_unknown = np.isin(rows.locations.person_id, list(strangers))
            unknown, known = np.flatnonzero(is_unknown), np.flatnonzero(~is_unknown)
            rows = Rows.of(rows.locations.at(known))
        stored, conflicts, refused = self._write_known(rows)
        duplicates = rows.locations.size - stored - conflicts.size - len(refused)
        if known is not None:
            conflicts = known[conflicts]
            refused = [(int(known[position]), reason) for position, reason in refused]
        return Written(stored, duplicates, unknown, conflicts, refused)

    def report(self, positions: Mapping[TopicPartition, Position]) -> None:
        """Keep where the partitions stand, for whoever asks how complete the table is.

        Raises StoreUnavailableError.
        """
        rows = [(*partition, *position) for partition, position in sorted(positions.items())]
        with self._transaction() as cursor:
            cursor.execute(REPORT, [list(column) for column in zip(*rows, strict=True)])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unknown(self, person_ids: frozenset[int]) -> frozenset[int]:
        """Those of whom person_service knows nothing."""
        if new := person_ids - self._known_persons:
            with self._transaction() as cursor:
                cursor.execute("SELECT id FROM person WHERE id = ANY(%s)", (list(new),))
                self._known_persons.update(person_id for (person_id,) in cursor)
        return new - self._known_persons

    def _write_known(self, rows: Rows) -> tuple[int, Ints, list[tuple[int, str]]]:
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
            self._known_days.clear()  # it may have been a partition that is gone
            if size == 1:
                return 0, NOTHING, [(0, str(error))]
        half = size // 2
        stored, conflicts, refused = self._write_known(Rows.of(rows.locations.at(slice(half))))
        stored_2, conflicts_2, refused_2 = self._write_known(Rows.of(rows.locations.at(slice(half, None))))
        return (
            stored + stored_2,
            np.concatenate([conflicts, conflicts_2 + half]),
            refused + [(position + half, reason) for position, reason in refused_2],
        )

    def _ensure_partitions(self, days: frozenset[int]) -> None:
        tomorrow = microseconds(datetime.now(UTC)) // DAY_US + 1  # made ahead, so that midnight is like any moment
        if new := (days | {tomorrow}) - self._known_days:
            with self._transaction() as cursor:
                for day in sorted(new):
                    date = (EPOCH + day * DAY_US * MICROSECOND).date()
                    cursor.execute("SELECT ensure_location_partition(%s)", (date,))
            self._known_days |= new

    def _copy_or_stage(self, rows: Rows) -> tuple[int, Ints]:
        if not self._expect_duplicates:
            try:
                with self._transaction() as cursor:
                    cursor.copy_expert(COPY.format(table="location"), BytesIO(rows.copy), size=1 << 18)
            except UniqueViolation:
                pass
            else:
                return rows.locations.size, NOTHING
        stored, conflicts = self._stage(rows)
        self._expect_duplicates = 2 * stored < rows.locations.size  # a replay; the next batch is likely more of it
        return stored, conflicts

    def _stage(self, rows: Rows) -> tuple[int, Ints]:
        times = rows.locations.time_us
        first_and_last = [EPOCH + int(end) * MICROSECOND for end in (times.min(), times.max())]
        with self._transaction() as cursor:
            cursor.execute(CREATE_STAGING)
            cursor.copy_expert(COPY.format(table="staging"), BytesIO(rows.copy), size=1 << 18)
            found, conflicts = _found_stored(cursor, first_and_last)
            if found == times.size:
                return 0, conflicts
            cursor.execute(INSERT_NEW)
            stored = cursor.rowcount
            if found + stored < times.size:  # an instant twice in the batch, or stored meanwhile by another consumer
                _, conflicts = _found_stored(cursor, first_and_last)
            return stored, conflicts

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        """Commit at the end of the block. Lets UniqueViolation pass; others become _Refused or StoreUnavailable."""
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(
                    self._database_url,
                    application_name="location_consumer",
                    options="-c timezone=UTC -c statement_timeout=60s",
                    # A database that is cut off is noticed within half a minute, not after the system's hours.
                    connect_timeout=5,
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=3,
                    tcp_user_timeout=30_000,
                )
            with self._connection, self._connection.cursor() as cursor:
                yield cursor
        except UniqueViolation:
            raise
        except psycopg2.Error as error:
            if (error.pgcode or "")[:2] in {CLASS_DATA_EXCEPTION, CLASS_INTEGRITY_CONSTRAINT_VIOLATION}:
                raise _RefusedError(f"the database refuses it (SQLSTATE {error.pgcode})") from error
            self.close()
            raise StoreUnavailableError(f"SQLSTATE {error.pgcode}" if error.pgcode else str(error).strip()) from error


def _found_stored(cursor: Cursor, first_and_last: Sequence[datetime]) -> tuple[int, Ints]:
    """How many staged rows have their person and instant in the table, and the positions of those at another place."""
    cursor.execute(FIND_STORED, first_and_last)
    [(found, conflicts)] = cursor
    return found, np.array(conflicts or [], dtype=np.int64)
