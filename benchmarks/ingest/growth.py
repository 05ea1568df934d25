"""The consumer's rate where millions of rows are there already, beside its rate on an empty table.

The rows that are there lie in as many days as DAYS, the last of which is the one that is written to.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

from benchmarks.ingest.consumer_only import consume, filled_topic
from benchmarks.ingest.copy_limit import copy, locations_of, make_partitions
from benchmarks.ingest.workload import DAY, Workload, yesterday
from benchmarks.result import Result, Round
from benchmarks.stores import Stores, connected, execute, stored
from deployment.native.schema import Database
from location_consumer.copy_binary import copy_bytes

DAYS = 5
CONNECTIONS = 2
MEASURED_HOUR = 14  # what is there already ends before, what is measured begins


def growth(stores: Stores, sizes: Sequence[int], locations: int, batch: int, rounds: int) -> dict[int, list[Round]]:
    """Size of the table → rounds of `empty` and `grown`."""
    found: dict[int, list[Round]] = {}
    workloads = (Workload(locations, yesterday(MEASURED_HOUR) + number * timedelta(minutes=30)) for number in count())
    with stores.database() as empty:
        for size in sizes:
            with stores.database() as grown:
                fill(grown, size)
                found[size] = [one_round(stores, empty, grown, next(workloads), batch) for _ in range(rounds)]
    return found


def one_round(stores: Stores, empty: Database, grown: Database, workload: Workload, batch: int) -> Round:
    """Rows that are measured stay in the grown table: so each round has its own."""
    with filled_topic(stores, workload) as topic:
        execute(empty.owner, "TRUNCATE location")
        results: Round = {}
        for name, database in (("empty", empty), ("grown", grown)):
            execute(database.superuser, "CHECKPOINT")
            before = stored(database)
            result = consume(stores, topic, workload, batch, database, stored_before=before)
            results[name] = Result(result.locations, result.seconds, {"rows_before": float(before)})
            if name == "empty" and before:
                raise ValueError("the table is not empty")
    return results


def fill(database: Database, size: int) -> None:
    """As fast as it goes."""
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        for _ in connections.map(lambda workload: store(database, workload), parts(size)):
            pass
    execute(database.superuser, "VACUUM ANALYZE location")


def parts(size: int) -> Iterator[Workload]:
    """The share of each day."""
    for day in range(DAYS):
        yield Workload(size // DAYS, yesterday() - (DAYS - 1 - day) * DAY)


def store(database: Database, workload: Workload) -> None:
    make_partitions(database.location_consumer, workload)
    with connected(database.location_consumer) as session, session.cursor() as cursor:
        for fixes in workload.slices():
            copy(cursor, copy_bytes(locations_of(fixes)))
