"""What the producer counts, once a call: what was accepted, what was not and why, how long Kafka took."""

import asyncio
import time
from collections.abc import Iterable

import grpc
from prometheus_client import Counter, Gauge, Histogram

from location_producer.callers.allowance import Callers
from location_producer.in_flight import InFlight
from service_kit.telemetry.metrics import LOCATIONS, SECONDS, process_registry

FIELDS = ("person_id", "latitude", "longitude", "creation_time", "accuracy_m")


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = process_registry()
        name = "location_producer_{}".format
        self._accepted = Counter(name("accepted_total"), "Locations that Kafka has acknowledged", registry=registry)
        self._rejected = Counter(name("rejected_total"), "By their first wrong field", ["field"], registry=registry)
        self._kept = Counter(name("kept_refusals_total"), "Fixes refused by a gateway, kept", registry=registry)
        self._failed = Counter(name("failed_calls_total"), "Calls not answered OK", ["code"], registry=registry)
        self._batch = Histogram(name("batch_locations"), "Locations in a call", buckets=LOCATIONS, registry=registry)
        self._acknowledgement = Histogram(
            name("acknowledgement_seconds"),
            "From a call's validated locations to Kafka's acknowledgement of them all",
            buckets=SECONDS,
            registry=registry,
        )
        for field in FIELDS:  # from 0 on: an increase from nothing would be missed
            self._rejected.labels(field)

    def watch(self, in_flight: InFlight, callers: Callers) -> None:
        calls = Gauge("location_producer_in_flight_calls", "Calls waiting for Kafka", registry=self.registry)
        calls.set_function(lambda: in_flight.calls)
        size = Gauge("location_producer_in_flight_bytes", "Their size", registry=self.registry)
        size.set_function(lambda: in_flight.bytes)
        rate = Gauge(
            "location_producer_fair_locations_per_second",
            "What each caller may send: it falls while records wait too long to be stored",
            registry=self.registry,
        )
        rate.set_function(lambda: callers.fair_per_s)

    def received(self, locations: int, rejected_fields: Iterable[str]) -> None:
        self._batch.observe(locations)
        for field in rejected_fields:
            self._rejected.labels(field).inc()

    def sent(self, locations: int, acknowledged: asyncio.Future[None]) -> None:
        """Count the locations when Kafka has acknowledged them."""
        began = time.perf_counter()

        def count(answer: asyncio.Future[None]) -> None:
            if not answer.cancelled() and answer.exception() is None:
                self._accepted.inc(locations)
                self._acknowledgement.observe(time.perf_counter() - began)

        acknowledged.add_done_callback(count)

    def kept(self, refused_fixes: int) -> None:
        self._kept.inc(refused_fixes)

    def failed(self, code: grpc.StatusCode) -> None:
        self._failed.labels(code.name).inc()
