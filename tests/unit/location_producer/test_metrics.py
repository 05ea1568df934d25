"""What is counted is what was answered: sent = accepted + rejected, and nothing is accepted before Kafka says so."""

import asyncio
from collections.abc import Sequence
from typing import Any

import grpc
import pytest
from prometheus_client import CollectorRegistry
from udaconnect.location.v1 import location_pb2 as pb

from location_producer.callers.allowance import Callers
from location_producer.errors import OverloadedError
from location_producer.in_flight import InFlight
from location_producer.metrics import Metrics
from location_producer.people.directory import Directory
from location_producer.service import LocationService
from location_producer.validation import TimeLimits

EARLIEST_US = 1_420_070_400_000_000
NOW_US = 1_772_445_600_000_000


class Aborted(Exception):  # noqa: N818  not an error of ours
    pass


class FakeContext:
    def peer(self) -> str:
        return "ipv4:192.0.2.1:5000"

    async def abort_with_status(self, _status: grpc.Status) -> None:
        raise Aborted


class FakePublisher:
    partitions = 6

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.waiting: list[asyncio.Future[None]] = []

    def publish(self, _batches: object, caller: str = "") -> asyncio.Future[None]:
        assert caller
        if self.error:
            raise self.error
        self.waiting.append(asyncio.get_running_loop().create_future())
        return self.waiting[-1]


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"location_producer_{name}", labels)


async def keep_nothing(fixes: Sequence[pb.RefusedFix]) -> None:
    assert not fixes


async def call(publisher: FakePublisher, metrics: Metrics, *locations: pb.Location) -> asyncio.Task[Any]:
    """Begin a call and let it come as far as it can."""
    context: Any = FakeContext()
    limits, callers = TimeLimits(EARLIEST_US), Callers(100, 0)
    service = LocationService(publisher, keep_nothing, metrics, limits, callers, Directory(None), lambda: NOW_US)
    request = pb.BatchCreateLocationsRequest(locations=locations)
    task = asyncio.ensure_future(service.BatchCreateLocations(request, context))
    for _ in range(20):
        await asyncio.sleep(0)
    return task


GOOD = pb.Location(person_id=1, latitude=1, longitude=2)
WRONG_TWICE = pb.Location(person_id=1, latitude=91, longitude=181)


def test_a_location_is_accepted_when_kafka_has_acknowledged_it_and_not_before() -> None:
    async def test() -> None:
        publisher, metrics = FakePublisher(), Metrics()
        answer = await call(publisher, metrics, GOOD, WRONG_TWICE, GOOD)
        assert value(metrics.registry, "accepted_total") == 0
        assert value(metrics.registry, "acknowledgement_seconds_count") == 0
        publisher.waiting[0].set_result(None)
        await answer
        assert value(metrics.registry, "accepted_total") == 2
        assert value(metrics.registry, "acknowledgement_seconds_count") == 1
        assert value(metrics.registry, "batch_locations_sum") == 3

    asyncio.run(test())


def test_a_rejected_location_counts_once_by_its_first_wrong_field() -> None:
    async def test() -> None:
        publisher, metrics = FakePublisher(), Metrics()
        answer = await call(publisher, metrics, GOOD, WRONG_TWICE)
        publisher.waiting[0].set_result(None)
        await answer
        assert value(metrics.registry, "rejected_total", field="latitude") == 1
        assert value(metrics.registry, "rejected_total", field="longitude") == 0

    asyncio.run(test())


def test_what_kafka_does_not_acknowledge_is_not_accepted() -> None:
    async def test() -> None:
        publisher, metrics = FakePublisher(), Metrics()
        answer = await call(publisher, metrics, GOOD)
        publisher.waiting[0].set_exception(ZeroDivisionError())
        with pytest.raises(Aborted):
            await answer
        assert value(metrics.registry, "accepted_total") == 0
        assert value(metrics.registry, "failed_calls_total", code="INTERNAL") == 1

    asyncio.run(test())


def test_a_refused_call_counts_by_its_status() -> None:
    async def test() -> None:
        metrics = Metrics()
        answer = await call(FakePublisher(OverloadedError("slow down")), metrics, GOOD)
        with pytest.raises(Aborted):
            await answer
        assert value(metrics.registry, "failed_calls_total", code="RESOURCE_EXHAUSTED") == 1

    asyncio.run(test())


def test_what_is_in_flight_is_looked_at_when_somebody_asks() -> None:
    metrics, in_flight = Metrics(), InFlight(max_calls=10, max_bytes=100)
    metrics.watch(in_flight, Callers(100, 0))
    in_flight.reserve(40)
    assert value(metrics.registry, "in_flight_calls") == 1
    assert value(metrics.registry, "in_flight_bytes") == 40
    in_flight.release(40)
    assert value(metrics.registry, "in_flight_bytes") == 0
