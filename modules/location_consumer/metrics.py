"""What the consumer counts, once a batch: what became of the locations, how long it took, and what still waits."""

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kafka import TopicPartition
from prometheus_client import Counter, Gauge, Histogram

from location_consumer.dead_letters import REASONS
from location_consumer.offsets.lag import Consumer, Lag, Position
from service_kit.telemetry.metrics import LOCATIONS, SECONDS, process_registry

DROPPED = ("erased", "expired", "private")
RESETS = ("retention", "topic_made_anew", "truncated")


class Outcome(NamedTuple):
    """What became of a batch: locations = stored + duplicates + length of dead_letter_reasons + all dropped."""

    locations: int  # an unreadable record counts as one
    stored: int
    duplicates: int
    dead_letter_reasons: Iterable[str]
    dropped: Mapping[str, int]  # reason → locations
    newest_time_us: int | None  # creation time of the newest one that is stored, microseconds since 1970
    first_record_ms: int | None  # when the oldest record was sent to Kafka, milliseconds since 1970
    write_s: float  # until the rows were durable
    next_offsets: Mapping[TopicPartition, int]  # where each of its partitions goes on


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = process_registry()
        name = "location_consumer_{}".format
        self._received = Counter(name("received_total"), "Locations taken from Kafka", registry=registry)
        self._stored = Counter(name("stored_total"), "Rows that are new in the table", registry=registry)
        self._duplicates = Counter(name("duplicates_total"), "Locations that were stored already", registry=registry)
        self._dead_letters = Counter(name("dead_letters_total"), "Given up", ["reason"], registry=registry)
        self._dropped = Counter(
            name("dropped_total"),
            "Not to be stored or kept: the person was erased, or the day is older than what is kept",
            ["reason"],
            registry=registry,
        )
        self._resets = Counter(
            name("offset_resets_total"),
            "Times that a partition did not go on where it was left: retention took what came next, the topic was made"
            " anew, or its log was cut",
            ["reason"],
            registry=registry,
        )
        self._missed = Counter(
            name("missed_records_total"), "Records that were gone before they were read", ["reason"], registry=registry
        )
        self._batch = Histogram(name("batch_locations"), "Size of batches", buckets=LOCATIONS, registry=registry)
        self._write = Histogram(
            name("write_seconds"), "From a full batch to durable rows", buckets=SECONDS, registry=registry
        )
        self._visible = Histogram(
            name("visible_after_seconds"),
            "From the sending of a batch's oldest record to Kafka until its rows are visible",
            buckets=SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(name("lag_records"), "Records that are not stored yet", ["partition"], registry=registry)
        self._newest_s = float("nan")
        age = Gauge(
            name("newest_location_age_seconds"),
            "Age of the newest location that this process has stored; NaN before the first",
            registry=registry,
        )
        age.set_function(lambda: time.time() - self._newest_s)
        self._brake = Gauge(
            name("brake_on"), "1: it has stopped for good, nearly everything was bad", registry=registry
        )
        self._lag = Lag()
        self._partitions: set[TopicPartition] = set()
        for reason in REASONS:  # from 0 on: an increase from nothing would be missed
            self._dead_letters.labels(reason)
        for reason in DROPPED:
            self._dropped.labels(reason)
        for reason in RESETS:
            self._resets.labels(reason)
            self._missed.labels(reason)

    def brake_is_on(self) -> None:
        self._brake.set(1)

    def offset_reset(self, partition: TopicPartition, reason: str, goes_on_at: int, missed: int) -> None:
        """`missed`: records."""
        self._lag.stored({partition: goes_on_at})
        self._resets.labels(reason).inc()
        self._missed.labels(reason).inc(missed)

    def written(self, outcome: Outcome) -> None:
        self._lag.stored(outcome.next_offsets)
        self._received.inc(outcome.locations)
        self._stored.inc(outcome.stored)
        self._duplicates.inc(outcome.duplicates)
        for reason in outcome.dead_letter_reasons:
            self._dead_letters.labels(reason).inc()
        for reason, locations in outcome.dropped.items():
            self._dropped.labels(reason).inc(locations)
        self._batch.observe(outcome.locations)
        self._write.observe(outcome.write_s)
        if outcome.first_record_ms is not None:
            self._visible.observe(max(0.0, time.time() - outcome.first_record_ms / 1000))
        if outcome.newest_time_us is not None and not outcome.newest_time_us / 1e6 <= self._newest_s:
            self._newest_s = outcome.newest_time_us / 1e6

    def passed_over(self, consumer: Consumer) -> dict[TopicPartition, int]:
        """As of Lag."""
        return self._lag.passed_over(consumer)

    def behind(self, consumer: Consumer) -> dict[TopicPartition, Position]:
        """Take note of how much waits on the partitions of this consumer, and return where they stand."""
        positions = self._lag.positions(consumer)
        for partition in self._partitions - positions.keys():  # they went to another consumer
            self._waiting.remove(str(partition.partition))
        self._partitions = set(positions)
        for partition, position in positions.items():
            self._waiting.labels(str(partition.partition)).set(position.lag)
        return positions
