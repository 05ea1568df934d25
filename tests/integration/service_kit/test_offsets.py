"""Where partitions begin and end, also while Kafka's client does not know who leads one of them."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from service_kit.kafka.offsets import Offsets, begin_offsets, end_offsets, offsets_since

MONDAY_MS, TUESDAY_MS, WEDNESDAY_MS = (1_772_409_600_000 + day * 86_400_000 for day in range(3))
SOON_MS = 1_000


@pytest.fixture
def partitions(kafka_bootstrap_servers: str, make_topic: Callable[..., str]) -> list[TopicPartition]:
    """One with a record of Monday and one of Tuesday, and one without any."""
    topic = make_topic(partitions=2)
    with closing(KafkaProducer(bootstrap_servers=kafka_bootstrap_servers)) as producer:
        for at_ms in (MONDAY_MS, TUESDAY_MS):
            producer.send(topic, b"record", partition=0, timestamp_ms=at_ms).get()
    return [TopicPartition(topic, 0), TopicPartition(topic, 1)]


@pytest.fixture
def consumer(kafka_bootstrap_servers: str) -> Iterator[KafkaConsumer]:
    with closing(KafkaConsumer(bootstrap_servers=kafka_bootstrap_servers)) as consumer:
        yield consumer


def test_offsets_are_those_of_the_first_and_the_next_record(
    consumer: KafkaConsumer, partitions: list[TopicPartition]
) -> None:
    some, none = partitions
    assert begin_offsets(consumer, partitions) == {some: 0, none: 0}
    assert end_offsets(consumer, partitions) == {some: 2, none: 0}
    assert offsets_since(consumer, partitions, TUESDAY_MS) == {some: 1, none: 0}
    assert offsets_since(consumer, partitions, WEDNESDAY_MS) == {some: 2, none: 0}


@pytest.mark.parametrize(
    "ask",
    [begin_offsets, end_offsets, lambda consumer, of, within_ms: offsets_since(consumer, of, MONDAY_MS, within_ms)],
)
def test_a_partition_without_a_leader_is_an_error_of_kafka_and_not_left_out(
    consumer: KafkaConsumer,
    partitions: list[TopicPartition],
    ask: Callable[[KafkaConsumer, list[TopicPartition], int], Offsets],
) -> None:
    with pytest.raises(KafkaError):
        ask(consumer, [*partitions, partitions[0]._replace(partition=7)], SOON_MS)
