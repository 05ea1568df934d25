"""Collects records until it is worth writing them: a batch is due by its size or by its age, whichever comes first."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from location_consumer.decode import UnreadableRecordError, parse
from udaconnect.location.v1.location_pb2 import Location, LocationBatch


class BatchPolicy(NamedTuple):
    max_locations: int
    max_age_s: float


@dataclass
class Batch:
    """Readable records with their locations, unreadable ones with their reason, and where to go on afterwards."""

    policy: BatchPolicy
    clock: Callable[[], float]
    readable: list[tuple[ConsumerRecord, LocationBatch]] = field(default_factory=list)
    unreadable: list[tuple[ConsumerRecord, str]] = field(default_factory=list)
    next_offsets: dict[TopicPartition, int] = field(default_factory=dict)
    size: int = 0  # locations; an unreadable record counts as one
    _starts: list[int] = field(default_factory=list)  # position of the first location of each readable record
    _opened_at: float = 0

    def add(self, record: ConsumerRecord) -> None:
        if not self.size:
            self._opened_at = self.clock()
        try:
            locations = parse(record.value)
        except UnreadableRecordError as error:
            self.unreadable.append((record, str(error)))
            self.size += 1
        else:
            self.readable.append((record, locations))
            self._starts.append(self.size - len(self.unreadable))
            self.size += len(locations.locations)
        partition = TopicPartition(record.topic, record.partition)
        # After a rebalance records may come a second time, from further back than those that are here already.
        self.next_offsets[partition] = max(self.next_offsets.get(partition, 0), record.offset + 1)

    def origin(self, position: int) -> tuple[ConsumerRecord, int, Location]:
        """The record of the location at this position among all readable ones, its position there, and itself."""
        number = bisect_right(self._starts, position) - 1
        record, message = self.readable[number]
        position -= self._starts[number]
        return record, position, message.locations[position]

    def due_in_s(self) -> float | None:
        """Seconds until the batch is to be written: 0 is now, None never, because it is empty."""
        if not self.size:
            return None
        if self.size >= self.policy.max_locations:
            return 0
        return max(0.0, self._opened_at + self.policy.max_age_s - self.clock())
