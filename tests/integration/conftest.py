"""A fresh database and fresh topics for a test, in the PostgreSQL and the Kafka of a running system."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import psycopg2.extensions
import pytest
from kafka import KafkaAdminClient
from psycopg2.sql import SQL, Identifier

from deployment.native import citus
from deployment.native.folders import REPOSITORY
from deployment.native.schema import Database, bootstrap, migrate
from tests.integration.statements import Query, execute

GRANTS = REPOSITORY / "db" / "grants.sql"

# Roles belong to the whole cluster: test sessions that run at the same time set their passwords one after the other.
BOOTSTRAP_LOCK = 7_134_202


@pytest.fixture(scope="session")
def template(addresses: Mapping[str, str]) -> Iterator[Database]:
    """A migrated database that the others are copied from: a copy takes a fraction of the migrations' time."""
    with new_database(addresses) as database:
        with maintenance(addresses) as session, session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [BOOTSTRAP_LOCK])
            citus.join(database.superuser, citus.ports_of(addresses["SUPERUSER_DATABASE_URL"]))
            bootstrap(database.superuser, database.passwords)
        migrate(database.owner)
        citus.let_nobody_in(addresses["SUPERUSER_DATABASE_URL"], database.name)
        yield database


@pytest.fixture
def database(addresses: Mapping[str, str], template: Database) -> Iterator[Database]:
    """A migrated, empty database of this test alone."""
    with new_database(addresses, template=template.name) as database:
        # A copy does not take over what was granted on the database itself.
        with connection(database.superuser) as session, session.cursor() as cursor:
            cursor.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database.name)))
        with connection(database.owner) as session, session.cursor() as cursor:
            cursor.execute(GRANTS.read_text())
        yield database


@pytest.fixture
def query(database: Database) -> Query:
    """query(statement, *values) → rows: as the owner, each a transaction of its own."""
    return partial(execute, database.owner)


@pytest.fixture(scope="session")
def kafka_bootstrap_servers(addresses: Mapping[str, str]) -> str:
    return addresses["KAFKA_BOOTSTRAP_SERVERS"]


@pytest.fixture
def make_topic(kafka_bootstrap_servers: str) -> Iterator[Callable[..., str]]:
    """make_topic(partitions=1) → the name of a fresh topic, deleted after the test."""
    made = []
    with KafkaAdminClient(bootstrap_servers=kafka_bootstrap_servers) as admin:

        def make(partitions: int = 1) -> str:
            name = f"test-{secrets.token_hex(6)}"
            admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}})
            admin.wait_for_topics([name])
            made.append(name)
            return name

        yield make
        if made:
            admin.delete_topics(made)


@contextmanager
def new_database(addresses: Mapping[str, str], template: str = "template1") -> Iterator[Database]:
    name = f"test_{secrets.token_hex(6)}"
    create = SQL("CREATE DATABASE {} OWNER udaconnect TEMPLATE {}").format(Identifier(name), Identifier(template))
    citus.on_every_node(addresses["SUPERUSER_DATABASE_URL"], create)
    try:
        yield Database(
            owner=in_database(addresses["DATABASE_URL"], name),
            person_service=in_database(addresses["PERSON_SERVICE_DATABASE_URL"], name),
            location_consumer=in_database(addresses["LOCATION_CONSUMER_DATABASE_URL"], name),
            meeting_finder=in_database(addresses["MEETING_FINDER_DATABASE_URL"], name),
            connection_service=in_database(addresses["CONNECTION_SERVICE_DATABASE_URL"], name),
            retention=in_database(addresses["RETENTION_DATABASE_URL"], name),
            superuser=in_database(addresses["SUPERUSER_DATABASE_URL"], name),
        )
    finally:
        citus.drop_database(addresses["SUPERUSER_DATABASE_URL"], name)


def in_database(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@contextmanager
def maintenance(addresses: Mapping[str, str]) -> Iterator[psycopg2.extensions.connection]:
    """A superuser's session in a database that no test uses."""
    with connection(in_database(addresses["SUPERUSER_DATABASE_URL"], "postgres")) as session:
        yield session


@contextmanager
def connection(url: str) -> Iterator[psycopg2.extensions.connection]:
    session = psycopg2.connect(url)
    session.autocommit = True
    try:
        yield session
    finally:
        session.close()
