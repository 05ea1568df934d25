"""connection_service in this process, on a database of the test's own and with people known to a stand-in of gRPC."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import grpc
import psycopg2
import pytest
from flask.testing import FlaskClient
from udaconnect.person.v1.person_pb2 import BatchGetPersonsRequest, BatchGetPersonsResponse, Person
from udaconnect.person.v1.person_pb2_grpc import PersonServiceServicer, add_PersonServiceServicer_to_server

from connection_service.app import running_app
from connection_service.people.person_service import PersonServiceAccess
from connection_service.settings import Settings
from deployment.native.schema import Database
from tests.patience import PATIENCE_S

# person, time within 2026-03-02 or the whole instant, latitude, longitude
Row = tuple[int, str, float, float]


class People(PersonServiceServicer):
    """Knows the persons 1 to 99."""

    def __init__(self) -> None:
        self.known = set(range(1, 100))

    def BatchGetPersons(  # noqa: N802  the contract's name
        self, request: BatchGetPersonsRequest, context: grpc.ServicerContext
    ) -> BatchGetPersonsResponse:
        del context
        known = sorted(self.known.intersection(request.ids))
        return BatchGetPersonsResponse(
            persons=[
                Person(id=person_id, first_name="Ada", last_name=f"Byron {person_id}", company_name="Looms")
                for person_id in known
            ]
        )


class PeopleServer:
    """Keeps its port when it is stopped and started again."""

    def __init__(self) -> None:
        self.port = 0
        self.people = People()  # type: ignore[abstract]  # one call is enough
        self.start()

    def start(self) -> None:
        self.server = grpc.server(ThreadPoolExecutor(2))
        add_PersonServiceServicer_to_server(self.people, self.server)
        self.port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        self.server.start()

    def stop(self) -> None:
        self.server.stop(grace=None).wait()

    def forget(self, person_id: int) -> None:
        self.people.known.remove(person_id)


@pytest.fixture
def people_server() -> Iterator[PeopleServer]:
    server = PeopleServer()
    yield server
    server.stop()


@pytest.fixture
def make_client(database: Database, people_server: PeopleServer) -> Iterator[Callable[..., FlaskClient]]:
    """make_client(max_locations=…, query_timeout_s=…, database_url=…) → a client of the service as it would run."""
    with ExitStack() as opened:

        def make(
            max_locations: int = 1_000_000, query_timeout_s: float = PATIENCE_S, database_url: str = ""
        ) -> FlaskClient:
            settings = Settings(
                database_url=database_url or database.connection_service,
                person_service_target=f"127.0.0.1:{people_server.port}",
                rest_bind="",
                workers=1,
                threads=2,
                max_distance_m=1000,
                max_locations=max_locations,
                query_timeout_s=query_timeout_s,
                person_service_access=PersonServiceAccess(timeout_s=PATIENCE_S),
            )
            return opened.enter_context(running_app(settings)).test_client()

        yield make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


@pytest.fixture
def insert(database: Database) -> Callable[[Sequence[Row]], None]:
    """Store locations, and make the partitions of their days."""

    def insert(rows: Sequence[Row]) -> None:
        with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
            for person_id, time, latitude, longitude in rows:
                instant = datetime.fromisoformat(time if "T" in time else f"2026-03-02T{time}").replace(tzinfo=UTC)
                cursor.execute("SELECT ensure_location_partition(%s)", [instant.date()])
                cursor.execute(
                    "INSERT INTO location VALUES (%s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), NULL)",
                    [person_id, instant, longitude, latitude],
                )
        session.close()

    return insert
