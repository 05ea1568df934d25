"""From one request to one Kafka record for each partition: the hot path, below a microsecond a location.

Every record is a LocationBatch on the wire: `locations` is field 1, so each location is framed as the byte 0x0A, its
length, its bytes. A location of known fields has at most 58 bytes, hence one byte of length. Serialising the request
once and cutting it at these frames costs less than building a LocationBatch for each partition.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from location_producer.partition import MULTIPLIER
from location_producer.validation import SECOND_NS, SECOND_US, Rules, complete
from udaconnect.location.v1.location_pb2 import Location, Rejection

FRAME_TAG = b"\n"
MAX_LOCATION_BYTES = 58  # person_id 11, latitude 9, longitude 9, creation_time 2 + 11 + 11, accuracy_m 5


class Batch(Protocol):
    """BatchCreateLocationsRequest or StreamLocationsRequest."""

    @property
    def locations(self) -> Iterable[Location]: ...
    def SerializeToString(self) -> bytes: ...  # noqa: N802  protobuf's name
    def DiscardUnknownFields(self) -> None: ...  # noqa: N802  protobuf's name


@dataclass
class Split:
    records: dict[int, bytes] = field(default_factory=dict)
    """Partition → serialised LocationBatch."""

    rejections: list[Rejection] = field(default_factory=list)


def split(batch: Batch, partitions: int, rules: Rules) -> Split:
    """Validate every location and gather the good ones by partition, in their order.

    The order of the request is kept within a partition. Locations without a time get the moment of receipt, each a
    microsecond later than the one before, so that two of one person do not claim the same instant.
    """
    wire = batch.SerializeToString()
    frames: list[list[bytes]] = [[] for _ in range(partitions)]
    rejections = []
    received_us = rules.now_us
    # Whole seconds that are surely inside; what is outside is looked at closely.
    after_s, before_s = rules.earliest_us // SECOND_US, rules.latest_us // SECOND_US
    start = 0
    for index, location in enumerate(batch.locations):
        length = wire[start + 1]
        if length > MAX_LOCATION_BYTES:
            # It carries fields that this version does not know. Dropping them bounds the size of a record.
            batch.DiscardUnknownFields()
            return split(batch, partitions, rules)
        end = start + 2 + length
        time = location.creation_time
        nanos = time.nanos
        if (
            (person_id := location.person_id) > 0
            and -90 <= location.latitude <= 90  # noqa: PLR2004  degrees
            and -180 <= location.longitude <= 180  # noqa: PLR2004  degrees
            and after_s < time.seconds < before_s
            and 0 <= nanos < SECOND_NS
            and nanos % 1000 == 0
            and 0 <= location.accuracy_m < inf
        ):
            frame = wire[start:end]
        elif violation := next(rules.violations(location), None):
            frame = b""
            rejections.append(Rejection(index=index, field=violation[0], reason=violation[1]))
        else:
            was_absent = not location.HasField("creation_time")
            complete(location, received_us)
            received_us += was_absent
            frame = framed(location)
        # partition_of, written out: the call alone would cost a tenth of the whole.
        frames[((person_id * MULTIPLIER >> 32 & 0xFFFFFFFF) * partitions) >> 32].append(frame)
        start = end
    records = {partition: record for partition, record in enumerate(map(b"".join, frames)) if record}
    return Split(records, rejections)


def framed(location: Location) -> bytes:
    """Return the wire form of a LocationBatch that holds just this location of known fields."""
    location.DiscardUnknownFields()
    wire = location.SerializeToString()
    return FRAME_TAG + bytes((len(wire),)) + wire
