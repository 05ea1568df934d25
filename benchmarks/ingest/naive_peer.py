"""The naive peer (see naive/), driven as fast as it goes."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from benchmarks.ingest.accounting import check_sum
from benchmarks.ingest.copy_limit import make_partitions
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.services import program, wait_until, watch
from benchmarks.stores import Stores, stored

CLIENTS = 8
LOOK_EVERY_S = 0.1


def naive_peer(stores: Stores, workload: Workload) -> Result:
    """Timed from the second call, when the first location is stored, until the last one is."""
    target = stores.addresses["LOCATION_GRPC"]
    first, *requests = [
        pb.CreateLocationRequest(location=location) for call in workload.calls() for location in call.request.locations
    ]
    with stores.database() as database, stores.topic() as topic:
        make_partitions(database.location_consumer, workload)
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": stores.kafka_bootstrap_servers,
            "DATABASE_URL": database.location_consumer,
            "LOCATION_TOPIC": topic,
            "GRPC_BIND": target,
        }
        with (
            program(stores, "naive_producer", command("producer"), environment) as producer,
            program(stores, "naive_consumer", command("consumer"), environment),
            grpc.insecure_channel(target) as channel,
            ThreadPoolExecutor(CLIENTS) as clients,
        ):
            wait_until(lambda: answers(channel), producer, "the naive producer", 30)
            create = LocationServiceStub(channel).CreateLocation
            create(first)
            watch(lambda: stored(database), 1)  # the consumer has joined its group
            began = time.monotonic()
            for _ in clients.map(create, requests):
                pass
            progress = watch(lambda: stored(database), len(requests) + 1, LOOK_EVERY_S)
            check_sum(len(requests) + 1, stored=stored(database))
    return Result(len(requests), progress.ended_at - began)


def command(part: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.ingest.naive.{part}"]


def answers(channel: grpc.Channel) -> bool:
    try:
        grpc.channel_ready_future(channel).result(timeout=1)
    except grpc.FutureTimeoutError:
        return False
    return True
