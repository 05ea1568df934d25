"""A store of many nodes: what lies where, and that nobody comes back by what a node still has to finish."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from deployment.native import citus
from deployment.native.schema import Database, with_port
from tests.conftest import PollUntil
from tests.integration.statements import Query, add_people

pytestmark = pytest.mark.skipif(not citus.is_used(), reason="CITUS_PG_BIN names no PostgreSQL with Citus")

DAY = "2026-03-05"
HOLDER = """
    SELECT nodeport, shardid FROM pg_dist_placement JOIN pg_dist_node USING (groupid)
    WHERE shardid = get_shard_id_for_distribution_column('location_20260305', %s)
"""
PERSON = 7


@pytest.fixture
def leave_prepared(database: Database) -> Callable[[], None]:
    """Store a place of PERSON, but for the second phase of its commit: as a worker has it that died between the two."""

    def leave() -> None:
        with session(database.superuser) as coordinator:
            coordinator.execute(HOLDER, [PERSON])
            [(port, shard)] = coordinator.fetchall()
            with session(with_port(database.superuser, port)) as worker:
                worker.execute("SET citus.enable_manual_changes_to_shards = on")
                worker.execute("SELECT groupid FROM pg_dist_local_group")
                [(group,)] = worker.fetchall()
                gid = f"citus_0_{PERSON}_1_0"
                worker.execute("BEGIN")
                worker.execute(
                    f"INSERT INTO location_20260305_{shard} (person_id, creation_time, coordinate)"
                    f" VALUES (%s, '{DAY} 12:00Z', 'SRID=4326;POINT(1 2)')",
                    [PERSON],
                )
                # Before the commit, as Citus has it: otherwise it may be taken for one that was given up.
                coordinator.execute("INSERT INTO pg_dist_transaction (groupid, gid) VALUES (%s, %s)", [group, gid])
                worker.execute(f"PREPARE TRANSACTION '{gid}'")

    return leave


@contextmanager
def session(url: str) -> Iterator[Cursor]:
    with closing(psycopg2.connect(url)) as connected:
        connected.autocommit = True
        yield connected.cursor()


def prepared(database: Database) -> int:
    with session(database.superuser) as cursor:
        cursor.execute("SELECT sum(result::int) FROM run_command_on_workers('SELECT count(*) FROM pg_prepared_xacts')")
        [(count,)] = cursor.fetchall()
    return int(count)


def asked_until_done(database: Database, statement: str, *values: Any) -> None:
    """As a client repeats an erasure that was not finished."""
    with session(database.owner) as cursor:
        while True:
            try:
                cursor.execute(statement, values)
            except LockNotAvailable:
                continue
            if cursor.fetchall() != [(True,)]:
                return


def test_what_grows_lies_on_the_workers_by_person_and_nothing_else(query: Query) -> None:
    found = query("SELECT table_name::text, distribution_column, shard_count FROM citus_tables ORDER BY 1")
    assert found == [("connectivity", "person_id", 4), ("location", "person_id", 4)]
    assert query("SELECT count(DISTINCT colocation_id) FROM citus_tables") == [(1,)]


def test_who_is_erased_does_not_come_back_by_what_a_worker_has_still_to_finish(
    database: Database, query: Query, leave_prepared: Callable[[], None], poll_until: PollUntil
) -> None:
    add_people(database.owner, 10)
    query("SELECT ensure_location_partition(%s)", DAY)
    leave_prepared()
    query("SELECT erase_person(%s)", PERSON)
    asked_until_done(database, "SELECT erase_locations(%s)", PERSON)
    poll_until(lambda: prepared(database) == 0)
    assert query("SELECT count(*) FROM location") == [(0,)]


def test_what_is_forgotten_does_not_either(
    database: Database, query: Query, leave_prepared: Callable[[], None], poll_until: PollUntil
) -> None:
    add_people(database.owner, 10)
    query("SELECT ensure_location_partition(%s)", DAY)
    leave_prepared()
    [(span,)] = query("SELECT keep_private(%s, %s, %s)", PERSON, f"{DAY} 11:00Z", f"{DAY} 13:00Z")
    asked_until_done(database, "SELECT is_more FROM forget_locations(%s)", span)
    poll_until(lambda: prepared(database) == 0)
    assert query("SELECT count(*) FROM location") == [(0,)]
