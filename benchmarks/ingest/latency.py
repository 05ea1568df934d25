"""How long a client waits for the acknowledgement, and how long until the location is found over REST, under load.

Calls are made when they are due, whether or not the ones before have been answered, and timed from when they were due:
a server that stalls cannot hide it by slowing its client down.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TypeVar
from urllib.parse import urljoin

import grpc
import numpy as np
import requests
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from benchmarks.ingest.accounting import check
from benchmarks.ingest.whole_way import pipeline
from benchmarks.ingest.workload import Workload, calls_of
from benchmarks.result import Result
from benchmarks.services import ended, service, watch
from benchmarks.stores import Stores
from location_client.readers.instants import EPOCH
from location_client.sending import Patience, requested_wait_s

CALL = 1_000
CALLERS = 32
NO_MORE_THAN_IS_STORED = 1_000_000  # more than any store takes: its rate is found
ASK_EVERY_S = 0.01
AGAIN_AFTER_S = Patience().first_wait_s
VISIBLE_WITHIN_S = 30.0

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Target:
    grpc: str
    connection_url: str


def latency(stores: Stores, workload: Workload, rate: float) -> Result:
    """Send the workload at `rate` locations a second while one thread asks for locations of its own."""
    calls = [batch.request for batch in calls_of(workload.slices(), CALL)]
    with (
        stores.database() as database,
        pipeline(stores, database, a_caller_per_s=NO_MORE_THAN_IS_STORED) as (_producer, consumer),
        service(stores, "connection_service", database, WEB_CONCURRENCY="1"),
        grpc.insecure_channel(stores.addresses["LOCATION_GRPC"]) as channel,
        ThreadPoolExecutor(CALLERS) as callers,
        ThreadPoolExecutor(1) as asking,
    ):
        stub = LocationServiceStub(channel)
        target = Target(stores.addresses["LOCATION_GRPC"], stores.addresses["CONNECTION_URL"])
        stop = Event()
        markers = asking.submit(ask_for_markers, stub, target, stop, workload)
        began = time.monotonic()
        waits: list[Future[float]] = []
        try:
            for call, due in zip(calls, paced(len(calls), rate / CALL), strict=True):
                waits.append(callers.submit(acknowledged_after, stub, call, due))
            acknowledged = [wait.result() for wait in waits]
            seconds = time.monotonic() - began
        finally:
            stop.set()  # who asks is waited for, also where a call has failed
        visible = markers.result()
        sent = workload.locations + len(visible)
        watch(lambda: ended([consumer]), sent)
        check(database, [consumer], sent=sent)
    return Result(
        workload.locations,
        seconds,
        {
            "taken_of_offered": workload.locations / seconds / rate,
            "acknowledged_p50_ms": percentile_ms(acknowledged, 50),
            "acknowledged_p99_ms": percentile_ms(acknowledged, 99),
            "visible_p50_ms": percentile_ms(visible, 50),
            "visible_p99_ms": percentile_ms(visible, 99),
            "visible_samples": float(len(visible)),
        },
    )


def paced(count: int, rate: float) -> Iterator[float]:
    """The moments at which so many calls are due, `rate` a second from now on; each is given when it has come."""
    began = time.monotonic()
    for number in range(count):
        due = began + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        yield due


def acknowledged_after(stub: LocationServiceStub, call: pb.BatchCreateLocationsRequest, due: float) -> float:
    """Seconds from when the call was due until its locations were taken, also where it was told to come again."""
    receipt = until_taken(stub.BatchCreateLocations, call)
    if receipt.rejections:
        raise ValueError(f"the workload is wrong: {receipt.rejections[0]}")
    return time.monotonic() - due


def until_taken(call: Callable[..., Answer], request: object) -> Answer:
    """The answer to the first call that is not told to slow down. Raises RpcError for any other refusal."""
    while True:
        try:
            return call(request, timeout=60)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            time.sleep(max(AGAIN_AFTER_S, requested_wait_s(error)))


def ask_for_markers(stub: LocationServiceStub, target: Target, stop: Event, workload: Workload) -> list[float]:
    """Send one location at a time and ask for it until it is there: seconds from acknowledgement to answer, each."""
    waits = []
    with requests.Session() as session:
        # A microsecond off the second: no phone of the simulation reports then.
        marker_us = (workload.begins + workload.length - EPOCH).total_seconds() * 1e6 + 1
        while not stop.is_set():
            marker_us += 1_000_000
            location = pb.Location(person_id=workload.people, latitude=1, longitude=1)
            location.creation_time.FromMicroseconds(int(marker_us))
            until_taken(stub.CreateLocation, pb.CreateLocationRequest(location=location))
            acknowledged = time.monotonic()
            while not is_visible(session, target.connection_url, location):
                if time.monotonic() - acknowledged > VISIBLE_WITHIN_S:
                    raise TimeoutError(f"not visible after {VISIBLE_WITHIN_S} s")
                time.sleep(ASK_EVERY_S)
            waits.append(time.monotonic() - acknowledged)
    return waits


def is_visible(session: requests.Session, connection_url: str, location: pb.Location) -> bool:
    at = location.creation_time.ToJsonString()
    url = urljoin(connection_url, f"/api/persons/{location.person_id}/locations")
    answer = session.get(url, params={"start_date": at, "end_date": at}, timeout=30)
    answer.raise_for_status()
    return bool(answer.json())


def percentile_ms(seconds: list[float], percent: float) -> float:
    return float(np.percentile(seconds, percent)) * 1000
