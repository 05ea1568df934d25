"""A database that holds a town's month, stored as the consumer stores it, and the same rows in the peers' schemas."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from benchmarks.connectivity.settling import settled
from benchmarks.ingest.copy_limit import copy, locations_of
from benchmarks.query.town import DAYS, FIRST_DAY, Town
from benchmarks.services import service
from benchmarks.stores import Stores, connected, execute, stored
from deployment.native.schema import Database
from location_consumer.copy_binary import copy_bytes

CONNECTIONS = 2
ROWS_A_COPY = 100_000
MORE_PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series(1, %s) AS id
    ON CONFLICT DO NOTHING
"""


@contextmanager
def town_database(stores: Stores, town: Town) -> Iterator[tuple[Database, int]]:
    """The database, and how many locations it holds."""
    with stores.database() as database:
        execute(database.owner, MORE_PEOPLE, town.people)
        for day in range(DAYS):
            execute(database.location_consumer, "SELECT ensure_location_partition(%s)", FIRST_DAY + timedelta(days=day))
        with ThreadPoolExecutor(CONNECTIONS) as connections:
            for _ in connections.map(lambda day: copy_day(database, town, day), range(DAYS)):
                pass
        settle(database)
        yield database, stored(database)


def copy_day(database: Database, town: Town, day: int) -> None:
    fixes = town.fixes(day)
    with connected(database.location_consumer) as session, session.cursor() as cursor:
        for first in range(0, fixes.person_id.size, ROWS_A_COPY):
            copy(cursor, copy_bytes(locations_of(fixes.take(slice(first, first + ROWS_A_COPY)))))


def remember(stores: Stores, database: Database) -> None:
    """Let meeting_finder remember who met whom, of all that is there."""
    with service(stores, "meeting_finder", database, QUIET_S="0"):
        settled(database)
    settle(database)


def settle(database: Database) -> None:
    """Nothing is to be left for the database to do while it is measured."""
    execute(database.superuser, "VACUUM ANALYZE")
    execute(database.superuser, "CHECKPOINT")
