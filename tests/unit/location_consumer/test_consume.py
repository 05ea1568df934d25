"""Where the client of Kafka gives an error that is over by itself to whoever polls, the consumer polls again."""

from dataclasses import dataclass, field
from threading import Event
from typing import Any
from unittest.mock import MagicMock

import pytest
from kafka.errors import KafkaConnectionError, KafkaError, TopicAuthorizationFailedError

from location_consumer import consume
from location_consumer.batch import BatchPolicy
from tests.unit.location_consumer.test_rebalance import FakeCoordinator


@dataclass
class FailingConsumer:
    """Of Kafka: each poll fails by the next of these; behind them it is time to stop."""

    errors: list[KafkaError]
    stopping: Event = field(default_factory=Event)
    _coordinator: FakeCoordinator = field(default_factory=lambda: FakeCoordinator(rebalancing=False))

    def assignment(self) -> set[Any]:
        return set()

    def poll(self, timeout_ms: int) -> dict[Any, Any]:
        assert timeout_ms >= 0
        if self.errors:
            raise self.errors.pop(0)
        self.stopping.set()
        return {}


def run(records: FailingConsumer) -> None:
    writing = MagicMock(busy=False)
    consume.Consume(records, writing, BatchPolicy(10, 100), MagicMock(), records.stopping).run()


def test_a_broker_that_is_not_reached_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As kafka-python 3.0.12 has it: the coordinator has died, and the next broker that is asked for it, too."""
    monkeypatch.setattr(consume, "ASK_AGAIN_S", 0)
    records = FailingConsumer([KafkaConnectionError("111 ECONNREFUSED"), KafkaConnectionError("111 ECONNREFUSED")])
    run(records)
    assert not records.errors


def test_what_will_not_be_over_by_itself_ends_it() -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        run(FailingConsumer([TopicAuthorizationFailedError("location")]))
