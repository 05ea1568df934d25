"""A Kafka and a PostgreSQL for the benchmarks alone, in a temporary folder; a fresh database and topic for each run."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from kafka import KafkaAdminClient
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.sql import SQL, Identifier

from benchmarks.ingest.workload import PEOPLE
from deployment.native import citus
from deployment.native.addresses import DATABASE, addresses, passwords_of
from deployment.native.background import clean
from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.kafka import kafka, wait_for_kafka
from deployment.native.lock import end_marked_processes
from deployment.native.ports import choose_ports, spare_block
from deployment.native.postgresql import postgresql
from deployment.native.schema import Database, bootstrap, create_database, migrate

GRANTS = REPOSITORY / "db" / "grants.sql"
TEMPLATE = "template"  # of the databases of runs
PARTITIONS = 6  # as `python -m location_producer.topics` makes them
ADD_PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series(1, %s) AS id
"""


@dataclass(frozen=True)
class Stores:
    folder: DataFolder
    addresses: dict[str, str]  # of everything that may run, as in run.env
    broker_pid: int = 0  # 0: there is no Kafka

    @property
    def kafka_bootstrap_servers(self) -> str:
        return self.addresses["KAFKA_BOOTSTRAP_SERVERS"]

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A migrated database with people and without locations, dropped at the end of the block."""
        name = f"run_{secrets.token_hex(4)}"
        database = self.named(name)
        create = SQL("CREATE DATABASE {} OWNER udaconnect TEMPLATE {}").format(Identifier(name), Identifier(TEMPLATE))
        citus.on_every_node(self.addresses["SUPERUSER_DATABASE_URL"], create)
        try:
            # A copy does not take over what was granted on the database itself.
            execute(database.owner, GRANTS.read_text())
            execute(database.superuser, "CHECKPOINT")  # every run starts with the same distance to the next one
            yield database
        finally:
            citus.drop_database(self.addresses["SUPERUSER_DATABASE_URL"], name)

    @contextmanager
    def topic(self, partitions: int = PARTITIONS) -> Iterator[str]:
        """An empty topic, deleted at the end of the block."""
        name = f"run-{secrets.token_hex(4)}"
        with KafkaAdminClient(bootstrap_servers=self.kafka_bootstrap_servers) as admin:
            admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}})
            admin.wait_for_topics([name])
            yield name
            admin.delete_topics([name])

    def named(self, database: str) -> Database:
        def url(name: str) -> str:
            return urlsplit(self.addresses[name])._replace(path=f"/{database}").geturl()

        return Database(
            owner=url("DATABASE_URL"),
            person_service=url("PERSON_SERVICE_DATABASE_URL"),
            location_consumer=url("LOCATION_CONSUMER_DATABASE_URL"),
            meeting_finder=url("MEETING_FINDER_DATABASE_URL"),
            connection_service=url("CONNECTION_SERVICE_DATABASE_URL"),
            retention=url("RETENTION_DATABASE_URL"),
            superuser=url("SUPERUSER_DATABASE_URL"),
        )


@contextmanager
def stores(*, with_kafka: bool = True) -> Iterator[Stores]:
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=f"udaconnect-bench-{os.getpid()}-")).resolve())
    folder.path.chmod(0o711)  # PostgreSQL's user passes through
    folder.make()
    os.environ.setdefault("UDACONNECT_PORT", str(spare_block()))
    with ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, folder.path, ignore_errors=True)
        cleaning.callback(clean, folder)
        passwords, ports = passwords_of(folder), choose_ports()
        in_use = addresses(ports, passwords)
        kafka_too = kafka(folder, ports["kafka"], ports["kafka_controller"]) if with_kafka else nullcontext()
        broker = cleaning.enter_context(kafka_too)
        citus.let_nodes_in(folder, passwords)
        cleaning.enter_context(postgresql(folder, ports["postgresql"], passwords["postgres"]))
        cleaning.enter_context(citus.workers(folder, ports, passwords["postgres"]))
        running = Stores(folder, in_use, broker.pid if broker else 0)
        for database in (running.named(DATABASE), running.named(TEMPLATE)):
            create_database(database.superuser, database.name)
            citus.join(database.superuser, ports)
            bootstrap(database.superuser, passwords)
            migrate(database.owner)
            execute(database.owner, ADD_PEOPLE, PEOPLE)
            execute(database.superuser, "VACUUM ANALYZE person")
        citus.let_nobody_in(in_use["SUPERUSER_DATABASE_URL"], TEMPLATE)
        if broker:
            wait_for_kafka(folder, broker, ports["kafka"])
        cleaning.callback(end_marked_processes, folder)
        yield running


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A session in which every statement is a transaction of its own."""
    session = psycopg2.connect(url)
    session.autocommit = True
    try:
        yield session
    finally:
        session.close()


def execute(url: str, statement: str, *values: object) -> None:
    with connected(url) as session, session.cursor() as cursor:
        cursor.execute(statement, values or None)


def stored(database: Database) -> int:
    """The number of rows of `location`."""
    with connected(database.superuser) as session, session.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM location")
        [(count,)] = cursor.fetchall()
    return int(count)


def queried(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Its rows."""
    with connected(url) as session, session.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
