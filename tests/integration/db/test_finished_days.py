"""A finished day is rewritten hour by hour and person by person: nothing is lost by it, and nothing comes back."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import InvalidParameterValue, LockNotAvailable
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class

from deployment.native import citus
from deployment.native.folders import REPOSITORY
from deployment.native.schema import Database
from tests.conftest import PollUntil
from tests.integration.db.test_retention import environment_of, run_job
from tests.integration.statements import Query, execute
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(citus.is_used(), reason="a store of many nodes is left alone")

TODAY = datetime.now(UTC).date()
DAY = TODAY - timedelta(days=3)
PARTITION = f"location_{DAY:%Y%m%d}"
PERSONS = 20
ERASED = 7
# By time, as they come: everybody a fix every ten minutes.
FIXES = """
    INSERT INTO location (person_id, creation_time, coordinate, accuracy_m)
    SELECT person, at + person * interval '1 s', ST_SetSRID(ST_MakePoint(8 + person / 1e4, 47), 4326), person
    FROM generate_series(%s::timestamptz, %s::timestamptz, '10 min') AS at, generate_series(1, %s) AS person
    ORDER BY at, person
"""
LATE = """
    INSERT INTO location (person_id, creation_time, coordinate) VALUES (%s, %s, 'SRID=4326;POINT(8 47)')
"""
STORED = "SELECT *, coordinate::text FROM location ORDER BY person_id, creation_time"
AS_IT_LIES = f"SELECT creation_time, person_id FROM {PARTITION} ORDER BY ctid"
IS_A_PARTITION = """
    SELECT relname::text, obj_description(oid, 'pg_class'),
           (SELECT array_agg(indexrelid::regclass::text ORDER BY 1) FROM pg_index WHERE indrelid = pg_class.oid),
           (SELECT count(*) FROM pg_trigger WHERE tgrelid = pg_class.oid)
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'location'::regclass ORDER BY relname
"""
LEFT_OVER = "SELECT to_regclass('location_draft'), (SELECT count(*) FROM location_rewrite)"
STEP = "SELECT rewrite_locations_before(%s)"
AWAITS_THE_DRAFT = """
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = draft_lock()
"""

Step = Callable[[], str | None]


@pytest.fixture
def stored(query: Query) -> list[Any]:
    """25 hours of fixes from the begin of DAY on, and an empty day before; what is in the table."""
    begins = datetime.combine(DAY, datetime.min.time(), UTC)
    for age in (4, 3, 2):
        query("SELECT ensure_location_partition(%s)", TODAY - timedelta(days=age))
    query(
        "INSERT INTO person (id, first_name, last_name, company_name) "
        "SELECT id, 'Ada', 'Byron', 'Looms' FROM generate_series(1, %s) AS id",
        PERSONS,
    )
    query(FIXES, begins, begins + timedelta(hours=25), PERSONS)
    return query(STORED)


@pytest.fixture
def step(database: Database) -> Iterator[Step]:
    """Does one step of DAY's rewriting; what it worked at."""
    with closing(psycopg2.connect(database.retention)) as session:
        session.autocommit = True

        def one() -> str | None:
            with session.cursor() as cursor:
                cursor.execute(STEP, [DAY + timedelta(days=1)])
                [(done,)] = cursor.fetchall()
                return done  # type: ignore[no-any-return]  # as the function says

        yield one


def patient(url: str) -> Connection:
    """A session that may be idle in a transaction for as long as the test takes."""
    return psycopg2.connect(url, options="-c idle_in_transaction_session_timeout=0")


def to_the_end(step: Step) -> None:
    while True:
        with suppress(LockNotAvailable):
            if step() is None:
                return


def in_the_midst(step: Step, hours: int) -> None:
    """Of DAY this many hours are in the draft."""
    for _ in range(1 + hours):
        assert step() == f"rewriting {PARTITION}"


def has_taken_its_place(step: Step) -> bool:
    with suppress(LockNotAvailable):
        return step() == f"rewrote {PARTITION}"
    return False


