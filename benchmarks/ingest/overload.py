"""Ten times as much as Kafka takes: how many are refused, and how long the others wait for their acknowledgement."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

import grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from benchmarks.ingest.latency import paced, percentile_ms
from benchmarks.ingest.workload import Workload, calls_of
from benchmarks.result import Result
from benchmarks.services import service
from benchmarks.stores import Stores
from tests.integration.location_producer.kafka_proxy import KafkaBehindProxy

KAFKA_TAKES = 300_000  # bytes a second: some 10,000 locations
OFFERED = 100_000  # locations a second
CALL = 2_500
CALLERS = 100


class Answer(NamedTuple):
    asked_at: float
    seconds: float
    accepted: bool


def overload(stores: Stores, workload: Workload) -> Result:
    """Offer the workload at a rate that is kept to, whatever is answered, in front of a Kafka behind a slow link."""
    calls = [batch.request for batch in calls_of(workload.slices(), CALL)]
    with (
        closing(KafkaBehindProxy(stores.kafka_bootstrap_servers)) as link,
        stores.database() as database,
        stores.topic() as topic,
        service(
            stores,
            "location_producer",
            database,
            LOCATION_TOPIC=topic,
            KAFKA_BOOTSTRAP_SERVERS=link.bootstrap_servers,
        ) as producer,
        grpc.insecure_channel(stores.addresses["LOCATION_GRPC"]) as channel,
        ThreadPoolExecutor(CALLERS) as callers,
    ):
        stub = LocationServiceStub(channel)
        link.slow_down(KAFKA_TAKES)
        began = time.monotonic()
        waiting: list[Future[Answer]] = [
            callers.submit(answer_to, stub, call, due)
            for call, due in zip(calls, paced(len(calls), OFFERED / CALL), strict=True)
        ]
        half = (began + time.monotonic()) / 2
        answers = [each.result() for each in waiting]
        seconds = time.monotonic() - began
        peak_memory_mb = producer.peak_memory_mb()
    accepted = [answer for answer in answers if answer.accepted]
    return Result(
        CALL * len(accepted),
        seconds,
        {
            "refused_percent": 100 * (1 - len(accepted) / len(answers)),
            "accepted_p99_ms": percentile_ms([answer.seconds for answer in accepted], 99),
            # Once the rate is known.
            "accepted_late_p99_ms": percentile_ms([each.seconds for each in accepted if each.asked_at > half], 99),
            "peak_memory_mb": peak_memory_mb,
        },
    )


def answer_to(stub: LocationServiceStub, call: pb.BatchCreateLocationsRequest, due: float) -> Answer:
    """Timed from when the call was due. Raises RpcError for any other refusal than push-back."""
    accepted = True
    try:
        stub.BatchCreateLocations(call, timeout=60)
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
            raise
        accepted = False
    return Answer(due, time.monotonic() - due, accepted)
