"""Collects records until it is worth writing them: a batch is due by its size or by its age, whichever comes first."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from location_consumer.decode import (
    LARGEST_RECORD,
    MOST_LOCATIONS,
    UnreadableRecordError,
    canonical,
    columns,
    parse,
)
from location_consumer.locations import Ints, Locations
from service_kit.kafka.location_wire import NotCanonicalError, decode, frames

NO_FRAMES: Ints = np.empty(0, np.int64)


class BatchPolicy(NamedTuple):
    max_locations: int
    max_age_s: float


@dataclass
class Batch:
    """Readable records with their locations, unreadable ones with their reason, and where to go on afterwards."""

    policy: BatchPolicy
    clock: Callable[[], float]
    readable: list[ConsumerRecord] = field(default_factory=list)
    unreadable: list[tuple[ConsumerRecord, str]] = field(default_factory=list)
    next_offsets: dict[TopicPartition, int] = field(default_factory=dict)
    _values: list[bytes] = field(default_factory=list)  # of the readable records
    _octets: int = 0
    _frames: list[Ints] = field(default_factory=list)  # of each: where its locations start in all values together
    _count: int = 0  # of locations
    _starts: list[int] = field(default_factory=list)  # position of the first location of each readable record
    _parsed: tuple[int, LocationBatch] | None = None
    _opened_at: float = 0

    @property
    def size(self) -> int:
        """Locations; an unreadable record counts as one."""
        return self._count + len(self.unreadable)

    def add(self, record: ConsumerRecord) -> None:
        if not self.size:
            self._opened_at = self.clock()
        partition = TopicPartition(record.topic, record.partition)
        # After a rebalance records may come a second time, from further back than those that are here already.
        self.next_offsets[partition] = max(self.next_offsets.get(partition, 0), record.offset + 1)
        value = record.value or b""
        if len(value) > LARGEST_RECORD:
            self.unreadable.append((record, f"the record is larger than {LARGEST_RECORD:,} bytes"))
            return
        try:
            if 0 < len(starts := frames(value, self._octets)) <= MOST_LOCATIONS:
                self._append(record, value, starts)
                return
        except NotCanonicalError:
            pass
        self._add_reserialised(record)

    def locations(self) -> Locations:
        """The locations of the readable records, in their order. What turns out to be unreadable becomes so."""
        try:
            return self._columns()
        except NotCanonicalError:
            records = self.readable
            self.readable, self._values, self._octets, self._frames, self._count, self._starts = [], [], 0, [], 0, []
            for record in records:
                self._add_reserialised(record)
            return self._columns()

    def origin(self, position: int) -> tuple[ConsumerRecord, int, Location]:
        """The record of the location at this position among all readable ones, its position there, and itself."""
        number = bisect_right(self._starts, position) - 1
        if self._parsed is None or self._parsed[0] != number:
            self._parsed = number, parse(self.readable[number].value)
        position -= self._starts[number]
        return self.readable[number], position, self._parsed[1].locations[position]

    def due_in_s(self) -> float | None:
        """Seconds until the batch is to be written: 0 is now, None never, because it is empty."""
        if not self.size:
            return None
        if self.size >= self.policy.max_locations:
            return 0
        return max(0.0, self._opened_at + self.policy.max_age_s - self.clock())

    def _columns(self) -> Locations:
        """Raises NotCanonicalError."""
        return columns(decode(b"".join(self._values), np.concatenate([NO_FRAMES, *self._frames])))

    def _add_reserialised(self, record: ConsumerRecord) -> None:
        try:
            value = canonical(record.value)
        except UnreadableRecordError as error:
            self.unreadable.append((record, str(error)))
        else:
            self._append(record, value, frames(value, self._octets))

    def _append(self, record: ConsumerRecord, value: bytes, frames: Ints) -> None:
        self.readable.append(record)
        self._starts.append(self._count)
        self._values.append(value)
        self._frames.append(frames)
        self._count += frames.size
        self._octets += len(value)
