from datetime import UTC, datetime, timedelta
from math import inf, nan

import numpy as np
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from location_consumer.decode import UnreadableRecordError, canonical, columns, invalid
from location_consumer.locations import Locations
from service_kit.kafka.location_wire import decode, frames

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)


A_TIME = Timestamp(seconds=1_772_000_000, nanos=123_456_789)


def timestamp(moment: datetime) -> Timestamp:
    answer = Timestamp()
    answer.FromDatetime(moment)
    return answer


def location(
    person_id: int = 7,
    latitude: float = 1.5,
    longitude: float = -2.5,
    *,
    creation_time: Timestamp | None = A_TIME,
    accuracy_m: float | None = None,
) -> Location:
    return Location(
        person_id=person_id,
        latitude=latitude,
        longitude=longitude,
        creation_time=creation_time,
        accuracy_m=accuracy_m,
    )


def columns_of(*locations: Location) -> Locations:
    value = LocationBatch(locations=locations).SerializeToString()
    return columns(decode(value, frames(value)))


def test_locations_become_columns_in_their_order() -> None:
    rows = columns_of(location(1), location(2, accuracy_m=4), location(3))
    assert rows.person_id.tolist() == [1, 2, 3]
    assert rows.time_us.tolist() == [1_772_000_000_123_456] * 3
    assert rows.latitude.tolist() == [1.5] * 3
    assert rows.longitude.tolist() == [-2.5] * 3
    np.testing.assert_equal(rows.accuracy_m, np.array([nan, 4, nan], dtype=np.float32))


def test_no_batches_are_empty_columns() -> None:
    assert columns_of().size == 0


def test_minus_zero_is_zero() -> None:
    rows = columns_of(location(latitude=-0.0, longitude=-0.0))
    assert not np.signbit(rows.latitude[0])
    assert not np.signbit(rows.longitude[0])


@pytest.mark.parametrize("value", [None, b"", b"\xff\xff", b"not protobuf", LocationBatch().SerializeToString()])
def test_what_is_no_batch_is_unreadable(value: bytes | None) -> None:
    with pytest.raises(UnreadableRecordError):
        canonical(value)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (location(person_id=0), "person_id"),
        (location(person_id=-1), "person_id"),
        (location(latitude=90.0001), "latitude"),
        (location(latitude=nan), "latitude"),
        (location(latitude=-inf), "latitude"),
        (location(longitude=-181), "longitude"),
        (location(longitude=inf), "longitude"),
        (location(creation_time=None), "creation_time"),
        (location(creation_time=Timestamp(seconds=1_420_070_399)), "creation_time"),
        (location(creation_time=Timestamp(seconds=2**63 - 1)), "creation_time"),
        (location(creation_time=Timestamp(seconds=-(2**63), nanos=-(2**31))), "creation_time"),
        (location(creation_time=timestamp(NOW + timedelta(days=1, seconds=1))), "creation_time"),
        (location(accuracy_m=-1), "accuracy_m"),
        (location(accuracy_m=inf), "accuracy_m"),
    ],
)
def test_what_can_never_be_stored_is_named_with_its_field(wrong: Location, field: str) -> None:
    rows = columns_of(location(), wrong, location())
    [(position, reason)] = invalid(rows, EARLIEST, NOW)
    assert position == 1
    assert reason.startswith(f"{field} must")


def test_the_ends_of_every_range_are_valid() -> None:
    rows = columns_of(
        location(1, 90, 180, creation_time=timestamp(EARLIEST), accuracy_m=0),
        location(2**63 - 1, -90, -180, creation_time=timestamp(NOW + timedelta(days=1))),
    )
    assert invalid(rows, EARLIEST, NOW) == []
