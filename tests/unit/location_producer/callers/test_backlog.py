"""When Kafka is asked how far the consumers are: while something that was sent is not known to be stored."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from location_producer.callers import backlog
from location_producer.callers.backlog import watch_backlog
from location_producer.callers.fair_rate import Wait
from tests.patience import poll_until

TOPIC, GROUP = "location", "consumers"


class Consumers:
    """Stands for Kafka's admin client: says what is committed, and counts how often it was asked."""

    def __init__(self) -> None:
        self.committed = 0
        self.times_asked = 0

    def list_group_offsets(self, group: str) -> dict[str, dict[TopicPartition, Any]]:
        self.times_asked += 1
        return {group: {TopicPartition(TOPIC, 0): SimpleNamespace(offset=self.committed)}}

    def close(self) -> None:
        pass


def test_kafka_is_asked_only_while_something_that_was_sent_may_not_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "LOOK_EVERY_S", 0.001)
    acknowledged: dict[int, int] = {}
    consumers: Any = Consumers()
    waits: list[Wait | None] = []

    async def until(condition: Callable[[], bool]) -> None:
        await asyncio.to_thread(poll_until, condition, interval_s=0.001)

    async def looks(number: int) -> None:
        looked = len(waits)
        await until(lambda: len(waits) >= looked + number)

    async def watched() -> None:
        watching = asyncio.create_task(watch_backlog(lambda: consumers, TOPIC, GROUP, acknowledged, waits.append))
        await looks(5)
        assert (consumers.times_asked, set(waits)) == (0, {Wait(0.0, too_much=False)})  # nothing was sent
        acknowledged[0] = 10
        await until(lambda: consumers.times_asked >= 5)
        consumers.committed = 10
        await looks(5)
        asked = consumers.times_asked
        await looks(5)
        assert (consumers.times_asked, waits[-1]) == (asked, Wait(0.0, too_much=False))
        acknowledged[0] = 11
        await until(lambda: consumers.times_asked > asked)
        watching.cancel()

    asyncio.run(watched())
