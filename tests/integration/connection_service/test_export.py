"""The export of a person from a real store: whole, in order, a portion at a time."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from flask.testing import FlaskClient

from connection_service.store import history
from deployment.native.schema import Database
from service_kit.errors import DependencyDown

FIXES = """
    INSERT INTO location (person_id, creation_time, coordinate, accuracy_m)
    SELECT person_id, timestamptz '2026-01-01Z' + number * interval '1 minute',
           ST_SetSRID(ST_MakePoint(8 + number::float8 / 1048576, 47), 4326), nullif(number, 7)
    FROM generate_series(0, %s - 1) AS number, generate_series(7, 8) AS person_id
"""
DAYS = "SELECT ensure_location_partition((date '2026-01-01' + day)) FROM generate_series(0, 79) AS day"


@pytest.fixture
def add_fixes(database: Database) -> Iterator[Callable[[int], None]]:
    """A fix a minute of persons 7 and 8."""
    session = psycopg2.connect(database.owner)
    session.autocommit = True

    def add(fixes: int) -> None:
        with session.cursor() as cursor:
            cursor.execute(DAYS)
            cursor.execute(FIXES, [fixes])

    yield add
    session.close()


# More than a portion within one stretch of days; a whole number of portions; several stretches.
@pytest.mark.parametrize("fixes", [0, 1, 9_999, 10_000, 10_001, 20_000, 45_000, 110_000])
def test_it_is_whole_and_in_order(client: FlaskClient, add_fixes: Callable[[int], None], fixes: int) -> None:
    add_fixes(fixes)
    document = json.loads(client.get("/api/persons/7/export").data)
    assert document["location_count"] == len(document["locations"]) == fixes
    assert [row["longitude"] for row in document["locations"]] == [8 + number / 1048576 for number in range(fixes)]
    assert {row["person_id"] for row in document["locations"]} <= {7}
    assert [row["accuracy_m"] for row in document["locations"][6:8]] == ([6.0, None] if fixes > 7 else [])


def test_more_fixes_than_a_question_may_load_can_be_exported(
    make_client: Callable[..., FlaskClient], add_fixes: Callable[[int], None]
) -> None:
    add_fixes(25_000)
    document = json.loads(make_client(max_locations=1_000).get("/api/persons/7/export").data)
    assert document["location_count"] == 25_000


def test_a_store_that_holds_no_day_at_all_has_an_empty_export(client: FlaskClient) -> None:
    assert json.loads(client.get("/api/persons/7/export").data)["locations"] == []


def test_a_database_that_is_down_is_said_before_the_document_begins(make_client: Callable[..., FlaskClient]) -> None:
    away = make_client(database_url="postgresql://connection_service:x@127.0.0.1:1/none")
    assert away.get("/api/persons/7/export").status_code == 503


def test_a_database_that_goes_away_in_the_middle_breaks_the_document_off(
    client: FlaskClient, add_fixes: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_fixes(25_000)
    response = client.get("/api/persons/7/export")
    monkeypatch.setattr(history, "HISTORY", "SELECT pg_terminate_backend(pg_backend_pid())")
    received: list[Any] = []
    with pytest.raises(ConnectionResetError) as broken_off:
        received.extend(response.iter_encoded())
    assert isinstance(broken_off.value.__cause__, DependencyDown)
    assert b"location_count" not in b"".join(received)
