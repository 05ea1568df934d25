"""Decoding all at once gives what protobuf gives, or says that it can't; never anything else."""

from contextlib import suppress
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from service_kit.kafka.location_wire import NotCanonicalError, decode, frames

INT64 = st.integers(-(2**63), 2**63 - 1)
DOUBLES = st.floats(width=64)


@st.composite
def locations(draw: Any) -> Location:
    location = Location(person_id=draw(INT64), latitude=draw(DOUBLES), longitude=draw(DOUBLES))
    if draw(st.booleans()):
        location.creation_time.seconds = draw(INT64)
        location.creation_time.nanos = draw(st.integers(-(2**31), 2**31 - 1))
    if draw(st.booleans()):
        location.accuracy_m = draw(st.floats(width=32))
    return location


def same(values: list[bytes]) -> bool:
    """Whether both ways give the same fields, bit for bit."""
    joined = b"".join(values)
    begins = accumulate((len(value) for value in values), initial=0)
    found = decode(joined, np.concatenate([frames(value, begin) for value, begin in zip(values, begins, strict=False)]))
    expected = [each for value in values for each in LocationBatch.FromString(value).locations]

    def equal(column: np.ndarray[Any, Any], plain: list[Any]) -> bool:
        return column.tobytes() == np.array(plain, dtype=column.dtype).tobytes()

    return (
        equal(found.person_id, [each.person_id for each in expected])
        and np.array_equal(found.latitude, [each.latitude for each in expected], equal_nan=True)
        and np.array_equal(found.longitude, [each.longitude for each in expected], equal_nan=True)
        and equal(found.seconds, [each.creation_time.seconds for each in expected])
        and equal(found.nanos, [each.creation_time.nanos for each in expected])
        and np.array_equal(
            found.accuracy_m, np.array([each.accuracy_m for each in expected], np.float32), equal_nan=True
        )
        and equal(found.has_time, [each.HasField("creation_time") for each in expected])
        and equal(found.has_accuracy, [each.HasField("accuracy_m") for each in expected])
    )


@given(st.lists(st.lists(locations(), min_size=1, max_size=5), min_size=1, max_size=4))
def test_whatever_a_client_writes_is_decoded_as_protobuf_does(batches: list[list[Location]]) -> None:
    assert same([LocationBatch(locations=batch).SerializeToString() for batch in batches])


@settings(max_examples=2000)
@given(st.lists(locations(), min_size=1, max_size=3), st.data())
def test_damaged_bytes_are_decoded_as_protobuf_does_or_not_at_all(batch: list[Location], data: st.DataObject) -> None:
    octets = bytearray(LocationBatch(locations=batch).SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    value = bytes(octets)
    try:
        LocationBatch.FromString(value)
    except DecodeError:
        with pytest.raises(NotCanonicalError):
            decode(value, frames(value))
        return
    with suppress(NotCanonicalError):
        assert same([value])


@pytest.mark.parametrize(
    "location",
    [
        b"\x08\x01\x08\x02",  # a field twice: the second one counts
        b"\x11" + bytes(8) + b"\x08\x01",  # out of order
        b"\x08\x01\x30\x07",  # a field that this version does not know
        b"\x08\x01" + b"\x32\x3c" + bytes(60),  # longer than any location of known fields
    ],
)
def test_what_is_valid_in_another_form_is_left_to_protobuf(location: bytes) -> None:
    value = b"\x0a" + bytes((len(location),)) + location
    assert len(LocationBatch.FromString(value).locations) == 1
    with pytest.raises(NotCanonicalError):
        decode(value, frames(value))


@pytest.mark.parametrize("end", [b"\x0a", b"\x0a\x02", b"\x0a\x02\x08"])
def test_a_location_does_not_reach_into_the_next_record(end: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        frames(end)


LOOKALIKE = b"\x0a\x02\x08"  # how a location with a person_id begins


@pytest.mark.parametrize("lookalikes", [1, 30])
def test_what_looks_like_a_location_within_another_one_is_none(lookalikes: int) -> None:
    [looks] = np.frombuffer(LOOKALIKE + bytes(5), "<f8").tolist()
    plain = [Location(person_id=1 + number, latitude=1, longitude=2) for number in range(60)]
    odd = [Location(person_id=1 + number, latitude=1, longitude=looks) for number in range(lookalikes)]
    value = LocationBatch(locations=[*plain, *odd, *plain]).SerializeToString()
    assert value.count(LOOKALIKE) == lookalikes
    assert len(frames(value)) == len(plain) + lookalikes + len(plain)
    assert same([value])


def test_of_many_locations_some_may_lack_the_person() -> None:
    without = [Location(person_id=number % 2, latitude=1, longitude=2) for number in range(200)]
    assert same([LocationBatch(locations=without).SerializeToString()])


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_of_many_locations_the_last_one_is_whole(cut: int) -> None:
    many = LocationBatch(locations=[Location(person_id=1, latitude=1, longitude=2)] * 200).SerializeToString()
    with pytest.raises(NotCanonicalError):
        frames(many[:-cut])
