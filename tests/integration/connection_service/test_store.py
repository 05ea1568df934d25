"""The store alone: its plan, its limits and what its role may not do."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime

import numpy as np
import psycopg2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from connection_service.store.locations import CANDIDATES, TRACKS, Locations, LocationStore, probe_values
from connection_service.store.meetings import MEETINGS
from deployment.native import citus
from deployment.native.schema import Database
from proximity.cells import probes
from proximity.instants import DAY_US, read_day
from proximity.spans import span_of, spans_around
from service_kit.database import make_engine
from tests.conftest import PollUntil
from tests.integration.statements import execute
from tests.patience import PATIENCE_S

Insert = Callable[[Sequence[tuple[int, str, float, float]]], None]
FIRST_DAY_US = read_day("2026-03-01") or 0
DAYS = 5

# 100 persons, each with 200 fixes on each of five days in a city of some kilometres.
CITY = f"""
SELECT ensure_location_partition('2026-03-01'::date + day) FROM generate_series(0, {DAYS - 1}) AS day;
INSERT INTO location
SELECT person_id,
       '2026-03-01T08:00:00Z'::timestamptz + make_interval(days => day, mins => minute * 3, secs => person_id % 60),
       ST_SetSRID(ST_MakePoint(8.5 + person_id % 40 * 0.002 + minute * 1e-5, 47.3 + person_id % 7 * 0.002), 4326),
       person_id
FROM generate_series(0, {DAYS - 1}) AS day, generate_series(1, 100) AS person_id, generate_series(0, 199) AS minute;
ANALYZE location;
"""

# 400 meetings of each of 100 persons, in the order of time.
MEETINGS_BY_TIME = """
    INSERT INTO connectivity
    SELECT person, 1 + person % 100, started_at, started_at + interval '1 minute', 60000000, 60000000, 1, 0.1,
           started_at, 47, 8, 1, 1
    FROM generate_series(0, 399) AS number, generate_series(1, 100) AS person,
         LATERAL (SELECT timestamptz '2026-03-02 00:00Z' + number * interval '20 minutes' AS started_at) AS begun
