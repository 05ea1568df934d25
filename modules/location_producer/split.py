"""From one request to one Kafka record for each partition: the hot path, below half a microsecond a location.

Every record is a LocationBatch on the wire: `locations` is field 1, so each location is framed as the byte 0x0A, its
length, its bytes. Serialising the request once, looking at all its locations in columns, and cutting it at the frames
costs less than asking each location for its fields and building a LocationBatch for each partition.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

import numpy as np
from udaconnect.location.v1.location_pb2 import Location, Rejection

from location_producer.validation import PRIVATE, SECOND_NS, SECOND_US, Rules, complete
from service_kit.kafka.location_wire import Fields, Mask, NotCanonicalError, decode, frames
from service_kit.kafka.partition import partition_of, partitions_of

FRAME_TAG = b"\n"
FRAME_HEAD = 2  # bytes: the tag, and the length
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


def split(batch: Batch, partitions: int, rules: Rules) -> Split:
    """Validate every location and gather the good ones by partition, in their order.

    The order of the request is kept within a partition. Locations without a time get the moment of receipt, each a
    microsecond later than the one before, so that two of one person do not claim the same instant.
    """
    if len(batch.locations) <= FEW:
        return _one_by_one(batch.locations, partitions, rules)
    try:
        return _in_columns(batch.locations, batch.SerializeToString(), partitions, rules)
    except NotCanonicalError:
        # It carries fields that this version does not know. Dropping them bounds the size of a record.
        batch.DiscardUnknownFields()
        return split(batch, partitions, rules)


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


def _in_columns(locations: Sequence[Location], wire: bytes, partitions: int, rules: Rules) -> Split:
    """`wire` holds the same locations. Raises NotCanonicalError."""
    starts = frames(wire)
    fields = decode(wire, starts)
    partition = partitions_of(fields.person_id, partitions)
    order = np.argsort(partition, kind="stable").tolist()
    ends = [*starts[1:], len(wire) + FRAME_HEAD]
    gathered = [wire[starts[index] - FRAME_HEAD : ends[index] - FRAME_HEAD] for index in order]
    plain = _plain(fields, rules)
    together = _maybe_at_one_instant(fields)
    rejections: list[Rejection] = []
    if together.any() or not plain.all():
        plain &= ~together
        taken, rejections = _look_closely(locations, np.flatnonzero(~plain).tolist(), rules)
        gathered = [
            frame if is_plain else taken.get(index, b"")
            for frame, index, is_plain in zip(gathered, order, plain[order].tolist(), strict=True)
        ]
    records = {}
    begin = 0
    for number, end in enumerate(np.cumsum(np.bincount(partition, minlength=partitions)).tolist()):
        if record := b"".join(gathered[begin:end]):
            records[number] = record
        begin = end
    return Split(records, rejections)


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
    # Who sends one without a time may send another one for just the moment of its receipt.
    maybe: Mask = np.isin(fields.person_id, fields.person_id[~fields.has_time])
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
