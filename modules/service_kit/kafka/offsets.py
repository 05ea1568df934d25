"""Where partitions begin and end.

Each is asked for by itself. Of several, kafka-python 3 leaves out those whose leader it does not know, as when a broker
has just gone: a KeyError, or the answer that there is no record. Alone it is asked again until there is one.
"""

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition

Offsets = dict[TopicPartition, int]

ANSWER_WITHIN_MS = 30_000


def begin_offsets(
    consumer: KafkaConsumer, partitions: Iterable[TopicPartition], timeout_ms: int = ANSWER_WITHIN_MS
) -> Offsets:
    """Those of the first records that there still are. Raises KafkaError."""
    return {each: consumer.beginning_offsets([each], timeout_ms=timeout_ms)[each] for each in partitions}


def end_offsets(
    consumer: KafkaConsumer, partitions: Iterable[TopicPartition], timeout_ms: int = ANSWER_WITHIN_MS
) -> Offsets:
    """Those of the records that will come next. Raises KafkaError."""
    return {each: consumer.end_offsets([each], timeout_ms=timeout_ms)[each] for each in partitions}


def offsets_since(
    consumer: KafkaConsumer,
    partitions: Iterable[TopicPartition],
    since_ms: int,
    timeout_ms: int = ANSWER_WITHIN_MS,
) -> Offsets:
    """Those of the first records of that time (milliseconds since 1970) or later; the end where there are none.

    Raises KafkaError.
    """
    since = {}
    for each in partitions:
        # The end first: what comes in between is not passed over.
        end = consumer.end_offsets([each], timeout_ms=timeout_ms)[each]
        found = consumer.offsets_for_times({each: since_ms}, timeout_ms=timeout_ms)[each]
        since[each] = found.offset if found else end
    return since
