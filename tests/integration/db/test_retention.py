"""`python db/retention.py` as the job runs it: drops days, lets nothing of them come back, finishes erasures."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege, InvalidParameterValue

from deployment.native.folders import REPOSITORY
from deployment.native.postgresql import programs
from deployment.native.schema import Database
from tests.integration.statements import Query
from tests.patience import PATIENCE_S


def today() -> date:
    """The tests may have begun on another day."""
    return datetime.now(UTC).date()


MANY_ROWS = """
    INSERT INTO location (person_id, creation_time, coordinate)
    SELECT 2, %s::date::timestamp AT TIME ZONE 'UTC' + number * interval '0.2 s', ST_SetSRID(ST_MakePoint(8, 47), 4326)
    FROM generate_series(1, 400000) AS number
"""
COPYING = """
    SELECT 1 FROM pg_stat_activity
    WHERE application_name = 'pg_dump' AND datname = current_database() AND query LIKE 'COPY%'
"""


@pytest.fixture
def ages(query: Query) -> Callable[[], list[int]]:
    """How many days ago there is a day of locations; at first -1, 0, 1, 29, 30, 31, 400, a fix in each."""
    for age in (-1, 0, 1, 29, 30, 31, 400):
        day = today() - timedelta(days=age)
        query("SELECT ensure_location_partition(%s)", day)
        query(
            "INSERT INTO location (person_id, creation_time, coordinate) "
            "VALUES (1, %s::date::timestamp AT TIME ZONE 'UTC', ST_SetSRID(ST_MakePoint(8, 47), 4326))",
            day,
        )

    def found() -> list[int]:
        days = query("SELECT (creation_time AT TIME ZONE 'UTC')::date FROM location ORDER BY 1 DESC")
        return [(today() - day).days for (day,) in days]

    return found


def environment_of(database: Database, days: str) -> dict[str, str]:
    """The same number of days of locations and of meetings."""
    kept = {"LOCATION_RETENTION_DAYS": days, "CONNECTIVITY_RETENTION_DAYS": days}
    return {**os.environ, "DATABASE_URL": database.retention, **kept}


def run_job(database: Database, days: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(database, days)
    command = [sys.executable, str(REPOSITORY / "db" / "retention.py")]
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=PATIENCE_S)


def test_whole_days_are_dropped_and_a_second_run_changes_nothing(
    database: Database, query: Query, ages: Callable[[], list[int]]
) -> None:
    first = run_job(database, "30")
    assert first.returncode == 0, first.stderr
    assert ages() == [-1, 0, 1, 29, 30]
    assert query("SELECT day FROM location_floor") == [(today() - timedelta(days=30),)]
    assert f"dropped location_{today() - timedelta(days=31):%Y%m%d}" in first.stdout
    assert "dropped" not in run_job(database, "30").stdout


def test_without_a_number_of_days_all_is_kept_and_may_come_back(
    database: Database, query: Query, ages: Callable[[], list[int]]
) -> None:
    assert run_job(database, "400").returncode == 0
    assert run_job(database, "0").returncode == 0
    assert len(ages()) == 7
    assert query("SELECT day FROM location_floor") == []


@pytest.mark.parametrize("days", ["-1", "a month"])
def test_a_number_of_days_that_makes_no_sense_drops_nothing(
    database: Database, ages: Callable[[], list[int]], days: str
) -> None:
    assert run_job(database, days).returncode != 0
    assert len(ages()) == 7


def test_two_runs_at_once_do_the_work_once(database: Database, ages: Callable[[], list[int]]) -> None:
    command = [sys.executable, str(REPOSITORY / "db" / "retention.py")]
    environment = environment_of(database, "30")
    jobs = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [job.wait(PATIENCE_S) for job in jobs] == [0, 0]
    assert ages() == [-1, 0, 1, 29, 30]


def test_an_erasure_that_was_broken_off_is_finished(
    database: Database, query: Query, ages: Callable[[], list[int]]
) -> None:
    query("INSERT INTO person (id, first_name, last_name, company_name) VALUES (1, 'Ada', 'Byron', 'Looms')")
    query("SELECT erase_person(1)")
    job = run_job(database, "0")
    assert "finished the erasure of person 1" in job.stdout, job.stderr
    assert ages() == []
    assert "finished" not in run_job(database, "0").stdout


def test_an_erasure_does_not_wait_for_a_moment_to_drop_a_day(
    database: Database, query: Query, ages: Callable[[], list[int]], poll_until: Any
) -> None:
    query("INSERT INTO person (id, first_name, last_name, company_name) VALUES (1, 'Ada', 'Byron', 'Looms')")
    query("SELECT erase_person(1)")
    patient = psycopg2.connect(database.connection_service, options="-c idle_in_transaction_session_timeout=0")
    with closing(patient) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM location")
        command = [sys.executable, str(REPOSITORY / "db" / "retention.py")]
        with subprocess.Popen(command, env=environment_of(database, "30"), stdout=subprocess.DEVNULL) as job:
            poll_until(lambda: ages() == [])
            reader.rollback()
            assert job.wait(PATIENCE_S) == 0


def test_a_reader_in_the_middle_of_its_query_only_delays_it(
    database: Database, ages: Callable[[], list[int]], poll_until: Any
) -> None:
    reader = psycopg2.connect(database.connection_service)
    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM location")
        command = [sys.executable, str(REPOSITORY / "db" / "retention.py")]
        environment = environment_of(database, "30")
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as job:
            assert job.stdout is not None
            assert "the floor is now" in job.stdout.readline()
            cursor.execute("SELECT count(*) FROM location")
            assert cursor.fetchall() == [(7,)]
            reader.commit()
            assert job.wait(PATIENCE_S) == 0
    reader.close()
    poll_until(lambda: ages() == [-1, 0, 1, 29, 30])


def test_a_backup_by_several_at_once_and_the_job_both_end_well(
    database: Database, query: Query, ages: Callable[[], list[int]], tmp_path: Path, poll_until: Any
) -> None:
    """As of timescale/timescaledb-backup#19: a lock that waits makes those fail that take theirs later."""
    query(MANY_ROWS, today() - timedelta(days=30))
    folder = tmp_path / "backup"
    command: list[str | Path] = [
        programs() / "pg_dump",
        "--format=directory",
        "--jobs=4",
        f"--file={folder}",
        database.owner,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as backup:
        poll_until(lambda: query(COPYING) or backup.poll() is not None)
        assert backup.poll() is None, "there was too little for the backup to be met at work"
        job = run_job(database, "29")
        _, said = backup.communicate(timeout=PATIENCE_S)
    assert (backup.returncode, said) == (0, "")
    assert job.returncode == 0, job.stderr
    assert {age for age in ages() if age > 29} == set()
    listed = subprocess.run([programs() / "pg_restore", "--list", folder], check=True, capture_output=True, text=True)
    assert len(re.findall(r"TABLE DATA public location_\d{8} ", listed.stdout)) == 7


def test_today_cannot_be_dropped_by_anybody(query: Query) -> None:
    with pytest.raises(InvalidParameterValue):
        query("SELECT drop_locations_before(%s)", today())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM location",
        "DELETE FROM location",
        "SELECT FROM person",
        "SELECT FROM erased_person",
        "UPDATE location_floor SET day = '2020-01-01'",
        "SELECT erase_person(1)",
        "SELECT hold_erasures(0)",
        "SELECT ensure_location_partition('2026-03-02')",
        "CREATE TABLE mine ()",
    ],
)
def test_the_role_of_the_job_can_do_nothing_else(database: Database, statement: str) -> None:
    session = psycopg2.connect(database.retention)
    with session.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(statement)
    session.close()


@pytest.mark.parametrize("role", ["person_service", "location_consumer", "connection_service"])
@pytest.mark.parametrize("function", ["drop_locations_before(NULL)", "unfinished_erasures()"])
def test_no_service_can_do_the_jobs_work(database: Database, role: str, function: str) -> None:
    session = psycopg2.connect(getattr(database, role))
    with session.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(f"SELECT {function}")
    session.close()
