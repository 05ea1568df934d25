"""person_service over REST and over gRPC, in this process, on a database of the test's own."""

from collections.abc import Iterator

import grpc
import psycopg2
import pytest
from flask.testing import FlaskClient
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class
from udaconnect.person.v1.device_pb2_grpc import DeviceServiceStub
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from deployment.native.schema import Database
from person_service.devices.pairing import Pairing
from person_service.devices.servicer import DeviceServicer
from person_service.devices.watching import Watching
from person_service.grpc_server import grpc_server
from person_service.people import People
from person_service.rest import create_app
from person_service.servicer import PersonServicer
from service_kit.database import make_engine

GATEWAY_URL = "https://phones.example.com"


@pytest.fixture
def people(database: Database) -> Iterator[People]:
    engine = make_engine(database.person_service, application_name="person_service", pool_size=4)
    yield People(engine)
    engine.dispose()


@pytest.fixture
def rest(people: People) -> FlaskClient:
    return create_app(people, Pairing(people.engine), GATEWAY_URL).test_client()


@pytest.fixture
def person_id(rest: FlaskClient) -> int:
    """Of somebody who has just been created."""
    ada = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"}
    return int(rest.post("/api/persons", json=ada).get_json()["id"])


@pytest.fixture
def as_owner(database: Database) -> Iterator[Cursor]:
    """Looks behind the service, and puts in what it could not; each statement a transaction of its own."""
    session = psycopg2.connect(database.owner)
    session.autocommit = True
    with session.cursor() as cursor:
        yield cursor
    session.close()


@pytest.fixture
def channel(people: People) -> Iterator[grpc.Channel]:
    with (
        grpc_server(
            "127.0.0.1:0",
            PersonServicer(people),
            DeviceServicer(Watching(people.engine)),
            threads=4,
            check=people.check,
        ) as port,
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        yield channel


@pytest.fixture
def device_stub(channel: grpc.Channel) -> DeviceServiceStub:
    return DeviceServiceStub(channel)


@pytest.fixture
def stub(channel: grpc.Channel) -> PersonServiceStub:
    return PersonServiceStub(channel)
