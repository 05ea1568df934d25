"""LocationBatches from their bytes straight into columns: several times as fast as asking each message for its fields.

The wire format (https://protobuf.dev/programming-guides/encoding/) as our producer and every protobuf library write it:
the known fields of a location, each at most once, in the order of their numbers, absent ones left out. All locations
are decoded together, field after field. Whatever has another form, though it may be valid, is left to protobuf.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Octets = NDArray[np.uint8]
Mask = NDArray[np.bool_]

VARINT, DOUBLE, LENGTH_DELIMITED, FLOAT = 0, 1, 2, 5  # wire types
LOCATIONS_TAG = 1 << 3 | LENGTH_DELIMITED
PERSON_ID_TAG = 1 << 3 | VARINT
FRAME_HEAD = 2  # bytes before a location: its tag, and its length
MOST_LOOKALIKES = 16  # of heads, that are told from real ones in columns; by chance one call in three has one
FEW_BYTES = 1024  # in which heads are sooner looked for one by one
MORE = 0x80  # set in every byte of a varint but its last
LONGEST_VARINT = 10
LONGEST_LOCATION = 58
"""Bytes of a location of known fields: person_id 11, latitude 9, longitude 9, creation_time 2 + 11 + 11, accuracy_m 5.
So its length is one byte."""


class NotCanonicalError(ValueError):
    """The bytes may well be a LocationBatch, but not in the form that is decoded here."""


class Fields(NamedTuple):
    """The fields of n locations, in their order; what is absent is 0."""

    person_id: Ints
    latitude: Floats
    longitude: Floats
    has_time: Mask
    seconds: Ints
    nanos: Ints
    accuracy_m: NDArray[np.float32]
    has_accuracy: Mask


def frames(batch: bytes, base: int = 0) -> Ints:
    """Where each location begins, behind its tag and its length, counted from `base`. Raises NotCanonicalError."""
    heads = _heads_at_once(batch) if len(batch) > FEW_BYTES else None
    if heads is None:
        heads = _heads_one_by_one(batch)
    return heads + (base + FRAME_HEAD)


def _heads_at_once(batch: bytes) -> Ints | None:
    """Where locations stand that all have a person_id: what looks like the head of one, and begins where one ends.

    None where it is not as simple as that.
    """
    octets = np.frombuffer(batch, np.uint8)
    heads = np.flatnonzero(
        (octets[:-2] == LOCATIONS_TAG) & (octets[1:-1] <= LONGEST_LOCATION) & (octets[2:] == PERSON_ID_TAG)
    )
    ends = heads + FRAME_HEAD + octets[heads + 1]
    for _ in range(MOST_LOOKALIKES):
        within = np.flatnonzero(heads[1:] < ends[:-1])[:1] + 1
        if not within.size:
            break
        # The first one, if no other, lies in a location: a coordinate may have any bytes.
        heads, ends = np.delete(heads, within), np.delete(ends, within)
    if not heads.size or heads[0] != 0 or ends[-1] != len(batch) or not np.array_equal(heads[1:], ends[:-1]):
        return None
    return heads


def _heads_one_by_one(batch: bytes) -> Ints:
    heads: list[int] = []
    at, end = 0, len(batch)
    try:
        while at < end:
            if batch[at] != LOCATIONS_TAG or (length := batch[at + 1]) > LONGEST_LOCATION:
                raise NotCanonicalError
            heads.append(at)
            at += FRAME_HEAD + length
    except IndexError as error:
        raise NotCanonicalError from error
    if at != end:
        raise NotCanonicalError
    return np.array(heads, np.int64)


def decode(batches: bytes, starts: Ints) -> Fields:
    """Decode what one or more LocationBatches hold, with the starts that `frames` found. Raises NotCanonicalError."""
    cursor = _Cursor(batches, starts)
    person_id, _ = cursor.varint(1)
    latitude, _ = cursor.fixed(2, DOUBLE, np.dtype("<f8"))
    longitude, _ = cursor.fixed(3, DOUBLE, np.dtype("<f8"))
    time_end, has_time = cursor.enter(4)
    seconds, _ = cursor.varint(1)
    nanos, _ = cursor.varint(2)
    cursor.must_be_at(time_end)
    accuracy_m, has_accuracy = cursor.fixed(5, FLOAT, np.dtype("<f4"))
    cursor.must_be_at(cursor.ends)
    return Fields(
        person_id,
        latitude,
        longitude,
        has_time,
        seconds,
        nanos.astype(np.int32).astype(np.int64),  # of a longer varint protobuf takes the lower 32 bits
        accuracy_m,
        has_accuracy,
    )


class _Cursor:
    """A place in each of n messages, which moves on over a field where it is there."""

    def __init__(self, batches: bytes, starts: Ints) -> None:
        # Whatever a field pretends, what is read of it lies within the bytes; where it ends is looked at afterwards.
        self._bytes = batches + bytes(5 * LONGEST_LOCATION)
        self._octets: Octets = np.frombuffer(self._bytes, np.uint8)
        self._at = starts
        self.ends: Ints = starts + self._octets[starts - 1]

    def varint(self, number: int) -> tuple[Ints, Mask]:
        there = self._pass_tag(number, VARINT)
        value = np.zeros(there.shape, np.int64)
        more = there
        for place in range(LONGEST_VARINT):
            octet = self._octets[self._at].astype(np.int64)
            value |= np.where(more, (octet & ~MORE) << (7 * place), 0)
            self._at = self._at + more
            more = more & (octet >= MORE)
            if not more.any():
                return value, there
        raise NotCanonicalError

    def fixed(self, number: int, wire_type: int, dtype: np.dtype[Any]) -> tuple[NDArray[Any], Mask]:
        there = self._pass_tag(number, wire_type)
        value = self._read(dtype)
        self._at = self._at + there * dtype.itemsize
        return np.where(there, value, np.zeros(1, dtype)), there

    def enter(self, number: int) -> tuple[Ints, Mask]:
        """Move into a message within the message; where it ends, or where one stands if it is not there."""
        there = self._pass_tag(number, LENGTH_DELIMITED)
        end = self._at + np.where(there, 1 + self._octets[self._at].astype(np.int64), 0)
        self._at = self._at + there
        return end, there

    def must_be_at(self, end: Ints) -> None:
        if not np.array_equal(self._at, end):
            raise NotCanonicalError

    def _pass_tag(self, number: int, wire_type: int) -> Mask:
        there: Mask = (self._octets[self._at] == (number << 3 | wire_type)) & (self._at < self.ends)
        self._at = self._at + there
        return there

    def _read(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """What is at each place, through a view of all bytes in which a value begins at each of them."""
        size = len(self._bytes) - dtype.itemsize + 1
        return np.ndarray((size,), dtype, self._bytes, strides=(1,))[self._at]
