"""From the bytes of records to columns, and which of the locations could never be stored.

The producer has checked everything once. It is checked again because a topic is a door that others can use too.
"""

from datetime import datetime, timedelta

import numpy as np
from google.protobuf.message import DecodeError
from udaconnect.location.v1.location_pb2 import LocationBatch

from location_consumer.locations import Floats, Locations, Mask, microseconds
from service_kit.kafka.location_wire import Fields

# The producer allows five minutes; clocks of machines may differ. What matters here is that strays make no partitions.
AHEAD = timedelta(days=1)

MOST_LOCATIONS = 10_000  # the contract's
LARGEST_RECORD = 1024 * 1024
"""Bytes of a value that is looked at; 10,000 locations have 600,000. A value that came compressed may have any length,
and one of small fields would take a hundred times its length in memory."""


class UnreadableRecordError(ValueError):
    """The value of a record is not a LocationBatch with at least one location."""


def parse(value: bytes | None) -> LocationBatch:
    """Parse the value of a record. Raises UnreadableRecordError."""
    if not value:
        raise UnreadableRecordError("the record is empty")
    try:
        batch = LocationBatch.FromString(value)
    except DecodeError as error:
        raise UnreadableRecordError("the record is not a LocationBatch") from error
    if not batch.locations:
        raise UnreadableRecordError("the record holds no location")
    if len(batch.locations) > MOST_LOCATIONS:
        raise UnreadableRecordError(f"the record holds more than {MOST_LOCATIONS:,} locations")
    return batch


def canonical(value: bytes | None) -> bytes:
    """Return the same locations in the form that service_kit/kafka/location_wire.py decodes.

    Raises UnreadableRecordError.
    """
    batch = parse(value)
    batch.DiscardUnknownFields()
    return batch.SerializeToString()


def columns(fields: Fields) -> Locations:
    """Put what was decoded into columns. Times beyond int64 microseconds are clipped, and so invalid."""
    seconds = np.clip(fields.seconds, -(2**43), 2**43)
    with np.errstate(invalid="ignore"):  # a signalling NaN would be warned of; it is invalid like any other
        latitude = fields.latitude + 0.0  # -0.0 is the same place as 0.0
        longitude = fields.longitude + 0.0
    return Locations(
        person_id=fields.person_id,
        time_us=seconds * 1_000_000 + fields.nanos // 1000,
        latitude=latitude,
        longitude=longitude,
        accuracy_m=np.where(fields.has_accuracy, fields.accuracy_m, np.float32(np.nan)),
    )


def invalid(locations: Locations, earliest: datetime, now: datetime) -> list[tuple[int, str]]:
    """Return the positions of locations that can never be stored, each with its reason."""
    first, last = microseconds(earliest), microseconds(now + AHEAD)
    checks = [
        ("person_id must be greater than 0", locations.person_id > 0),
        ("latitude must be between -90 and 90", _within(locations.latitude, 90)),
        ("longitude must be between -180 and 180", _within(locations.longitude, 180)),
        (f"creation_time must not be before {earliest:%Y-%m-%d}", locations.time_us >= first),
        ("creation_time must not lie in the future", locations.time_us <= last),
        # Not reported is NaN, and must stay allowed.
        (
            "accuracy_m must be finite and not negative",
            ~((locations.accuracy_m < 0) | np.isinf(locations.accuracy_m)),
        ),
    ]
    reasons: dict[int, str] = {}
    for reason, good in checks:
        for position in np.flatnonzero(~good).tolist():
            reasons.setdefault(position, reason)
    return sorted(reasons.items())


def _within(values: Floats, bound: float) -> Mask:
    """Whether -bound <= value <= bound; False for NaN."""
    return np.abs(values) <= bound
