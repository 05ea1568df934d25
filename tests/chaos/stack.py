"""A system of the suite's own, whose parts can be killed, frozen, cut off from each other and given other clocks."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from kafka import KafkaAdminClient
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class

from deployment.native import citus
from deployment.native.addresses import DATABASE, addresses, passwords_of
from deployment.native.folders import DataFolder
from deployment.native.lock import marked_environment
from deployment.native.ports import HOST, choose_ports, free_port, spare_block
from deployment.native.run import make_topics
from deployment.native.schema import bootstrap, create_database, migrate
from deployment.native.services import Service, services
from tests.chaos.clock import Clock, faketime
from tests.chaos.folder import temporary_folder
from tests.chaos.ledger import Key
from tests.chaos.link import Link
from tests.chaos.load import PEOPLE
from tests.chaos.program import Program
from tests.chaos.stores import kafka_program, mount, postgresql_program
from tests.patience import PATIENCE_S

CLOCKED = ("location_producer", "location_consumer", "kafka", "postgresql")
UP_WITHIN_S = PATIENCE_S
LOOK_EVERY_S = 0.1
ADD_PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series(1, %s) AS id
"""


@dataclass
class Stack:
    folder: DataFolder
    addresses: Mapping[str, str]
    links: dict[str, Link]
    clocks: dict[str, Clock]  # of the programs that have one of their own
    programs: dict[str, Program]
    make_consumer: Callable[[str], Program]
    taken: set[Key] = field(default_factory=set)  # what Kafka was made to delete before it was read
    disks: dict[str, Path] = field(default_factory=dict)  # small ones, of `kafka` and `postgresql`; {}: the machine's

    def all_ready(self) -> bool:
        return all(program.is_ready() for program in list(self.programs.values()))

    def add_consumer(self) -> Program:
        name = f"location_consumer_{secrets.token_hex(2)}"
        self.programs[name] = program = self.make_consumer(name)
        program.start()
        return program

    def remove(self, program: Program, *, killing: bool) -> None:
        del self.programs[program.name]
        program.stop(killing=killing)

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """As superuser, every statement a transaction of its own."""
        session = psycopg2.connect(self.addresses["SUPERUSER_DATABASE_URL"], connect_timeout=5)
        session.autocommit = True
        try:
            yield session
        finally:
            session.close()

    def execute(self, statement: str, *values: object) -> None:
        with self.database() as session, session.cursor() as cursor:
            cursor.execute(statement, values or None)

    def admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(
            bootstrap_servers=self.addresses["KAFKA_BOOTSTRAP_SERVERS"], bootstrap_timeout_ms=10_000
        )


