"""What the consumer counts of a batch, and how it measures what still waits."""

import time

import pytest
from kafka import TopicPartition

from location_consumer.metrics import Metrics, Outcome

ONE, TWO = TopicPartition("location", 1), TopicPartition("location", 2)


class FakeConsumer:
    def __init__(self, **_: int) -> None:
        self.assigned = {ONE, TWO}
        self.highwaters: dict[TopicPartition, int] = {}
        self.positions: dict[TopicPartition, int] = {}

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.highwaters.get(partition)

    def position(self, partition: TopicPartition, timeout_ms: int | None = None) -> int | None:
        assert timeout_ms  # where Kafka is away the loop turns on
        return self.positions[partition]


def outcome(**changed: object) -> Outcome:
    usual = Outcome(
        locations=15,
        stored=6,
        duplicates=1,
        dead_letter_reasons=["conflict", "conflict", "invalid"],
        dropped={"erased": 3, "expired": 2},
        newest_time_us=None,
        first_record_ms=None,
        write_s=0.25,
        next_offsets={},
    )
    return usual._replace(**changed)  # type: ignore[arg-type]  # the fields of an Outcome


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"location_consumer_{name}", labels)


def test_every_location_of_a_batch_is_counted_where_it_ended() -> None:
    metrics = Metrics()
    metrics.written(outcome())
    metrics.written(outcome())
    assert value(metrics, "received_total") == 30
    assert value(metrics, "stored_total") == 12
    assert value(metrics, "duplicates_total") == 2
    assert value(metrics, "dead_letters_total", reason="conflict") == 4
    assert value(metrics, "dead_letters_total", reason="invalid") == 2
    assert value(metrics, "dead_letters_total", reason="refused") == 0
    assert value(metrics, "dropped_total", reason="erased") == 6
    assert value(metrics, "dropped_total", reason="expired") == 4
    assert value(metrics, "write_seconds_sum") == 0.5
    assert value(metrics, "batch_locations_count") == 2


def test_the_age_is_that_of_the_newest_location_whatever_comes_after_it() -> None:
    metrics = Metrics()
    now_us = time.time_ns() // 1000
    assert str(value(metrics, "newest_location_age_seconds")) == "nan"
    metrics.written(outcome(newest_time_us=now_us - 60_000_000))
    metrics.written(outcome(newest_time_us=now_us - 3_600_000_000))
    metrics.written(outcome())
    assert value(metrics, "newest_location_age_seconds") == pytest.approx(60, abs=5)


def test_visible_after_is_measured_from_the_oldest_record() -> None:
    metrics = Metrics()
    metrics.written(outcome(first_record_ms=time.time_ns() // 1_000_000 - 7_000))
    assert value(metrics, "visible_after_seconds_sum") == pytest.approx(7, abs=1)


def test_the_lag_counts_what_is_polled_but_not_stored() -> None:
    metrics, consumer = Metrics(), FakeConsumer()
    consumer.highwaters, consumer.positions = {ONE: 100, TWO: 50}, {ONE: 100, TWO: 20}
    metrics.written(outcome(next_offsets={ONE: 40}))
    metrics.behind(consumer)
    assert value(metrics, "lag_records", partition="1") == 60
    assert value(metrics, "lag_records", partition="2") == 30
    metrics.written(outcome(next_offsets={ONE: 100, TWO: 50}))
    metrics.behind(consumer)
    assert value(metrics, "lag_records", partition="1") == 0
    assert value(metrics, "lag_records", partition="2") == 0


def test_what_is_passed_over_without_a_record_is_told_once_and_counts_as_stored() -> None:
    metrics, consumer = Metrics(), FakeConsumer()
    metrics.written(outcome(next_offsets={ONE: 40}))
    consumer.highwaters, consumer.positions = {ONE: 41, TWO: 7}, {ONE: 41, TWO: 7}
    assert metrics.passed_over(consumer) == {ONE: 41, TWO: 7}
    assert metrics.passed_over(consumer) == {}
    metrics.behind(consumer)
    assert value(metrics, "lag_records", partition="1") == 0


def test_a_partition_that_went_to_another_consumer_has_no_lag_here_and_starts_anew_when_it_comes_back() -> None:
    metrics, consumer = Metrics(), FakeConsumer()
    metrics.written(outcome(next_offsets={TWO: 5}))
    consumer.assigned, consumer.highwaters, consumer.positions = {ONE}, {ONE: 10}, {ONE: 10, TWO: 80}
    metrics.behind(consumer)
    assert value(metrics, "lag_records", partition="1") == 0
    assert value(metrics, "lag_records", partition="2") is None
    consumer.assigned, consumer.highwaters = {ONE, TWO}, {ONE: 10, TWO: 90}
    metrics.behind(consumer)
    assert value(metrics, "lag_records", partition="2") == 10


def test_a_partition_of_which_nothing_is_known_yet_has_no_lag() -> None:
    metrics = Metrics()
    metrics.behind(FakeConsumer())
    assert value(metrics, "lag_records", partition="1") is None
