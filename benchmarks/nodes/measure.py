"""python -m benchmarks.nodes.measure [--quick]: one store, as CITUS_PG_BIN and CITUS_WORKERS say, as JSON.

How fast the consumer stores and what questions take, and how much of that is on which node.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.ingest.consumer_only import consume, filled_topic
from benchmarks.ingest.workload import Workload, yesterday
from benchmarks.nodes.plan import FULL, NONE, QUICK, Plan
from benchmarks.query.estimates import encounters, of_methods
from benchmarks.query.load import town_database
from benchmarks.query.over_http import Service
from benchmarks.query.processes import cpu_s
from benchmarks.query.question import DAY, MONTH, random_questions
from benchmarks.query.town import Town
from benchmarks.services import service
from benchmarks.stores import Stores, queried, stores
from deployment.native import citus
from deployment.native.postgresql import postmaster_pid
from deployment.native.run import exit_on_signals
from deployment.native.schema import Database, with_port

WARM_UP = 10
SIZE, WRITTEN = "SELECT pg_database_size(current_database())", "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
BEGINS_HOUR = 8
STORED = "stored, locations/s"


@dataclass(frozen=True)
class Stored:
    """By the consumer. What lies with nodes is of the coordinator first, then of each worker."""

    rate: float  # locations a second
    again_rate: float  # likewise, of those that are there already
    consumer_us: float  # of processor, a location
    nodes_us: list[float]  # likewise
    nodes_bytes: list[float]  # on disk, a location
    nodes_wal_bytes: list[float]  # likewise


@dataclass(frozen=True)
class Asked:
    """Questions of one kind, one after the other over HTTP."""

    name: str
    p50_ms: float
    p95_ms: float
    services_ms: float  # of processor, a question
    nodes_ms: list[float]  # likewise, of each node


@dataclass(frozen=True)
class Measured:
    workers: int
    stored: Stored
    asked: list[Asked]

    def rows(self) -> Iterator[tuple[str, float]]:
        """Name and value; what lies with nodes is of the coordinator or the only node, and of all workers together."""
        yield STORED, self.stored.rate
        yield "sent again, locations/s", self.stored.again_rate
        yield "consumer, µs a location", self.stored.consumer_us
        yield from parted("{}, µs a location", self.stored.nodes_us)
        yield "disk of all nodes, bytes a location", sum(self.stored.nodes_bytes)
        yield "WAL of all nodes, bytes a location", sum(self.stored.nodes_wal_bytes)
        for asked in self.asked:
            yield f"{asked.name}, p50 ms", asked.p50_ms
            yield f"{asked.name}, p95 ms", asked.p95_ms
            yield f"{asked.name}: services, ms of processor", asked.services_ms
            yield from parted(f"{asked.name}: {{}}, ms of processor", asked.nodes_ms)


def parted(name: str, nodes: Sequence[float]) -> Iterator[tuple[str, float]]:
    yield name.format("PostgreSQL or coordinator"), nodes[0]
    yield name.format("workers together"), sum(nodes[1:])


def measure(stores: Stores, plan: Plan) -> Measured:
    workers = len(citus.WORKERS) if citus.is_used() else NONE
    return Measured(workers, stored(stores, plan), list(asked(stores, plan)))


def nodes(stores: Stores) -> list[int]:
    """Their postmasters: the coordinator, or the only node, first."""
    folders = [citus.folder_of(stores.folder, worker) for worker in citus.WORKERS] if citus.is_used() else []
    return [postmaster_pid(folder) for folder in (stores.folder, *folders)]


def of_each_node(database: Database, statement: str) -> np.ndarray:
    ports = citus.ports_of(database.superuser).values()
    return np.array([float(queried(with_port(database.superuser, port), statement)[0][0]) for port in ports])


def processor_s(stores: Stores) -> np.ndarray:
    """Of each node until now."""
    return np.array([cpu_s([postmaster]) for postmaster in nodes(stores)])


def stored(stores: Stores, plan: Plan) -> Stored:
    workload = Workload(plan.stored, yesterday(BEGINS_HOUR))
    with filled_topic(stores, workload) as topic, stores.database() as database:
        before = [processor_s(stores), of_each_node(database, SIZE), of_each_node(database, WRITTEN)]
        first = consume(stores, topic, workload, plan.batch, database)
        after = [processor_s(stores), of_each_node(database, SIZE), of_each_node(database, WRITTEN)]
        again = consume(stores, topic, workload, plan.batch, database, stored_before=plan.stored)
    took_s, grown, written = ((late - early) / plan.stored for early, late in zip(before, after, strict=True))
    return Stored(
        first.rate,
        again.rate,
        first.details["cpu_us_per_location"],
        (took_s * 1e6).tolist(),
        grown.tolist(),
        written.tolist(),
    )


def asked(stores: Stores, plan: Plan) -> Iterator[Asked]:
    town = Town.of(plan.town)
    with (
        town_database(stores, town) as (database, _),
        service(stores, "person_service", database) as people,
        service(stores, "connection_service", database) as connections,
        closing(Service(stores.addresses["CONNECTION_URL"])) as http,
    ):
        services = [people.process.pid, connections.process.pid]
        for kind, count in ((DAY, plan.days), (MONTH, plan.months)):
            questions = random_questions(kind, town.people, WARM_UP + count, "nodes")
            for name, paths in (
                ("fixes", [question.target for question in questions]),
                ("meetings", [encounters(question, of_methods(question)[0]) for question in questions]),
            ):
                yield of_kind(stores, http, services, f"{name} of a {kind.span}", paths)


def of_kind(stores: Stores, http: Service, services: Sequence[int], name: str, paths: Sequence[str]) -> Asked:
    for path in paths[:WARM_UP]:
        http.get(path)
    services_s, nodes_s = cpu_s(services), processor_s(stores)
    took_ms = [http.get(path).seconds * 1000 for path in paths[WARM_UP:]]
    services_ms, nodes_ms = (cpu_s(services) - services_s) * 1000, (processor_s(stores) - nodes_s) * 1000
    p50, p95 = np.percentile(took_ms, [50, 95])
    return Asked(name, float(p50), float(p95), services_ms / len(took_ms), (nodes_ms / len(took_ms)).tolist())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.nodes.measure", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    chosen = parser.parse_args()
    exit_on_signals()
    with stores() as running:
        print(json.dumps(asdict(measure(running, QUICK if chosen.quick else FULL))))
