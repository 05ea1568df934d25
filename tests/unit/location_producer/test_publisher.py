"""The publisher answers when Kafka did, merges what waits, and stays within its bounds; Kafka is played by a fake."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError, NotLeaderForPartitionError
from kafka.future import Future

from location_producer.errors import NotAcknowledgedError, OverloadedError
from location_producer.in_flight import InFlight
from location_producer.publisher import MERGE_BYTES, KafkaPublisher


class FakeProducer:
    """Keeps the records, and acknowledges when it is told, on a thread of its own as Kafka's client does."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, bytes, Future]] = []

    def send(self, topic: str, *, value: bytes, partition: int, headers: list[tuple[str, bytes]] | None) -> Future:
        assert (topic, headers) == ("location", None)  # nothing is traced
        if partition > 5:
            raise ValueError("Unrecognized partition")
        future = Future()
        self.sent.append((partition, value, future))
        return future

    @property
    def records(self) -> list[tuple[int, bytes]]:
        return [(partition, value) for partition, value, _ in self.sent]

    def finish(self, index: int, error: Exception | None = None) -> None:
        future = self.sent[index][2]
        thread = Thread(target=future.failure if error else future.success, args=[error or "metadata"])
        thread.start()
        thread.join()


async def turns(count: int = 5) -> None:
    """Let the event loop do what is due."""
    for _ in range(count):
        await asyncio.sleep(0)


def run(
    test: Callable[[KafkaPublisher, FakeProducer], Coroutine[Any, Any, None]],
    *,
    max_calls: int = 100,
    max_bytes: int = 10 * MERGE_BYTES,
    answer_within_s: float = 60,
) -> None:
    async def with_publisher() -> None:
        producer = FakeProducer()
        publisher = KafkaPublisher("location", InFlight(max_calls, max_bytes), answer_within_s)
        publisher.use(producer, 6)
        await test(publisher, producer)

    asyncio.run(with_publisher())


def test_the_answer_waits_for_every_partition() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        acknowledged = publisher.publish({0: b"a", 4: b"b"})
        await turns()
        assert producer.records == [(0, b"a"), (4, b"b")]
        producer.finish(0)
        await turns()
        assert not acknowledged.done()
        producer.finish(1)
        await acknowledged

    run(test)


def test_nothing_to_publish_is_acknowledged_at_once() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        await publisher.publish({})
        assert producer.records == []

    run(test)


def test_what_comes_while_a_record_is_on_its_way_leaves_as_one() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        first = publisher.publish({0: b"a"})
        await turns()
        others = [publisher.publish({0: b"b"}), publisher.publish({0: b"c"}), publisher.publish({1: b"x"})]
        await turns()
        assert producer.records == [(0, b"a"), (1, b"x")]
        producer.finish(0)
        await first
        await turns()
        assert producer.records[2:] == [(0, b"bc")]
        producer.finish(1)
        producer.finish(2)
        await asyncio.gather(*others)

    run(test)


def test_a_merged_record_stays_below_its_limit_and_keeps_the_order() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        half = MERGE_BYTES // 2
        batches = [b"a" * half, b"b" * half, b"c", b"d" * (2 * MERGE_BYTES), b"e"]
        answers = [publisher.publish({0: batch}) for batch in batches]
        await turns()
        assert [record for _, record in producer.records] == [batches[0] + batches[1], b"c", batches[3], b"e"]
        for index in range(4):
            producer.finish(index)
        await asyncio.gather(*answers)

    run(test)


def test_too_many_calls_are_refused_until_one_is_answered() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        first = publisher.publish({0: b"a"})
        second = publisher.publish({1: b"b"})
        with pytest.raises(OverloadedError):
            publisher.publish({2: b"c"})
        await turns()
        producer.finish(0)
        await first
        third = publisher.publish({2: b"c"})
        await turns()
        producer.finish(1)
        producer.finish(2)
        await asyncio.gather(second, third)

    run(test, max_calls=2)


def test_a_client_that_goes_away_does_not_make_room_before_kafka_does() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        publisher.publish({0: b"a"}).cancel()
        with pytest.raises(OverloadedError):
            publisher.publish({0: b"b"})
        await turns()
        producer.finish(0)
        await turns()
        second = publisher.publish({0: b"b"})
        await turns()
        producer.finish(1)
        await second

    run(test, max_calls=1)


def test_one_partition_that_fails_fails_the_call() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        acknowledged = publisher.publish({0: b"a", 1: b"b"})
        await turns()
        producer.finish(0, KafkaTimeoutError())
        producer.finish(1)
        with pytest.raises(NotAcknowledgedError):
            await acknowledged
        assert not publisher.broken.is_set()

    run(test)


@pytest.mark.parametrize(
    ("error", "broken"), [(NotLeaderForPartitionError(), False), (MessageSizeTooLargeError(), True)]
)
def test_an_error_that_stops_the_producer_for_good_is_told(error: Exception, broken: bool) -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        acknowledged = publisher.publish({0: b"a"})
        await turns()
        producer.finish(0, error)
        with pytest.raises(NotAcknowledgedError):
            await acknowledged
        assert publisher.broken.is_set() == broken

    run(test)


def test_a_partition_that_the_producer_does_not_know_fails_the_call_only() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        with pytest.raises(NotAcknowledgedError):
            await publisher.publish({9: b"a"})
        assert not producer.records
        assert not publisher.broken.is_set()

    run(test)


def test_a_call_is_answered_at_its_deadline_and_its_room_is_kept_until_kafka_answers() -> None:
    async def test(publisher: KafkaPublisher, producer: FakeProducer) -> None:
        with pytest.raises(NotAcknowledgedError):
            await publisher.publish({0: b"a"})
        assert publisher.broken.is_set()
        with pytest.raises(OverloadedError):
            publisher.publish({0: b"b"})
        producer.finish(0)
        await turns()
        publisher.publish({0: b"b"}).cancel()

    run(test, max_calls=1, answer_within_s=0.01)


def test_without_a_producer_calls_fail_at_once() -> None:
    async def test(publisher: KafkaPublisher, _: FakeProducer) -> None:
        publisher.use(None, 0)
        with pytest.raises(NotAcknowledgedError):
            assert publisher.partitions
        with pytest.raises(NotAcknowledgedError):
            await publisher.publish({0: b"a"})

    run(test)