"""


def store(engine: Engine) -> AbstractContextManager[Locations]:
    return LocationStore(engine, max_locations=1_000_000, timeout_s=PATIENCE_S).locations()


of_one_node = pytest.mark.skipif(citus.is_used(), reason="the plan of a store of many nodes is that of each shard")


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = make_engine(database.connection_service, application_name="test", pool_size=2)
    yield engine
    engine.dispose()


@of_one_node
def test_every_probe_is_a_descent_of_the_index_in_the_partitions_of_its_time(
    database: Database, engine: Engine
) -> None:
    execute(database.owner, CITY)
    start_us, end_us = FIRST_DAY_US, FIRST_DAY_US + 3 * DAY_US - 1
    with store(engine) as locations:
        track = locations.track(7, start_us, end_us)
    assert track.size == 3 * 200
    wanted = probes(track, 50.0, 60_000_000, start_us, end_us)
    with psycopg2.connect(database.connection_service) as session, session.cursor() as cursor:
        values = {
            "person_id": 7,
            "start": "2026-03-01T00:00:00Z",
            "end": "2026-03-03T23:59:59.999999Z",
            "max_rows": 1_000_000,
            **probe_values(wanted, start_us, end_us),
        }
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {CANDIDATES}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    session.close()

    assert "location_20260303" in plan
    assert "location_20260304" not in plan, "partitions outside of the range are dropped when planning"
    assert not re.search("Seq Scan|Hash Join|Merge Join", plan)
    conditions = [line for line in plan.splitlines() if "Index Cond: ((cell = " in line]
    assert len(conditions) == 3
    assert all(
        re.search(r"creation_time >= to_timestamp\(.*low_us.*creation_time <= to_timestamp\(.*high_us", line)
        for line in conditions
    )
    visits = [int(loops) for loops in re.findall(r"using location_\d+_cell_\w+ on location_\d+ .*loops=(\d+)\)", plan)]
    assert sum(visits) == wanted.cell_low.size, "each probe went to the one partition of its day"


def test_values_are_read_as_they_were_stored(database: Database, engine: Engine, insert: Insert) -> None:
    insert([(1, "2026-03-01T10:00:00.000001", -89.123456789012, 179.98765432101)])
    execute(database.owner, "UPDATE location SET accuracy_m = 4.2")
    with store(engine) as locations:
        track = locations.track(1, FIRST_DAY_US, FIRST_DAY_US + DAY_US - 1)
    assert track.person_id.tolist() == [1]
    assert track.time_us.tolist() == [FIRST_DAY_US + 36_000_000_001]
    assert (track.latitude.tolist(), track.longitude.tolist()) == ([-89.123456789012], [179.98765432101])
    assert track.accuracy_m.tolist() == [pytest.approx(4.2)]


def test_the_tracks_of_several_are_descents_of_the_primary_key(database: Database, engine: Engine) -> None:
    execute(database.owner, CITY)
    hour_us = 3_600_000_000
    found = np.array([7, 7, 9]), FIRST_DAY_US + np.array([9 * hour_us, 9 * hour_us + 1, DAY_US + 9 * hour_us])
    wanted = spans_around(*found, hour_us // 2)
    with store(engine) as locations:
        tracks = locations.tracks(wanted, FIRST_DAY_US, FIRST_DAY_US + 2 * DAY_US - 1)
    assert sorted(set(tracks.person_id.tolist())) == [7, 9]
    assert tracks.size == 2 * 20
    assert (span_of(tracks, wanted) == np.repeat([1, 2], 20)).all()
    values = {
        "persons": "{7,9}",
        "time_low": f"{{{','.join(map(str, wanted.start_us.tolist()))}}}",
        "time_high": f"{{{','.join(map(str, wanted.end_us.tolist()))}}}",
        "start": "2026-03-01T00:00:00Z",
        "end": "2026-03-02T23:59:59.999999Z",
        "max_rows": 1_000_000,
    }
    with psycopg2.connect(database.connection_service) as session, session.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {TRACKS}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    session.close()
    assert "location_20260303" not in plan
    assert not re.search("Seq Scan|Hash Join|Merge Join", plan)
    visits = [int(loops) for loops in re.findall(r"(?:Scan|using) .*location_\d+_pkey.*loops=(\d+)\)", plan)]
    assert sum(visits) == 2, "each stretch went to the one partition of its day"


@of_one_node
def test_how_fresh_a_person_is_costs_no_plan_of_all_partitions(database: Database, engine: Engine) -> None:
    execute(database.owner, CITY)
    with store(engine) as locations:
        newest = [
            locations.freshness(person_id, start_us).newest
            for person_id, start_us in ((7, FIRST_DAY_US), (7, FIRST_DAY_US + 30 * DAY_US), (999, FIRST_DAY_US))
        ]
        prepared = plans(locations, "freshness")
    assert newest == [datetime(2026, 3, 5, 17, 57, 7, tzinfo=UTC)] * 2 + [None]
    assert prepared == (5, 0), "those who were not found from the start on were looked for before it, too"


@of_one_node
def test_what_is_remembered_is_planned_once(engine: Engine) -> None:
    with store(engine) as locations:
        found = [locations.remembered(0, 3, distance_m, 0.5) for distance_m in (5.0, 7.5)]
        found += [locations.settled(0, 3), locations.settled(1, 2)]
        prepared = plans(locations, "remembered"), plans(locations, "settled")
    assert [known.until for known in found] == [0] * 4, "no window is settled yet"
    assert prepared == ((2, 0), (2, 0))


def plans(locations: Locations, name: str) -> tuple[int, int]:
    """How often the prepared statement was run by the one plan, and how often it was planned for its values."""
    [found] = locations.borrowed.exec_driver_sql(
        f"SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = '{name}'"
    )
    return found.generic_plans, found.custom_plans


def test_a_question_about_too_many_locations_is_answered_with_how_to_narrow_it(
    make_client: Callable[..., FlaskClient], insert: Insert
) -> None:
    insert([(person_id, "10:00:00", 47.0, 8.0) for person_id in range(1, 7)])
    day = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
    assert make_client(max_locations=5).get("/api/persons/1/connection", query_string=day).status_code == 200
    response = make_client(max_locations=4).get("/api/persons/1/connection", query_string=day)
    assert response.status_code == 400
    (error,) = response.get_json()["errors"]
    assert error["field"] == "end_date"
    assert "ask for fewer days, a smaller distance or, with method=fixes, a shorter time_window" in error["reason"]


@pytest.mark.parametrize("more", [{}, {"interpolate": "true"}, {"order": "distance"}])
def test_a_question_about_much_is_answered_in_steps_that_hold_little(
    make_client: Callable[..., FlaskClient], insert: Insert, more: dict[str, str]
) -> None:
    for person_id in range(1, 6):
        insert([(person_id, f"{hour}:00:00", 47.0, 8.0) for hour in range(10, 20)])
    day = {"start_date": "2026-03-02", "end_date": "2026-03-02", "time_window": "60", **more}
    at_once = make_client(max_locations=1000).get("/api/persons/1/connection", query_string=day)
    assert len(at_once.get_json()) == 40
    assert make_client(max_locations=12).get("/api/persons/1/connection", query_string=day).text == at_once.text


def test_a_search_that_takes_too_long_is_stopped_and_says_how_to_narrow_it(
    make_client: Callable[..., FlaskClient], database: Database, insert: Insert, poll_until: PollUntil
) -> None:
    insert([(1, "10:00:00", 47.0, 8.0)])
    client = make_client(query_timeout_s=0.2)
    with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
        cursor.execute("LOCK TABLE location IN ACCESS EXCLUSIVE MODE")
        day = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
        response = client.get("/api/persons/1/connection", query_string=day)
    session.close()
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert "ask for fewer days" in response.get_json()["detail"]
    poll_until(lambda: client.get("/api/persons/1/connection", query_string=day).status_code == 200)


def test_the_role_of_the_service_cannot_write(database: Database, insert: Insert) -> None:
    insert([(1, "10:00:00", 47.0, 8.0)])
    for statement in (
        "UPDATE consumer_progress SET next_offset = 0",
        "INSERT INTO location VALUES (1, now(), ST_SetSRID(ST_MakePoint(8, 47), 4326), NULL)",
        "UPDATE location SET accuracy_m = 1",
        "DELETE FROM location",
        "TRUNCATE location",
        "SELECT ensure_location_partition('2026-03-09')",
        "CREATE TABLE mine (id int)",
        "SELECT first_name FROM person",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            execute(database.connection_service, statement)


def test_the_meetings_of_a_person_are_read_where_they_lie_side_by_side(database: Database) -> None:
    execute(database.owner, "SELECT ensure_connectivity_partition('2026-03-01')")
    execute(database.owner, MEETINGS_BY_TIME)
    # As the server does by itself, and often.
    with closing(psycopg2.connect(database.superuser)) as session, session.cursor() as cursor:
        session.autocommit = True
        cursor.execute("VACUUM ANALYZE connectivity")
    [options] = execute(database.owner, "SELECT reloptions FROM pg_class WHERE relname = 'connectivity_202603'")
    assert options == (["autovacuum_vacuum_insert_scale_factor=0.02"],)
    with psycopg2.connect(database.connection_service) as session, session.cursor() as cursor:
        values = {"person_id": 7, "start": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z", "max_rows": 10_000}
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS) {MEETINGS}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    session.close()
    assert "rows=400 " in plan
    assert "Index Only Scan" in plan
    assert "Heap Fetches: 0" in plan
    read = re.search(r"Buffers: (?:shared )?(?:hit=(\d+))? ?(?:read=(\d+))?", plan)
    assert read
    assert sum(int(pages or 0) for pages in read.groups()) < 40, "a page of the table for each would be 400"
