"""Sixteen clients at once: how much of the machine becomes answers.

The time of processor that one request costs is measured with a single client: of connection_service, person_service,
PostgreSQL, and of the client, which runs on the same cores and would not be there in earnest. The cores divided by it
is what the machine could answer if nothing ever waited and company made nothing dearer.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

from benchmarks.query.over_http import Service
from benchmarks.query.processes import cores, cpu_s
from benchmarks.query.question import Question

CLIENTS = 16


@dataclass(frozen=True)
class Load:
    requests_a_second: float
    server_cpu_ms: float  # of a request: services and database
    client_cpu_ms: float  # of a request
    latency_ms: list[float]


@dataclass(frozen=True)
class Crowd:
    one: Load
    many: Load

    @property
    def possible(self) -> float:
        """Requests a second if every core worked without a pause."""
        return cores() / (self.one.server_cpu_ms + self.one.client_cpu_ms) * 1000

    @property
    def efficiency(self) -> float:
        return self.many.requests_a_second / self.possible


def crowd(url: str, servers: Sequence[int], questions: Sequence[Question], seconds: float) -> Crowd:
    """`servers`: processes that work for the answers, without their children."""
    return Crowd(load(url, servers, questions, seconds, 1), load(url, servers, questions, seconds, CLIENTS))


def load(url: str, servers: Sequence[int], questions: Sequence[Question], seconds: float, clients: int) -> Load:
    numbers = count()
    latencies: list[float] = []

    def ask_until(deadline: float) -> None:
        service = Service(url)
        while time.perf_counter() < deadline:
            latencies.append(service.ask(questions[next(numbers) % len(questions)]).seconds * 1000)
        service.close()

    with ThreadPoolExecutor(clients) as threads:
        server_before, client_before, began = cpu_s(servers), time.process_time(), time.perf_counter()
        for thread in [threads.submit(ask_until, began + seconds) for _ in range(clients)]:
            thread.result()
        took, client_s, server_s = (
            time.perf_counter() - began,
            time.process_time() - client_before,
            cpu_s(servers) - server_before,
        )
    done = len(latencies)
    return Load(done / took, server_s / done * 1000, client_s / done * 1000, latencies)
