"""The limit: COPY BINARY of the same rows in the same batches and order into the same table, and nothing else."""

import time
from io import BytesIO

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from benchmarks.ingest.accounting import check_sum
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.stores import Stores, connected, stored
from location_consumer.copy_binary import COLUMNS, copy_bytes
from location_consumer.locations import Locations, by_person
from udaconnect_client.simulation.conference import Fixes

COPY = f"COPY location ({COLUMNS}) FROM STDIN WITH (FORMAT binary)"
SETTLE_S = 3.0  # a new database is still being written to disk; a consumer needs as long to start


def copy_limit(stores: Stores, workload: Workload, batch: int) -> Result:
    """Each batch is a transaction. The bytes are made beforehand: only PostgreSQL's work is timed.

    From the first commit to the last, as the consumer is timed; there must be several batches.
    """
    locations = locations_of(workload.fixes())
    parts = (locations.at(slice(start, start + batch)) for start in range(0, workload.locations, batch))
    batches = [copy_bytes(part.at(by_person(part))) for part in parts]
    with stores.database() as database:
        make_partitions(database.location_consumer, workload)
        time.sleep(SETTLE_S)
        with connected(database.location_consumer) as session, session.cursor() as cursor:
            committed_at = []
            for rows in batches:
                copy(cursor, rows)
                committed_at.append(time.monotonic())
        check_sum(workload.locations, stored=stored(database))
    return Result(workload.locations - batch, committed_at[-1] - committed_at[0])


def copy(cursor: Cursor, rows: bytes) -> None:
    """Store rows of `copy_bytes`, all in one piece."""
    cursor.copy_expert(COPY, BytesIO(rows), size=len(rows))


def locations_of(fixes: Fixes) -> Locations:
    return Locations(
        person_id=fixes.person_id,
        time_us=fixes.creation_time,
        latitude=fixes.latitude,
        longitude=fixes.longitude,
        accuracy_m=fixes.accuracy_m.astype("f4"),
    )


def make_partitions(url: str, workload: Workload) -> None:
    """As the consumer does when it meets a new day."""
    first, last = workload.begins.date(), (workload.begins + workload.length).date()
    with psycopg2.connect(url) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT ensure_location_partition(day::date) FROM generate_series(%s::date, %s::date, '1 day') AS day",
            (first, last),
        )
    session.close()
