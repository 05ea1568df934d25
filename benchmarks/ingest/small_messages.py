"""One location a call, as single phones send it: calls a second and their answering times, by number of clients."""

import asyncio
import time

import grpc
import numpy as np
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from benchmarks.ingest.accounting import check
from benchmarks.ingest.whole_way import pipeline
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.services import ended, watch
from benchmarks.stores import Stores


def small_messages(stores: Stores, workload: Workload, clients: int) -> Result:
    """Each client makes its next call when the one before is answered. The whole pipeline works meanwhile."""
    calls = [pb.CreateLocationRequest(location=each) for batch in workload.calls() for each in batch.request.locations]
    with stores.database() as database, pipeline(stores, database) as (_producer, consumer):
        began = time.monotonic()
        waits = asyncio.run(call_all(stores.addresses["LOCATION_GRPC"], calls, clients))
        seconds = time.monotonic() - began
        watch(lambda: ended([consumer]), len(calls))
        check(database, [consumer], sent=len(calls))
    p50_ms, p99_ms = np.percentile(waits, [50, 99]) * 1000
    return Result(len(calls), seconds, {"p50_ms": float(p50_ms), "p99_ms": float(p99_ms)})


async def call_all(target: str, calls: list[pb.CreateLocationRequest], clients: int) -> list[float]:
    """Seconds of each call."""
    remaining = iter(calls)
    waits = []

    async with grpc.aio.insecure_channel(target) as channel:
        create: grpc.aio.UnaryUnaryMultiCallable[pb.CreateLocationRequest, pb.CreateLocationResponse]
        create = LocationServiceStub(channel).CreateLocation

        async def client() -> None:
            for call in remaining:
                began = time.monotonic()
                await create(call, timeout=60)
                waits.append(time.monotonic() - began)

        await channel.channel_ready()
        await asyncio.gather(*(client() for _ in range(clients)))
    return waits
