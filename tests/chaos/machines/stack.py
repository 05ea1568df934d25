"""The system on stores of several machines: three brokers, two PostgreSQL. The services are one of each."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from deployment.native.addresses import DATABASE, addresses, passwords_of
from deployment.native.lock import marked_environment
from deployment.native.ports import choose_ports, spare_block
from deployment.native.run import make_topics
from deployment.native.schema import bootstrap, create_database, migrate
from deployment.native.services import services
from tests.chaos.folder import temporary_folder
from tests.chaos.machines.brokers import NUMBERS, Brokers, three_brokers
from tests.chaos.machines.company import ADD_THEM
from tests.chaos.machines.postgresql import Nodes, two_nodes
from tests.chaos.stack import Stack, service_program, start, stop_all
from tests.patience import PATIENCE_S, poll_until

SERVICES = ("location_producer", "location_consumer", "meeting_finder", "person_service", "connection_service")


@dataclass(kw_only=True)
class Machines(Stack):
    kafka: Brokers
    postgresql: Nodes

    def all_ready(self) -> bool:
        """One machine may die again: each store has its copies."""
        return super().all_ready() and self.is_whole()

    def is_whole(self) -> bool:
        brokers_are = self.kafka.in_sync("location") == len(NUMBERS)
        return brokers_are and self.postgresql.primary() is not None and self.postgresql.standby_has_all()


@contextmanager
def machines() -> Iterator[Machines]:
    os.environ["UDACONNECT_PORT"] = str(spare_block())
    with ExitStack() as ending:
        folder = ending.enter_context(temporary_folder())
        passwords, ports = passwords_of(folder), choose_ports()
        environment = {**marked_environment(folder), "QUIET_S": "1"}  # a round waits for what is settled again
        nodes = ending.enter_context(two_nodes(folder.path, passwords["postgres"], environment))
        brokers = ending.enter_context(three_brokers(folder.path))
        primary = poll_until(nodes.primary)
        at_once = addresses({**ports, "postgresql": primary.port}, passwords)
        create_database(at_once["SUPERUSER_DATABASE_URL"], DATABASE)
        bootstrap(at_once["SUPERUSER_DATABASE_URL"], passwords)
        migrate(at_once["DATABASE_URL"])
        reach = {name: nodes.reached(value) if "DATABASE_URL" in name else value for name, value in at_once.items()}
        reach["KAFKA_BOOTSTRAP_SERVERS"] = brokers.bootstrap_servers
        make_topics(folder, reach, LOCATION_REPLICATION="3", KAFKA_WAIT_S=f"{PATIENCE_S:.0f}")
        chosen = {each.name: each for each in services(reach)}
        programs = [service_program(folder, environment, chosen[name]) for name in SERVICES]
        stores = [nodes.etcd, *(node.program for node in nodes.nodes), *brokers.programs.values()]
        running = Machines(
            folder,
            reach,
            {},
            {},
            {each.name: each for each in [*stores, *programs]},
            partial(service_program, folder, environment, chosen["location_consumer"]),
            kafka=brokers,
            postgresql=nodes,
        )
        ending.callback(stop_all, running)
        start(running, programs)
        running.execute(ADD_THEM)
        poll_until(running.is_whole)
        yield running
