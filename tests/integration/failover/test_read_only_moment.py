"""A failover: for a moment the database takes no writes, or ends its sessions, and connections outlive that moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg2
import psycopg2.extensions
import pytest
from psycopg2.sql import SQL, Identifier
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from deployment.native.schema import Database
from location_consumer.store import StoreUnavailableError
from service_kit.database import connection, raw_errors
from service_kit.errors import DependencyDown
from tests.integration.failover.conftest import ADA, Services

ServicesAt = Callable[[Callable[[str], str], Database], Services]
END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()
"""


@pytest.fixture
def services(services_at: ServicesAt, database: Database) -> Services:
    return services_at(str, database)


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """New sessions are read-only for as long as they live, as those of a standby that was not promoted."""
    session = psycopg2.connect(database.superuser)
    session.autocommit = True
    alter = SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
    with session.cursor() as cursor:
        cursor.execute(alter.format(Identifier(database.name), SQL("on")))
        cursor.execute(END_SESSIONS, [database.name])
        try:
            yield
        finally:
            cursor.execute(alter.format(Identifier(database.name), SQL("off")))
            session.close()


def test_it_is_503_meanwhile_and_never_500_and_afterwards_all_is_well_by_itself(
    services: Services, database: Database
) -> None:
    rest = services.rest
    ada = rest.post("/api/persons", json=ADA).get_json()["id"]
    assert services.store_a_location(ada, 0) == 1
    with read_only(database):
        with ThreadPoolExecutor(3) as pool:  # as many connections as the pool may have
            reads = list(pool.map(lambda _: services.rest.get(f"/api/persons/{ada}").status_code, range(30)))
            answers = list(pool.map(lambda _: services.rest.post("/api/persons", json=ADA), range(30)))
        assert set(reads) == {200}, "to read is still possible"
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
        assert rest.delete(f"/api/persons/{ada}").status_code == 503
        assert rest.get("/readyz").status_code == 503
        assert services.track(ada) == 1
        with pytest.raises(StoreUnavailableError):
            services.store_a_location(ada, 1)
        # Connections of the moment lie in the pool now, of which nobody has noticed anything.
        with ThreadPoolExecutor(3) as pool:
            assert set(pool.map(lambda _: services.rest.get("/api/persons").status_code, range(30))) == {200}
    assert rest.get("/readyz").status_code == 200
    with ThreadPoolExecutor(3) as pool:
        codes = list(pool.map(lambda _: services.rest.post("/api/persons", json=ADA).status_code, range(60)))
    assert set(codes) == {201}, "not one request meets a connection that stayed read-only"
    assert services.store_a_location(ada, 1) == 1
    assert services.track(ada) == 2


@pytest.mark.parametrize(
    "code", ["25006", "57P01", "57P02", "57P03", "57P05", "08000", "08001", "08003", "08004", "08006", "08007", "08P01"]
)
def test_whatever_says_that_a_connection_is_lost_has_it_thrown_away(services: Services, code: str) -> None:
    raise_it = f"DO $$ BEGIN RAISE 'gone' USING ERRCODE = '{code}'; END $$"

    def backend() -> int:
        with connection(services.person_engine) as borrowed:
            return int(borrowed.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

    before = backend()
    assert backend() == before
    with pytest.raises(DependencyDown), connection(services.person_engine) as borrowed:
        borrowed.exec_driver_sql(raise_it)
    assert (after := backend()) != before
    with (
        pytest.raises(DependencyDown),
        connection(services.person_engine) as borrowed,
        raw_errors(borrowed),
    ):
        borrowed.connection.cursor().execute(raise_it)
    assert backend() != after


def test_an_error_of_the_statement_is_not_taken_for_a_lost_connection(services: Services) -> None:
    with pytest.raises(DBAPIError), connection(services.person_engine) as borrowed:
        borrowed.exec_driver_sql("SELECT 1 / 0")
    with connection(services.person_engine) as borrowed:
        assert borrowed.exec_driver_sql("SELECT 1").scalar() == 1


def test_sessions_that_are_ended_cost_nobody_more_than_a_503(services: Services, database: Database) -> None:
    ada = services.rest.post("/api/persons", json=ADA).get_json()["id"]
    services.store_a_location(ada, 0)
    services.track(ada)
    with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
        cursor.execute(END_SESSIONS, [database.name])
    session.close()
    assert services.track(ada) == 1
    assert services.rest.post("/api/persons", json=ADA).status_code == 201


def test_sessions_that_are_ended_as_soon_as_they_are_made_are_a_database_that_does_not_answer(
    services: Services, database: Database
) -> None:
    engine = services.person_engine

    def end(session: psycopg2.extensions.connection, _entry: object) -> None:
        with psycopg2.connect(database.superuser) as another, another.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session.info.backend_pid])
        another.close()

    event.listen(engine, "connect", end)
    for _ in range(2 * engine.pool.size()):  # type: ignore[attr-defined]  # a QueuePool
        with pytest.raises(DependencyDown), connection(engine):
            pass
    event.remove(engine, "connect", end)
    with connection(engine) as one, connection(engine) as two, connection(engine) as three:
        assert all(borrowed.exec_driver_sql("SELECT 1").scalar() == 1 for borrowed in (one, two, three))
