"""What callers see while person_service or the database is away, and that their return needs no restart."""

from collections.abc import Callable, Sequence
from typing import Protocol

import psycopg2
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from deployment.native.schema import Database

Insert = Callable[[Sequence[tuple[int, str, float, float]]], None]
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}


class Server(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...

    def forget(self, person_id: int) -> None: ...


@pytest.mark.parametrize("resource", ["connection", "encounters", "locations", "way"])
def test_an_unknown_person_is_not_found_and_a_known_one_without_locations_is_alone(
    client: FlaskClient, insert: Insert, resource: str
) -> None:
    insert([(1, "10:00:00", 47.0, 8.0)])
    assert client.get(f"/api/persons/100/{resource}", query_string=DAY).status_code == 404
    assert client.get(f"/api/persons/{2**63}/{resource}", query_string=DAY).status_code == 404
    assert client.get(f"/api/persons/2/{resource}", query_string=DAY).get_json() == []


def test_without_person_service_the_answer_names_it_and_with_it_all_is_well_again(
    client: FlaskClient, people_server: Server, poll_until: Callable[..., object]
) -> None:
    def asked(person_id: int, resource: str) -> TestResponse:
        day = None if resource == "export" else DAY
        return client.get(f"/api/persons/{person_id}/{resource}", query_string=day)

    def status(person_id: int, resource: str = "connection") -> int:
        return asked(person_id, resource).status_code

    assert status(1) == 200
    people_server.stop()
    for resource in ("connection", "encounters", "contacts", "locations", "way", "export"):
        response = asked(2, resource)
        assert response.status_code == 503
        assert response.mimetype == "application/problem+json"
        assert response.get_json()["detail"] == "the person service does not answer, try again later"
    assert status(1) == 200, "who was met before is known"
    assert status(1, "export") == 503, "what is taken away is asked for anew"
    assert client.get("/readyz").status_code == 200
    people_server.start()
    poll_until(lambda: status(2) == 200)


def test_who_is_erased_is_known_no_more(client: FlaskClient, people_server: Server, database: Database) -> None:
    def status() -> int:
        return client.get("/api/persons/1/connection", query_string=DAY).status_code

    assert status() == 200
    people_server.forget(1)
    assert status() == 200, "nothing has been erased"
    with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
        cursor.execute("INSERT INTO person (first_name, last_name, company_name) VALUES ('A', 'B', 'C') RETURNING id")
        cursor.execute("SELECT erase_person(%s)", cursor.fetchone())
    session.close()
    assert status() == 404


def test_without_the_database_the_answer_names_it(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(database_url="postgresql://nobody:nothing@127.0.0.1:1/nowhere")
    for resource in ("connection", "encounters", "locations", "way"):
        response = client.get(f"/api/persons/1/{resource}", query_string=DAY)
        assert response.status_code == 503
        assert response.get_json()["detail"] == "the database does not answer, try again later"
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_sessions_that_the_database_ended_are_replaced(client: FlaskClient, database: Database) -> None:
    def status() -> int:
        return client.get("/api/persons/1/connection", query_string=DAY).status_code

    assert status() == 200
    with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'connection_service' "
            "AND datname = current_database()"
        )
    session.close()
    assert status() == 200
