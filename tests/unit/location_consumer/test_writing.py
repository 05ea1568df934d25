"""Whoever waits for the database is alive, and not to be killed for it, and knows how much waits for it."""

from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any
from unittest.mock import MagicMock

import pytest
from kafka import TopicPartition

from location_consumer import writing as under_test
from location_consumer.batch import BatchPolicy
from location_consumer.consume import Consume
from location_consumer.metrics import Metrics
from location_consumer.store import StoreUnavailableError
from location_consumer.writing import Writing
from tests.patience import PATIENCE_S, poll_until
from tests.unit.location_consumer.test_batch import Record, record
from tests.unit.location_consumer.test_rebalance import FakeCoordinator


class CountingWriting(Writing):
    beats = 0

    def beat(self) -> None:
        self.beats += 1
        super().beat()


def test_its_heart_beats_while_a_database_is_awaited_that_was_never_there() -> None:
    there, store = Event(), MagicMock()

    def check() -> None:
        if not there.is_set():
            raise StoreUnavailableError("connection refused")

    store.check = check
    writing = CountingWriting(
        MagicMock(),
        store,
        MagicMock(),
        brake=MagicMock(),
        earliest=datetime.now(UTC),
        metrics=MagicMock(),
        stopping=Event(),
    )
    starting = Thread(target=writing.__enter__, daemon=True)
    starting.start()
    try:
        poll_until(lambda: writing.beats > 2)
        assert not writing.ready()
    finally:
        there.set()
    starting.join(PATIENCE_S)
    assert writing.ready()
    writing.__exit__(None, None, None)


class BusyTopic:
    """Of Kafka: nothing at first, so that nothing waits; then a record with every poll, of ten."""

    partition = TopicPartition("location", 0)
    _coordinator = FakeCoordinator(rebalancing=False)
    ended = 0
    polled = False

    def assignment(self) -> set[TopicPartition]:
        return {self.partition}

    def highwater(self, _partition: TopicPartition) -> int:
        return 10 if self.ended else 0

    def position(self, _partition: TopicPartition, timeout_ms: int | None = None) -> int:
        assert timeout_ms
        return self.ended

    def poll(self, timeout_ms: int) -> dict[TopicPartition, list[Record]]:
        assert timeout_ms >= 0
        if not self.polled:
            self.polled = True
            return {}
        self.ended = min(10, self.ended + 1)
        return {self.partition: [record(self.ended - 1, 1)]}


def test_what_waits_is_counted_while_a_database_is_awaited_that_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "BEAT_S", 0.01)
    topic, stopping, metrics, store = BusyTopic(), Event(), Metrics(), MagicMock()
    store.write.side_effect = StoreUnavailableError("connection refused")
    parts: Any = (topic, store, MagicMock())
    writing = Writing(*parts, brake=MagicMock(), earliest=datetime.now(UTC), metrics=metrics, stopping=stopping)

    def run() -> None:
        with pytest.raises(StoreUnavailableError):
            Consume(parts[0], writing, BatchPolicy(1, 100), metrics, stopping).run()

    consuming = Thread(target=run, daemon=True)
    consuming.start()
    try:
        poll_until(lambda: metrics.registry.get_sample_value("location_consumer_lag_records", {"partition": "0"}) == 10)
    finally:
        stopping.set()
    consuming.join(PATIENCE_S)
