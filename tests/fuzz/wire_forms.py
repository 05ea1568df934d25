"""Protobuf's wire format, written by hand, so that it can be written wrongly.

https://protobuf.dev/programming-guides/encoding/
"""

import struct
from collections.abc import Callable, Sequence
from random import Random

VARINT, FIXED64, LENGTH, GROUP, END_GROUP, FIXED32 = range(6)
U64 = (1 << 64) - 1

INTEGERS = (0, 1, 2, -1, 127, 128, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53, 2**63 - 1, -(2**63), 10**9, 999_999_999)
DOUBLES = (
    *(0.0, -0.0, 90.0, -90.0, 180.0, -180.0, 90.00000000000001, -180.00000000000003, 5e-324, -5e-324),
    *(2.2250738585072014e-308, float("nan"), float("inf"), float("-inf"), 1.7976931348623157e308, 1e-300, 48.0, 11.0),
)
FLOATS = (0.0, -0.0, 5.0, 1e-45, -1e-45, float("nan"), float("inf"), float("-inf"), 3.4e38, -1.0)


def varint(value: int, *, padding: int = 0) -> bytes:
    """Any integer as protobuf writes it, in two's complement of 64 bits; `padding`: bytes more than needed."""
    value &= U64
    octets = bytearray()
    while value > 0x7F or padding:
        octets.append(value & 0x7F | 0x80)
        if value <= 0x7F:
            padding -= 1
        value >>= 7
    octets.append(value)
    return bytes(octets)


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def block(number: int, content: bytes, *, padding: int = 0) -> bytes:
    """A field of a length: text, bytes, a message."""
    return tag(number, LENGTH) + varint(len(content), padding=padding) + content


def nested(depth: int, *, number: int = 1) -> bytes:
    """A message in a message in a message …"""
    content = b""
    for _ in range(depth):
        content = block(number, content)
    return content


def groups(depth: int, *, number: int = 7, closed: bool = True) -> bytes:
    return tag(number, GROUP) * depth + (tag(number, END_GROUP) * depth if closed else b"")


class Writer:
    """Writes locations in forms that are unusual, but mostly allowed."""

    def __init__(self, random: Random, seconds: Callable[[], int], person_id: Callable[[], int]) -> None:
        self._random = random
        self._seconds = seconds
        self._person_id = person_id

    def location(self) -> bytes:
        """Fields that are missing, repeated, out of order, of wrong types, unknown, or far out."""
        random = self._random
        fields = [self._known(number) for number in range(1, 6) if random.random() < 0.93]
        if random.random() < 0.3:
            fields += [self._known(random.randint(1, 5)) for _ in range(random.randint(1, 3))]
        if random.random() < 0.3:
            fields += [self.unknown() for _ in range(random.randint(1, 3))]
        if random.random() < 0.3:
            random.shuffle(fields)
        return b"".join(fields)

    def batch(self, locations: Sequence[bytes]) -> bytes:
        random = self._random
        frames = [block(1, location, padding=random.choice((0, 0, 0, 0, 0, 1, 3))) for location in locations]
        if random.random() < 0.1:
            frames.insert(random.randint(0, len(frames)), self.unknown())
        return b"".join(frames)

    def unknown(self) -> bytes:  # noqa: PLR0911  one for each kind
        """A field that this version does not know, or a known number with another type."""
        random = self._random
        number = random.choice((1, 2, 3, 4, 5, 6, 7, 15, 16, 1000, 19_000, 2**29 - 1, 2**29, 0))
        match random.randint(0, 6):
            case 0:
                return tag(number, VARINT) + varint(random.choice(INTEGERS), padding=random.choice((0, 0, 1, 9)))
            case 1:
                return tag(number, FIXED64) + random.randbytes(8)
            case 2:
                return block(number, random.randbytes(random.choice((0, 1, 5, 100, 300))))
            case 3:
                return tag(number, FIXED32) + random.randbytes(4)
            case 4:
                return groups(random.choice((1, 2, 30, 99, 100, 101, 150)), number=number, closed=random.random() < 0.8)
            case 5:
                return tag(number, random.choice((6, 7)))  # types that there are not
            case _:
                return nested(random.choice((1, 5, 120)), number=number)

    def _known(self, number: int) -> bytes:
        random = self._random
        usual = random.random() < 0.9
        match number:
            case 1:
                value = self._person_id() if usual else random.choice(INTEGERS)
                return tag(1, VARINT) + varint(value, padding=random.choice((0,) * 20 + (1, 5)))
            case 2 | 3:
                degrees = random.randint(-8, 8) * 10.0
                return tag(number, FIXED64) + struct.pack("<d", degrees if usual else random.choice(DOUBLES))
            case 4:
                return block(4, self._time(), padding=random.choice((0,) * 20 + (1,)))
            case _:
                return tag(5, FIXED32) + struct.pack("<f", random.choice((0.0, 5.0, 12.5) if usual else FLOATS))

    def _time(self) -> bytes:
        random = self._random
        usual = random.random() < 0.95
        fields = [tag(1, VARINT) + varint(self._seconds() if usual else random.choice(INTEGERS))]
        if random.random() < 0.3:
            nanos = random.choice((0, 1, 999, 1000, 999_999_999, 1_000_000_000, -1, -(2**31), 2**31 - 1, 2**40 + 5))
            fields.append(tag(2, VARINT) + varint(nanos))
        if random.random() < 0.1:
            fields.append(self.unknown())
            random.shuffle(fields)
        return b"".join(fields)
