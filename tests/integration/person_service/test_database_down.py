"""What callers see while the database is away, and that its return needs no restart."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
import psycopg2
import pytest
from flask.testing import FlaskClient
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from psycopg2.sql import SQL, Identifier
from udaconnect.person.v1 import person_pb2
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from deployment.native.schema import Database
from person_service.devices.pairing import Pairing
from person_service.people import People
from person_service.rest import create_app
from service_kit.database import make_engine

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Engines"}
SERVICE = "udaconnect.person.v1.PersonService"


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Cut off every session of the database, and let nobody in, for the length of the `with` block."""
    maintenance = psycopg2.connect(database.superuser.rpartition("/")[0] + "/postgres")
    maintenance.autocommit = True
    allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    name = Identifier(database.name)
    with maintenance.cursor() as cursor:
        cursor.execute(allow.format(name, SQL("false")))
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [database.name]
        )
        try:
            yield
        finally:
            cursor.execute(allow.format(name, SQL("true")))
            maintenance.close()


def test_rest_answers_503_and_recovers(rest: FlaskClient, database: Database) -> None:
    path = rest.post("/api/persons", json=ADA).headers["Location"]
    with away(database):
        for answer in (rest.get(path), rest.get("/api/persons"), rest.post("/api/persons", json=ADA)):
            assert answer.status_code == 503
            assert answer.mimetype == "application/problem+json"
            assert json.loads(answer.data)["detail"] == "the database does not answer, try again later"
        assert rest.get("/readyz").status_code == 503
        assert rest.get("/livez").status_code == 200

    assert rest.get("/readyz").status_code == 200
    assert [person["first_name"] for person in json.loads(rest.get("/api/persons").data)] == ["Ada"]


def test_grpc_answers_unavailable_and_recovers(
    stub: PersonServiceStub, channel: grpc.Channel, database: Database
) -> None:
    health = HealthStub(channel)

    def status() -> int:
        return int(health.Check(HealthCheckRequest(service=SERVICE)).status)

    person = stub.CreatePerson(person_pb2.CreatePersonRequest(**ADA)).person
    assert status() == HealthCheckResponse.SERVING
    with away(database):
        calls: list[Callable[[], object]] = [
            lambda: stub.GetPerson(person_pb2.GetPersonRequest(id=person.id)),
            lambda: stub.BatchGetPersons(person_pb2.BatchGetPersonsRequest(ids=[person.id])),
            lambda: stub.ListPersons(person_pb2.ListPersonsRequest()),
            lambda: stub.CreatePerson(person_pb2.CreatePersonRequest(**ADA)),
        ]
        for call in calls:
            with pytest.raises(grpc.RpcError) as caught:
                call()
            assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
            assert caught.value.details() == "the database does not answer, try again later"
        assert status() == HealthCheckResponse.NOT_SERVING

    assert stub.GetPerson(person_pb2.GetPersonRequest(id=person.id)).person == person
    assert status() == HealthCheckResponse.SERVING


def test_nobody_listening_is_not_ready_rather_than_a_crash() -> None:
    engine = make_engine("postgresql://person_service:x@127.0.0.1:1/x", application_name="person_service", pool_size=1)
    rest = create_app(People(engine), Pairing(engine), "").test_client()

    assert rest.get("/livez").status_code == 200
    assert rest.get("/readyz").status_code == 503
    assert rest.get("/api/persons").status_code == 503


def test_before_the_migrations_the_service_is_not_ready(database: Database, rest: FlaskClient) -> None:
    with psycopg2.connect(database.owner) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE person RENAME TO person_to_be")
    owner.close()

    assert rest.get("/readyz").status_code == 503


def test_a_statement_that_takes_too_long_is_given_up(database: Database) -> None:
    engine = make_engine(
        database.person_service, application_name="person_service", pool_size=1, statement_timeout_s=0.3
    )
    rest = create_app(People(engine), Pairing(engine), "").test_client()
    with psycopg2.connect(database.owner) as owner, owner.cursor() as cursor:
        cursor.execute("LOCK TABLE person")
        answer = rest.get("/api/persons")
    owner.close()

    assert answer.status_code == 503
    engine.dispose()