def at(hour: float) -> datetime:
    return datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=hour, microseconds=1)


def test_rows_are_the_same_and_lie_hour_by_hour_and_person_by_person(
    database: Database, query: Query, stored: list[Any]
) -> None:
    as_they_came = query(AS_IT_LIES)
    assert as_they_came == sorted(as_they_came)
    job = run_job(database, "0")
    assert job.returncode == 0, job.stderr
    assert f"rewrote {PARTITION}" in job.stdout
    assert query(STORED) == stored
    assert query(AS_IT_LIES) == sorted(
        as_they_came, key=lambda row: (row[0].replace(minute=0, second=0, microsecond=0), row[1], row[0])
    )
    assert query(LEFT_OVER) == [(None, 0)]


def test_a_rewritten_day_is_a_partition_like_any_other(database: Database, query: Query, stored: list[Any]) -> None:
    before = query(IS_A_PARTITION)
    run_job(database, "0")
    after = query(IS_A_PARTITION)
    assert [(name, indexes, triggers) for name, _, indexes, triggers in after] == [
        (name, indexes, triggers) for name, _, indexes, triggers in before
    ]
    marks = {name: mark for name, mark, *_ in after}
    assert marks[PARTITION]
    query(LATE, 1, at(3))  # into it
    assert len(query(STORED)) == len(stored) + 1


def test_a_second_run_does_nothing(database: Database, query: Query, stored: list[Any]) -> None:
    oids = f"SELECT '{PARTITION}'::regclass::oid, pg_relation_filenode('{PARTITION}')"
    run_job(database, "0")
    first = query(oids)
    assert "rewr" not in run_job(database, "0").stdout
    assert query(oids) == first
    assert query(STORED) == stored


@pytest.mark.usefixtures("stored")
def test_a_day_that_ended_less_than_a_day_ago_is_left_alone(database: Database, query: Query) -> None:
    yesterday = TODAY - timedelta(days=1)
    query("SELECT ensure_location_partition(%s)", yesterday)
    job = run_job(database, "0")
    assert f"{yesterday:%Y%m%d}" not in job.stdout
    with pytest.raises(InvalidParameterValue):
        query(STEP, TODAY)


def test_what_comes_late_meanwhile_is_there_afterwards(
    database: Database, query: Query, stored: list[Any], step: Step
) -> None:
    late = 0
    for hours in range(27):  # behind what is copied, right at it, and before it
        if step() == f"rewrote {PARTITION}":
            break
        for number, hour in enumerate((0, hours, 23)):
            execute(database.location_consumer, LATE, 1, at(hour) + timedelta(seconds=3 * hours + number))
            late += 1
    found = query(STORED)
    assert query(LEFT_OVER) == [(None, 0)]
    assert late > 3 * 24
    assert len(found) == len(stored) + late


@pytest.mark.parametrize("hours", [0, 12, 24])
def test_who_is_erased_meanwhile_is_in_neither_table(query: Query, stored: list[Any], step: Step, hours: int) -> None:
    in_the_midst(step, hours)
    assert query("SELECT erase_person(%s)", ERASED) == [(True,)]
    while query("SELECT erase_locations(%s)", ERASED) == [(True,)]:
        pass
    assert query("SELECT count(*) FROM location_draft WHERE person_id = %s", ERASED) == [(0,)]
    to_the_end(step)
    assert query(STORED) == [row for row in stored if row[0] != ERASED]


def test_who_is_erased_while_their_rows_are_being_copied_does_not_stay_in_the_draft(
    database: Database, query: Query, stored: list[Any], step: Step, poll_until: PollUntil
) -> None:
    in_the_midst(step, 5)
    query("SELECT erase_person(%s)", ERASED)
    with closing(patient(database.retention)) as copying, ThreadPoolExecutor(1) as thread:
        with copying.cursor() as cursor:
            cursor.execute(STEP, [DAY + timedelta(days=1)])  # and nobody sees yet what it has copied
        erasing = thread.submit(query, "SELECT erase_locations(%s)", ERASED)
        poll_until(lambda: query(AWAITS_THE_DRAFT) or erasing.done())
        copying.commit()
        erasing.result(PATIENCE_S)
    to_the_end(step)
    assert query(STORED) == [row for row in stored if row[0] != ERASED]


