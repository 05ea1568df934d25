"""What the stream counts: who listens, what they are told and how long after it was decided."""

from collections.abc import Callable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram
from udaconnect.connection.v1.encounter_pb2 import Kind

from encounter_stream.ending import REASONS
from service_kit.telemetry.metrics import SECONDS, process_registry

KINDS: Final = tuple(name.removeprefix("KIND_").lower() for name in Kind.keys() if name != "KIND_UNSPECIFIED")  # noqa: SIM118  it is no dict

REFUSALS: Final = (400, 401, 403, 404, 429, 503)


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = process_registry()
        name = "encounter_stream_{}".format
        self._ended = Counter(name("ended_total"), "Listeners that have ended, and why", ["reason"], registry=registry)
        self._refused = Counter(name("refused_total"), "Requests refused", ["status"], registry=registry)
        self._told = Counter(name("told_events_total"), "Events told to listeners", ["kind"], registry=registry)
        self._told_after = Histogram(
            name("told_after_seconds"), "From the decision to the listener", buckets=SECONDS, registry=registry
        )
        self._read = Counter(name("read_events_total"), "Events read from Kafka, each once", registry=registry)
        # From 0 on: an increase from nothing would be missed.
        for status in REFUSALS:
            self._refused.labels(status)
        for reason in REASONS:
            self._ended.labels(reason)
        for kind in KINDS:
            self._told.labels(kind)

    def watch(self, listeners: Callable[[], int], held: Callable[[], int], up_to_date: Callable[[], bool]) -> None:
        for name, what, value in (
            ("listeners", "Who listens now", listeners),
            ("held_events", "Events that are held in memory", held),
            ("up_to_date", "1: all that is in Kafka has been read", up_to_date),
        ):
            Gauge(f"encounter_stream_{name}", what, registry=self.registry).set_function(value)

    def ended(self, reason: str) -> None:
        self._ended.labels(reason).inc()

    def refused(self, status: int) -> None:
        self._refused.labels(status).inc()

    def told(self, kind: str, after_s: float | None) -> None:
        self._told.labels(kind).inc()
        if after_s is not None:
            self._told_after.observe(after_s)

    def read(self) -> None:
        self._read.inc()
