"""How much of each partition is not stored yet."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from kafka import TopicPartition

ASK_WITHIN_MS = 100  # the client knows it, but where it has just been given the partition


class Consumer(Protocol):
    """What is asked of a KafkaConsumer."""

    def assignment(self) -> set[TopicPartition]: ...
    def highwater(self, partition: TopicPartition, /) -> int | None: ...
    def position(self, partition: TopicPartition, /, timeout_ms: int | None = None) -> int | None: ...


class Position(NamedTuple):
    next_offset: int  # every record before it is stored or given up
    end_offset: int  # of the record that will come next to the partition

    @property
    def lag(self) -> int:
        """Records that are not stored yet."""
        return max(0, self.end_offset - self.next_offset)


class Lag:
    """Belongs to one consumer: what it has lost to another one it forgets."""

    def __init__(self) -> None:
        self._next_offsets: dict[TopicPartition, int] = {}

    def stored(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        self._next_offsets |= next_offsets

    def passed_over(self, consumer: Consumer) -> dict[TopicPartition, int]:
        """Where those partitions go on that have passed what is no record: the end of a transaction leaves a marker.

        To be asked when everything that was polled is stored. Each is told once, and each that has just come.
        """
        found = {}
        for partition in consumer.assignment():
            if consumer.highwater(partition) is None:  # nothing has been asked of it yet
                continue
            position = consumer.position(partition, timeout_ms=ASK_WITHIN_MS) or 0
            if position > self._next_offsets.get(partition, 0):
                found[partition] = position
        self.stored(found)
        return found

    def positions(self, consumer: Consumer) -> dict[TopicPartition, Position]:
        """Where each partition of the consumer stands; those of which nothing is known yet are left out."""
        assigned = consumer.assignment()
        for partition in self._next_offsets.keys() - assigned:
            del self._next_offsets[partition]
        found = {}
        for partition in assigned:
            if (end := consumer.highwater(partition)) is None:  # nothing has been asked of it yet
                continue
            if partition not in self._next_offsets:
                self._next_offsets[partition] = consumer.position(partition, timeout_ms=ASK_WITHIN_MS) or 0
            found[partition] = Position(self._next_offsets[partition], end)
        return found