@pytest.mark.parametrize("lines", [1, 2])
def test_a_job_that_is_killed_in_the_midst_goes_on_the_next_time(
    database: Database, query: Query, stored: list[Any], lines: int
) -> None:
    command = [sys.executable, str(REPOSITORY / "db" / "retention.py")]
    environment = environment_of(database, "0")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        rewriting = 0
        while rewriting < lines and (line := job.stdout.readline()):
            rewriting += "rewriting" in line
        job.kill()
    assert query(STORED) == stored
    assert run_job(database, "0").returncode == 0
    assert query(STORED) == stored
    assert query(LEFT_OVER) == [(None, 0)]
    assert all(mark for name, mark, *_ in query(IS_A_PARTITION) if name <= PARTITION)


def in_one_snapshot(database: Database) -> Connection:
    """A session that has its snapshot and no lock of the table yet, as a backup for a moment."""
    session = patient(database.owner)
    session.set_session(isolation_level="REPEATABLE READ")
    with session.cursor() as cursor:
        cursor.execute("SELECT FROM person")
    return session


def test_an_older_snapshot_misses_no_row(database: Database, query: Query, stored: list[Any], step: Step) -> None:
    in_the_midst(step, 12)
    with closing(in_one_snapshot(database)) as older:
        in_the_midst(step, 12)
        with pytest.raises(LockNotAvailable):
            step()
        with older.cursor() as cursor:
            cursor.execute(STORED)
            assert cursor.fetchall() == stored
    to_the_end(step)
    assert query(STORED) == stored


def test_a_younger_snapshot_misses_no_row_when_the_draft_has_taken_the_place(
    database: Database, stored: list[Any], step: Step, poll_until: PollUntil
) -> None:
    in_the_midst(step, 25)
    with closing(in_one_snapshot(database)) as younger:
        poll_until(lambda: has_taken_its_place(step))
        with younger.cursor() as cursor:
            cursor.execute(STORED)
            assert cursor.fetchall() == stored


def test_whoever_reads_the_table_only_delays_it(
    database: Database, query: Query, stored: list[Any], step: Step
) -> None:
    in_the_midst(step, 25)
    with closing(patient(database.connection_service)) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT FROM location")
        with pytest.raises(LockNotAvailable):
            step()
        cursor.execute("SELECT count(*) FROM location")
        assert cursor.fetchall() == [(len(stored),)]
    to_the_end(step)
    assert query(STORED) == stored


def test_a_day_that_is_dropped_meanwhile_leaves_no_draft(query: Query, stored: list[Any], step: Step) -> None:
    in_the_midst(step, 12)
    while query("SELECT drop_locations_before(%s)", TODAY - timedelta(days=2)) != [(None,)]:
        pass
    to_the_end(step)
    assert query(LEFT_OVER) == [(None, 0)]
    assert query(STORED) == [row for row in stored if row[1].date() == TODAY - timedelta(days=2)]


def test_a_column_that_is_added_meanwhile_is_not_lost(query: Query, stored: list[Any], step: Step) -> None:
    in_the_midst(step, 12)
    query("ALTER TABLE location ADD COLUMN floor int")
    query(
        "INSERT INTO location (person_id, creation_time, coordinate, floor) VALUES (1, %s, 'SRID=4326;POINT(8 47)', 3)",
        at(2),
    )
    to_the_end(step)
    assert query("SELECT creation_time FROM location WHERE floor = 3") == [(at(2),)]
    assert query("SELECT count(*) FROM location") == [(len(stored) + 1,)]
    assert query(LEFT_OVER) == [(None, 0)]
