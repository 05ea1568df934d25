"""DELETE /api/persons/{id}: everything of one person, and nothing of anybody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from flask.testing import FlaskClient
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from deployment.native.schema import Database
from person_service.people import People
from service_kit.errors import DependencyDown, NotFound

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"}
TRACK = """
    INSERT INTO location (person_id, creation_time, coordinate)
    SELECT %s, %s::timestamptz + second * interval '1 second', ST_SetSRID(ST_MakePoint(8, 47), 4326)
    FROM generate_series(1, %s) AS second
"""
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def add_track(as_owner: Cursor) -> Callable[..., None]:
    """add_track(person_id, day=…, seconds=…): a fix a second."""

    def add(person_id: int, day: datetime = MARCH, seconds: int = 10) -> None:
        as_owner.execute("SELECT ensure_location_partition(%s)", [day.date()])
        as_owner.execute(TRACK, [person_id, day, seconds])

    return add


def count(cursor: Cursor, statement: str, *values: object) -> int:
    cursor.execute(statement, values)
    [(number,)] = cursor.fetchall()
    return int(number)


def locations_of(cursor: Cursor, person_id: int) -> int:
    return count(cursor, "SELECT count(*) FROM location WHERE person_id = %s", person_id)


def add_person(rest: FlaskClient) -> int:
    return int(rest.post("/api/persons", json=ADA).get_json()["id"])


def test_the_person_and_every_location_are_gone_and_those_of_others_are_not(
    rest: FlaskClient, as_owner: Cursor, add_track: Any
) -> None:
    ada, bob = add_person(rest), add_person(rest)
    for day in (1, 2, 29):
        add_track(ada, MARCH.replace(day=day))
        add_track(bob, MARCH.replace(day=day))

    answer = rest.delete(f"/api/persons/{ada}")

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert rest.get(f"/api/persons/{ada}").status_code == 404
    assert rest.get("/api/persons", query_string={"q": "lovelace"}).get_json() == [{"id": bob, **ADA}]
    assert locations_of(as_owner, ada) == 0
    assert locations_of(as_owner, bob) == 30


def test_a_day_with_more_locations_than_one_transaction_takes(
    rest: FlaskClient, as_owner: Cursor, add_track: Any
) -> None:
    ada = add_person(rest)
    add_track(ada, MARCH, 20_001)
    add_track(ada, MARCH.replace(day=2), 19_999)
    add_track(ada, MARCH.replace(day=3), 20_000)
    assert rest.delete(f"/api/persons/{ada}").status_code == 204
    assert locations_of(as_owner, ada) == 0


def test_a_person_of_more_days_than_one_transaction_takes(rest: FlaskClient, as_owner: Cursor, add_track: Any) -> None:
    ada = add_person(rest)
    as_owner.execute(
        "SELECT ensure_location_partition(day::date) FROM "
        "generate_series(timestamp '2016-01-01', '2016-10-01', '1 day') AS day"
    )
    for month in range(1, 11):
        add_track(ada, datetime(2016, month, 1, tzinfo=UTC))
    assert rest.delete(f"/api/persons/{ada}").status_code == 204
    assert locations_of(as_owner, ada) == 0


@pytest.mark.parametrize("person_id", ["77", "0", "-1", str(2**63), "9" * 40, "ada"])
def test_an_unknown_person_is_not_found_and_leaves_no_trace(
    rest: FlaskClient, as_owner: Cursor, person_id: str
) -> None:
    answer = rest.delete(f"/api/persons/{person_id}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert count(as_owner, "SELECT count(*) FROM erased_person") == 0


def test_who_is_erased_already_is_not_found(rest: FlaskClient) -> None:
    ada = add_person(rest)
    assert [rest.delete(f"/api/persons/{ada}").status_code for _ in range(2)] == [204, 404]


def test_an_erasure_that_was_broken_off_is_finished_by_the_next_one(
    rest: FlaskClient, as_owner: Cursor, add_track: Any
) -> None:
    ada = add_person(rest)
    add_track(ada, MARCH, 30_000)
    as_owner.execute("SELECT erase_person(%s)", [ada])
    as_owner.execute("SELECT erase_locations(%s)", [ada])
    assert 0 < locations_of(as_owner, ada) < 30_000
    assert rest.get(f"/api/persons/{ada}").status_code == 404
    assert rest.delete(f"/api/persons/{ada}").status_code == 204
    assert locations_of(as_owner, ada) == 0
    assert rest.delete(f"/api/persons/{ada}").status_code == 404


def test_two_erasures_at_once_both_find_everything_gone(people: People, database: Database, add_track: Any) -> None:
    ids = [people.create(**ADA).id for _ in range(4)]
    for person_id in ids:
        add_track(person_id, MARCH, 50_000)

    def erase(person_id: int) -> int:
        with suppress(NotFound):  # where the other one was done before this one began
            people.erase(person_id)
        with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
            left = locations_of(cursor, person_id)
        session.close()
        return left

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(erase, [person_id for person_id in ids for _ in range(2)])) == [0] * 8


def test_while_locations_are_being_stored_an_erasure_waits_and_gives_up_in_time(
    people: People, database: Database
) -> None:
    ada = people.create(**ADA).id
    session = psycopg2.connect(database.location_consumer)
    with session.cursor() as cursor:
        cursor.execute("SELECT hold_erasures(NULL)")
        with pytest.raises(DependencyDown):
            people.erase(ada)
        assert people.get(ada).id == ada
        session.commit()
    session.close()
    people.erase(ada)
    with pytest.raises(NotFound):
        people.get(ada)


def test_after_an_erasure_an_id_is_not_given_out_again(rest: FlaskClient) -> None:
    ada = add_person(rest)
    rest.delete(f"/api/persons/{ada}")
    assert add_person(rest) > ada
