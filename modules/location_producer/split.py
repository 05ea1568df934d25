"""From one request to one Kafka record for each partition: the hot path, below half a microsecond a location.

Every record is a LocationBatch on the wire: `locations` is field 1, so each location is framed as the byte 0x0A, its
length, its bytes. Serialising the request once, looking at all its locations in columns, and cutting it at the frames
costs less than asking each location for its fields and building a LocationBatch for each partition.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from udaconnect.location.v1.location_pb2 import Location, Rejection

from location_producer.validation import PRIVATE, SECOND_NS, SECOND_US, Rules, complete
from service_kit.kafka.location_wire import (
    FRAME_HEAD,
    LONGEST_LOCATION,
    Fields,
    Ints,
    Mask,
    NotCanonicalError,
    decode,
    frames,
)
from service_kit.kafka.partition import partition_of, partitions_of

FRAME_TAG = b"\n"
LONGEST_FRAME = FRAME_HEAD + LONGEST_LOCATION
OWN: Mask = np.tri(LONGEST_FRAME + 1, LONGEST_FRAME, -1, dtype=np.bool_)  # in row n the first n are its own
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits are well mixed
AT_TWO_PLACES = "must not be that of a location before it in this call, which has the person at another place"
FEW = 32  # locations that are sooner looked at one by one than put into columns


class Batch(Protocol):
    """BatchCreateLocationsRequest or StreamLocationsRequest."""

    @property
    def locations(self) -> Sequence[Location]: ...
    def SerializeToString(self) -> bytes: ...  # noqa: N802  protobuf's name
    def DiscardUnknownFields(self) -> None: ...  # noqa: N802  protobuf's name


@dataclass
class Split:
    records: dict[int, bytes] = field(default_factory=dict)
    """Partition → serialised LocationBatch."""

    rejections: list[Rejection] = field(default_factory=list)

    @property
    def mistakes(self) -> int:
        """Rejections that are their sender's fault: an app cannot know that its owner has paused sharing."""
        return sum(rejection.reason != PRIVATE for rejection in self.rejections)


class Opened:
    """The locations of a batch, in columns where they are many, so that each is looked at once."""

    def __init__(self, batch: Batch) -> None:
        self._locations = batch.locations
        self._columns: _Columns | None = None
        if len(batch.locations) > FEW:
            try:
                self._columns = _Columns.of(batch.SerializeToString())
            except NotCanonicalError:
                # It carries fields that this version does not know. Dropping them bounds the size of a record.
                batch.DiscardUnknownFields()
                self._columns = _Columns.of(batch.SerializeToString())

    def person_ids(self) -> Ints:
        """Some more than once."""
        if self._columns:
            return self._columns.fields.person_id
        return np.array([location.person_id for location in self._locations], np.int64)

    def split(self, partitions: int, rules: Rules) -> Split:
        """Validate every location and gather the good ones by partition, in their order.

        The order of the request is kept within a partition. Locations without a time get the moment of receipt, each a
        microsecond later than the one before, so that two of one person do not claim the same instant.
        """
        if self._columns:
            return _in_columns(self._locations, self._columns, partitions, rules)
        return _one_by_one(self._locations, partitions, rules)


class _Columns(NamedTuple):
    wire: bytes
    starts: Ints
    fields: Fields

    @classmethod
    def of(cls, wire: bytes) -> Self:
        """Raises NotCanonicalError."""
        starts = frames(wire)
        return cls(wire, starts, decode(wire, starts))

    def frames(self) -> tuple[NDArray[np.uint8], Ints]:
        """Each frame from its tag on, in a row of LONGEST_FRAME bytes, and how many of them are its own."""
        wire = self.wire + bytes(LONGEST_FRAME)
        # A view of the bytes in which a row begins at each of them.
        rows: NDArray[np.void] = np.ndarray((len(self.wire),), f"V{LONGEST_FRAME}", wire, strides=(1,))
        octets = rows[self.starts - FRAME_HEAD].view(np.uint8).reshape(-1, LONGEST_FRAME)
        return octets, np.diff(self.starts, append=len(self.wire) + FRAME_HEAD)


def framed(location: Location) -> bytes:
    """Return the wire form of a LocationBatch that holds just this location of known fields."""
    location.DiscardUnknownFields()
    wire = location.SerializeToString()
    return FRAME_TAG + bytes((len(wire),)) + wire