@contextmanager
def stack(
    *,
    consumer_module: str = "location_consumer",
    small_disks_mb: Mapping[str, int] | None = None,
    with_clocks: bool = False,
    **settings: str,
) -> Iterator[Stack]:
    """Bring it up, and take it down at the end of the block. `settings`: environment variables of every service.

    `consumer_module`: what is run as location_consumer. `small_disks_mb`: file systems of that size for `kafka` and
    `postgresql`, which only root can mount. `with_clocks`: those in CLOCKED have clocks of their own, the
    stores only where libfaketime is installed.
    """
    os.environ["UDACONNECT_PORT"] = str(spare_block())
    with ExitStack() as ending:
        folder = ending.enter_context(temporary_folder())
        disks = {name: mount(folder.path / name, size) for name, size in (small_disks_mb or {}).items()}
        passwords, ports = passwords_of(folder), choose_ports()
        worker_names = citus.WORKERS if citus.is_used() else ()
        more_ports = {name: free_port() for name in ("kafka", "kafka_controller")}
        reach = addresses(ports, passwords)
        links = {
            "producer_to_kafka": Link((HOST, more_ports["kafka"])),
            "consumer_to_kafka": Link((HOST, more_ports["kafka_controller"])),
            "consumer_to_postgresql": Link((HOST, ports["postgresql"])),
            **{name: Link((HOST, ports[name])) for name in worker_names},
        }
        for link in links.values():
            ending.callback(link.close)
        citus.let_nodes_in(folder, passwords)
        environment = {**marked_environment(folder), **settings}
        clocks: dict[str, Clock] = {}
        of_stores: dict[str, dict[str, str]] = {"kafka": environment, "postgresql": environment}
        if with_clocks:
            clocks = {name: Clock(folder.path / f"{name}.clock") for name in CLOCKED}
        if with_clocks and (library := faketime()):
            of_stores = {name: {**environment, **clocks[name].preload(library)} for name in of_stores}
        kafka = kafka_program(folder, ports, more_ports, links, of_stores["kafka"])
        postgresql = postgresql_program(folder, ports["postgresql"], passwords["postgres"], of_stores["postgresql"])
        workers = [
            postgresql_program(citus.folder_of(folder, name), ports[name], passwords["postgres"], environment, name)
            for name in worker_names
        ]
        for program in (kafka, postgresql, *workers):
            ending.callback(program.stop)
            program.start()
        for program in (postgresql, *workers):
            await_ready(program)
        create_database(reach["SUPERUSER_DATABASE_URL"], DATABASE)
        citus.join(reach["SUPERUSER_DATABASE_URL"], ports, {name: links[name].port for name in worker_names})
        bootstrap(reach["SUPERUSER_DATABASE_URL"], passwords)
        migrate(reach["DATABASE_URL"])
        await_ready(kafka)
        make_topics(folder, reach)

        def of_service(service: str, name: str, module: str, **changed: str) -> Program:
            off = ["tests.chaos.clock_off", str(clocks[name].file)] if name in clocks else []
            [chosen] = [each for each in services({**reach, **changed}) if each.name == service]
            return service_program(folder, environment, chosen, name, [*off, module])

        def consumer(name: str, health_port: int | None = None) -> Program:
            return of_service(
                "location_consumer",
                name,
                consumer_module,
                KAFKA_BOOTSTRAP_SERVERS=links["consumer_to_kafka"].address,
                LOCATION_CONSUMER_DATABASE_URL=through(
                    links["consumer_to_postgresql"], reach["LOCATION_CONSUMER_DATABASE_URL"]
                ),
                LOCATION_CONSUMER_URL=f"http://{HOST}:{health_port or free_port()}",
            )

        producer = of_service(
            "location_producer",
            "location_producer",
            "location_producer",
            KAFKA_BOOTSTRAP_SERVERS=links["producer_to_kafka"].address,
        )
        others = [of_service(name, name, name) for name in ("person_service", "connection_service")]
        started = [producer, consumer("location_consumer", ports["consumer_health"]), *others]
        running = Stack(
            folder,
            reach,
            links,
            clocks,
            {each.name: each for each in (kafka, postgresql, *workers, *started)},
            consumer,
            disks=disks,
        )
        ending.callback(stop_all, running)
        start(running, started)
        yield running


def service_program(
    folder: DataFolder, environment: Mapping[str, str], service: Service, name: str = "", module: Sequence[str] = ()
) -> Program:
    """Known by another `name`, and run as another `module` with its arguments, if they are given."""
    known_as = name or service.name
    command = [sys.executable, "-m", *(module or [service.name])]
    log = folder.logs / f"{known_as}.log"
    return Program(known_as, command, {**environment, **service.settings}, log, service.is_ready)


def start(running: Stack, of_services: Sequence[Program]) -> None:
    """Start them on stores that have their schema and topics, with people to send for; returns when all are ready."""
    for program in of_services:
        program.start()
    running.execute(ADD_PEOPLE, PEOPLE)
    for program in running.programs.values():
        await_ready(program)


def stop_all(running: Stack) -> None:
    """The services before the stores, all of the services at once."""
    of_stores = {"kafka", "postgresql", *citus.WORKERS}
    services_running = [program for name, program in running.programs.items() if name not in of_stores]
    for program in services_running:
        program.thaw()
    for program in services_running:
        program.stop(killing=True)


def through(link: Link, url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@{link.address}").geturl()


def await_ready(program: Program) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while not program.is_ready():
        if time.monotonic() > deadline:
            end = "\n".join(program.log.read_text(errors="replace").splitlines()[-30:])
            raise TimeoutError(f"{program.name} is not ready after {UP_WITHIN_S:.0f} s; the end of its log:\n{end}")
        time.sleep(LOOK_EVERY_S)
