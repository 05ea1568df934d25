"""What must become of a record, said independently of the consumer: slowly, location by location, through protobuf."""

from datetime import UTC, datetime, timedelta
from math import isinf, isnan
from typing import NamedTuple

from google.protobuf.message import DecodeError
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

EARLIEST_US = 1_420_070_400_000_000  # 2015-01-01
AHEAD = timedelta(days=1)
MOST_LOCATIONS = 10_000
MOST_BYTES = 1024 * 1024

STORABLE, UNREADABLE, INVALID, UNKNOWN_PERSON, CONFLICT, REFUSED = range(6)
REASONS = ("", "unreadable", "invalid", "unknown_person", "conflict", "refused")


class Expected(NamedTuple):
    """`fate`: STORABLE (then it is in the table, or in conflict with what is), or the only reason there can be."""

    fate: int
    person_id: int
    time_us: int
    latitude: float
    longitude: float
    letter: bytes  # the value of its dead letter, if it becomes one


def read(value: bytes | None) -> LocationBatch | None:
    """None where nothing can be read."""
    if not value or len(value) > MOST_BYTES:
        return None
    try:
        batch = LocationBatch.FromString(value)
    except DecodeError:
        return None
    return batch if 1 <= len(batch.locations) <= MOST_LOCATIONS else None


def expected(value: bytes | None, people: int) -> list[Expected]:
    """One for each location of a record; one for a record that cannot be read. Persons are 1 to `people`."""
    batch = read(value)
    if batch is None:
        return [Expected(UNREADABLE, 0, 0, 0, 0, value or b"")]
    latest_us = int((datetime.now(UTC) + AHEAD).timestamp() * 1e6)
    return [_of(location, people, latest_us) for location in batch.locations]


def _of(location: Location, people: int, latest_us: int) -> Expected:
    time_us = location.creation_time.seconds * 1_000_000 + location.creation_time.nanos // 1000
    accuracy_m = location.accuracy_m
    good = (
        location.person_id > 0
        and -90 <= location.latitude <= 90
        and -180 <= location.longitude <= 180
        and EARLIEST_US <= time_us <= latest_us
        and (isnan(accuracy_m) or (accuracy_m >= 0 and not isinf(accuracy_m)))
    )
    fate = INVALID if not good else STORABLE if location.person_id <= people else UNKNOWN_PERSON
    letter = LocationBatch(locations=[location]).SerializeToString()
    if not good:
        return Expected(fate, 0, 0, 0, 0, letter)
    return Expected(fate, location.person_id, time_us, location.latitude, location.longitude, letter)
