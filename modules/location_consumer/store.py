"""Writes locations into PostGIS: COPY straight into the table, or a staging table where some are there already."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import NamedTuple

import numpy as np
import psycopg2
from psycopg2.errorcodes import CLASS_DATA_EXCEPTION, CLASS_INTEGRITY_CONSTRAINT_VIOLATION
from psycopg2.errors import UniqueViolation
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise

from location_consumer.copy_binary import COLUMNS, copy_bytes
from location_consumer.locations import EPOCH, MICROSECOND, Ints, Locations, Mask, microseconds

DAY_US = 86_400_000_000
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
FIND_CONFLICTS = """
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SELECT staging.arrival - (SELECT min(arrival) FROM staging)
    FROM staging
    JOIN location USING (person_id, creation_time)
    WHERE NOT location.coordinate = staging.coordinate
      AND location.creation_time BETWEEN %s AND %s
    ORDER BY 1
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

    def check(self) -> None:
        """Say by returning that the table can be reached. Raises StoreUnavailableError."""
        with self._transaction() as cursor:
            cursor.execute("SELECT FROM location LIMIT 0")

    def write(self, locations: Locations) -> Written:
        """Make the locations durable: when this returns, each is in the table or named in the answer.

        Writing the same locations again is harmless. Raises StoreUnavailableError; then any part of them may have been
        stored.
        """
        unknown = self._of_unknown_persons(locations)
        known = np.flatnonzero(~unknown)
        stored, conflicts, refused = self._write_known(locations.at(known))
        return Written(
            stored=stored,
            duplicates=known.size - stored - conflicts.size - len(refused),
            unknown_person=np.flatnonzero(unknown),
            conflict=known[conflicts],
            refused=[(int(known[position]), reason) for position, reason in refused],
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _of_unknown_persons(self, locations: Locations) -> Mask:
        ids = set(np.unique(locations.person_id).tolist())
        if new := ids - self._known_persons:
            with self._transaction() as cursor:
                cursor.execute("SELECT id FROM person WHERE id = ANY(%s)", (list(new),))
                self._known_persons.update(person_id for (person_id,) in cursor)
        return np.isin(locations.person_id, list(ids - self._known_persons))

    def _write_known(self, locations: Locations) -> tuple[int, Ints, list[tuple[int, str]]]:
        """Return the number of new rows, the positions of conflicts, and the positions of what was refused.

        Where the database refuses something, halving finds what it was, and the rest is stored.
        """
        if not locations.size:
            return 0, NOTHING, []
        try:
            self._ensure_partitions(locations)
            return *self._copy_or_stage(locations), []
        except _RefusedError as error:
            self._known_days.clear()  # it may have been a partition that is gone
            if locations.size == 1:
                return 0, NOTHING, [(0, str(error))]
        half = locations.size // 2
        stored, conflicts, refused = self._write_known(locations.at(slice(half)))
        stored_2, conflicts_2, refused_2 = self._write_known(locations.at(slice(half, None)))
        return (
            stored + stored_2,
            np.concatenate([conflicts, conflicts_2 + half]),
            refused + [(position + half, reason) for position, reason in refused_2],
        )

    def _ensure_partitions(self, locations: Locations) -> None:
        tomorrow = microseconds(datetime.now(UTC)) // DAY_US + 1  # made ahead, so that midnight is like any moment
        if new := {tomorrow, *np.unique(locations.time_us // DAY_US).tolist()} - self._known_days:
            with self._transaction() as cursor:
                for day in sorted(new):
                    date = (EPOCH + day * DAY_US * MICROSECOND).date()
                    cursor.execute("SELECT ensure_location_partition(%s)", (date,))
            self._known_days |= new

    def _copy_or_stage(self, locations: Locations) -> tuple[int, Ints]:
        rows = copy_bytes(locations)
        try:
            with self._transaction() as cursor:
                cursor.copy_expert(COPY.format(table="location"), BytesIO(rows), size=1 << 18)
        except UniqueViolation:
            return self._stage(rows, locations)
        return locations.size, NOTHING

    def _stage(self, rows: bytes, locations: Locations) -> tuple[int, Ints]:
        first, last = (EPOCH + int(end) * MICROSECOND for end in (locations.time_us.min(), locations.time_us.max()))
        with self._transaction() as cursor:
            cursor.execute(CREATE_STAGING)
            cursor.copy_expert(COPY.format(table="staging"), BytesIO(rows), size=1 << 18)
            cursor.execute(INSERT_NEW)
            stored = cursor.rowcount
            cursor.execute(FIND_CONFLICTS, (first, last))
            return stored, np.array([position for (position,) in cursor], dtype=np.int64)

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        """Commit at the end of the block. Lets UniqueViolation pass; others become _Refused or StoreUnavailable."""
        try:
            if self._connection is None:
                self._connection = psycopg2.connect(
                    self._database_url,
                    application_name="location_consumer",
                    connect_timeout=5,
                    options="-c timezone=UTC -c statement_timeout=60s",
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
