"""python -m benchmarks.phones [--quick]: how fast phones' posts are taken; docs/benchmarks.md says what is measured."""

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from udaconnect.location.v1 import location_pb2 as pb

from benchmarks.figures import Bound, Figure, verdict
from benchmarks.ingest.small_messages import call_all
from benchmarks.machine import machine
from benchmarks.phones.devices import connect_phones
from benchmarks.phones.posting import FIRST_TIME, Load, post, trickle
from benchmarks.services import Running, service
from benchmarks.stores import Stores, stored, stores
from deployment.native.run import exit_on_signals
from deployment.native.schema import Database

FEW, MANY = 256, 2_000
STOPPED_S: Final = 4.0
STORED_WITHIN_S: Final = 60.0


@dataclass(frozen=True)
class Way:
    """Everything from the gateway's port to the rows."""

    database: Database
    gateway: Running
    port: int
    target: str
    secrets: list[str]


@contextmanager
def running(stores: Stores) -> Iterator[Way]:
    with ExitStack() as stack:
        database = stack.enter_context(stores.database())
        topic = stack.enter_context(stores.topic())
        settings = {"LOCATION_TOPIC": topic, "DEAD_LETTER_TOPIC": topic}
        stack.enter_context(service(stores, "location_producer", database, **settings))
        stack.enter_context(service(stores, "location_consumer", database, CONSUMER_GROUP=topic, **settings))
        stack.enter_context(service(stores, "person_service", database))
        secrets = connect_phones(database, MANY)
        gateway = stack.enter_context(service(stores, "phone_gateway", database, DEVICE_RATE_LIMIT="0"))
        port = int(stores.addresses["PHONE_URL"].rpartition(":")[2])
        yield Way(database, gateway, port, stores.addresses["LOCATION_GRPC"], secrets)


def at_full_speed(way: Way, connections: int, seconds: float) -> tuple[float, Load]:
    """Posts a second that were acknowledged."""
    began = time.perf_counter()
    load = asyncio.run(post(way.port, way.secrets[:connections], seconds))
    return load.acknowledged / (time.perf_counter() - began), load


def single_calls(way: Way, count: int) -> float:
    """gRPC calls of one location a second, by as many clients: what there was before."""
    calls = [
        pb.CreateLocationRequest(location=pb.Location(person_id=1 + number % MANY, latitude=1.0, longitude=2.0))
        for number in range(count)
    ]
    for number, call in enumerate(calls):
        call.location.creation_time.seconds = FIRST_TIME - 10_000_000 + number
    began = time.perf_counter()
    asyncio.run(call_all(way.target, calls, FEW))
    return count / (time.perf_counter() - began)


def while_kafka_stands(way: Way, broker: int, seconds: float, rate: float) -> Load:
    """Kafka is stopped in the middle, and goes on."""

    async def run() -> Load:
        loop = asyncio.get_running_loop()
        loop.call_later(seconds / 3, os.kill, broker, signal.SIGSTOP)
        loop.call_later(seconds / 3 + STOPPED_S, os.kill, broker, signal.SIGCONT)
        return await post(way.port, way.secrets[:FEW], seconds + STOPPED_S, rate)

    return asyncio.run(run())


def beside_slow_ones(way: Way, seconds: float, rate: float) -> Load:
    async def run() -> Load:
        writers = await trickle(way.port, MANY)
        try:
            return await post(way.port, way.secrets[:FEW], seconds, rate)
        finally:
            for writer in writers:
                writer.close()

    return asyncio.run(run())


def say(text: str) -> None:
    print(text, flush=True)


def p99_ms(load: Load) -> float:
    return float(np.percentile(load.waits_s, 99) * 1000) if load.waits_s else float("inf")


def settled(database: Database, acknowledged: int) -> int:
    """How many of the acknowledged locations are not in the table once all had time to get there."""
    deadline = time.monotonic() + STORED_WITHIN_S
    while (missing := acknowledged - stored(database)) > 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    return max(0, missing)


def measure(stores: Stores, seconds: float) -> list[Figure]:
    say("Starting the services.")
    with running(stores) as way:
        say("Warming up, then posting as fast as it goes.")
        _, warm = at_full_speed(way, FEW, seconds)
        few, load_of_few = at_full_speed(way, FEW, seconds)
        say(f"{few:,.0f} posts/s. Calling gRPC with one location each.")
        calls_per_s = single_calls(way, round(800 * seconds))
        say(f"{calls_per_s:,.0f} calls/s. Posting by {MANY:,} connections.")
        many, load_of_many = at_full_speed(way, MANY, seconds)
        say(f"{many:,.0f} posts/s. Posting at half of the rate, then beside slow connections.")
        half = asyncio.run(post(way.port, way.secrets[:FEW], seconds, few / 2))
        slow = beside_slow_ones(way, seconds, few / 2)
        say("Stopping Kafka for a moment.")
        stopped = while_kafka_stands(way, stores.broker_pid, seconds, few / 2)
        loads = (warm, load_of_few, load_of_many, half, slow, stopped)
        acknowledged = sum(load.acknowledged for load in loads) + round(800 * seconds)
        memory_mb, lost = way.gateway.peak_memory_mb(), settled(way.database, acknowledged)
    refused_s = max((waited_s for waited_s, _ in stopped.refused), default=float("inf"))
    at_least, at_most = Bound.AT_LEAST, Bound.AT_MOST
    return [
        Figure("posts acknowledged, 256 connections", few, at_least, 6_000, "/s"),
        Figure("posts acknowledged, 2,000 connections", many, at_least, 6_000, "/s"),
        Figure("as many as gRPC calls of one location", few / calls_per_s, at_least, 5, " times"),
        Figure("answered at half of it, p99", p99_ms(half), at_most, 250, " ms"),
        Figure("the same beside 2,000 slow connections, p99", p99_ms(slow), at_most, 250, " ms"),
        Figure("503 after Kafka has stopped, the slowest", refused_s, at_most, 1, " s"),
        Figure("memory of the gateway, at most", memory_mb, at_most, 150, " MB"),
        Figure("acknowledged and lost", lost, at_most, 0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.phones", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 seconds each, instead of 20")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    exit_on_signals()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    described = machine()
    with stores() as in_use:
        found = measure(in_use, 5.0 if chosen.quick else 20.0)
    chosen.out.mkdir(parents=True, exist_ok=True)
    report = {"machine": described, "figures": {figure.name: figure.value for figure in found}}
    (chosen.out / "phones.json").write_text(json.dumps(report, indent=1))
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