def _one_by_one(locations: Sequence[Location], partitions: int, rules: Rules) -> Split:
    taken, rejections = _look_closely(locations, range(len(locations)), rules)
    gathered: dict[int, list[bytes]] = defaultdict(list)
    for index, frame in taken.items():
        gathered[partition_of(locations[index].person_id, partitions)].append(frame)
    return Split({partition: b"".join(each) for partition, each in gathered.items()}, rejections)


def _in_columns(locations: Sequence[Location], columns: _Columns, partitions: int, rules: Rules) -> Split:
    fields = columns.fields
    closely = ~_plain(fields, rules) | _maybe_at_one_instant(fields)
    rows, sizes = columns.frames()
    rejections: list[Rejection] = []
    if closely.any():
        sizes[closely] = 0
        taken, rejections = _look_closely(locations, np.flatnonzero(closely).tolist(), rules)
        for index, frame in taken.items():
            sizes[index] = len(frame)
            rows[index, : len(frame)] = np.frombuffer(frame, np.uint8)
    partition = partitions_of(fields.person_id, partitions)
    order = np.argsort(partition.astype(np.min_scalar_type(partitions)), kind="stable")  # of few bits: a radix sort
    gathered = rows.take(order, axis=0)[OWN.take(sizes[order], axis=0)].tobytes()
    ends = np.cumsum(np.bincount(partition, sizes, partitions).astype(np.int64)).tolist()
    begins = [0, *ends]
    return Split({n: gathered[begins[n] : end] for n, end in enumerate(ends) if begins[n] < end}, rejections)


def _plain(fields: Fields, rules: Rules) -> Mask:
    """Whether a location may go on as it is: surely good, and its time complete. False where it needs a closer look."""
    # Whole seconds that are surely inside.
    after_s, before_s = rules.earliest_us // SECOND_US, rules.latest_us // SECOND_US
    plain: Mask = (
        (fields.person_id > 0)
        & (np.abs(fields.latitude) <= 90)  # noqa: PLR2004  degrees
        & (np.abs(fields.longitude) <= 180)  # noqa: PLR2004  degrees
        & (fields.seconds > after_s)
        & (fields.seconds < before_s)
        & (fields.nanos >= 0)
        & (fields.nanos < SECOND_NS)
        & (fields.nanos % 1000 == 0)
        & (fields.accuracy_m >= 0)
        & (fields.accuracy_m < inf)
        & fields.has_time
        & ((fields.latitude != 0) | (fields.longitude != 0))
    )
    if rules.found.nobodies:
        plain &= ~np.isin(fields.person_id, list(rules.found.nobodies))
    if rules.found.private:
        first_s, last_s = int(fields.seconds.min()), int(fields.seconds.max())
        private = rules.private_between(first_s * SECOND_US, (last_s + 1) * SECOND_US)
        plain &= ~np.isin(fields.person_id, private)
    return plain


def _maybe_at_one_instant(fields: Fields) -> Mask:
    """Whether another location of the batch may be of the same person and instant."""
    maybe = ~fields.has_time
    if maybe.any():
        # Who sends one without a time may send another one for just the moment of its receipt.
        maybe = np.isin(fields.person_id, fields.person_id[maybe])
    with np.errstate(over="ignore"):  # a hash: to sort one column of numbers takes a tenth of sorting three
        time_us = fields.seconds * SECOND_US + fields.nanos // 1000
        mixed = time_us.view(np.uint64) + fields.person_id.view(np.uint64) * MIX
    ordered = np.sort(mixed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if twice.size:
        maybe |= np.isin(mixed, twice)
    return maybe


def _look_closely(
    locations: Sequence[Location], indexes: Iterable[int], rules: Rules
) -> tuple[dict[int, bytes], list[Rejection]]:
    """Validate and complete the locations at these indexes: the frames of the good ones, and what is wrong.

    Of two places of a person at one instant the first one is good.
    """
    taken, rejections = {}, []
    first_at: dict[tuple[int, int, int], int] = {}
    received_us = rules.now_us
    for index in indexes:
        location = locations[index]
        if violation := next(rules.violations(location), None):
            rejections.append(Rejection(index=index, field=violation[0], reason=violation[1]))
            continue
        was_absent = not location.HasField("creation_time")
        complete(location, received_us)
        received_us += was_absent
        time = location.creation_time
        first = locations[first_at.setdefault((location.person_id, time.seconds, time.nanos), index)]
        if (first.latitude, first.longitude) != (location.latitude, location.longitude):
            rejections.append(Rejection(index=index, field="creation_time", reason=AT_TWO_PLACES))
            continue
        taken[index] = framed(location)
    return taken, rejections
