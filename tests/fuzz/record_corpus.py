"""Values of records that somebody thought of: each was feared, or did harm, once."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from tests.fuzz.wire_forms import DOUBLES, FLOATS, INTEGERS, VARINT, block, groups, nested, tag, varint

A_TIME = 1_771_200_000  # 2026-02-16


def one(**fields: object) -> bytes:
    """A record of one location, good but for what is given."""
    given = {"person_id": 1, "latitude": 48.0, "longitude": 11.0, "creation_time": Timestamp(seconds=A_TIME), **fields}
    return LocationBatch(locations=[Location(**given)]).SerializeToString()  # type: ignore[arg-type]  # of any type


GOOD = one()

CORPUS: Mapping[str, bytes | None] = {
    "null": None,
    "empty": b"",
    "one zero": b"\0",
    "text": b"hello",
    "json": b'{"person_id": 1, "latitude": 48.0, "longitude": 11.0}',
    "an empty location": block(1, b""),
    "a location alone, not in a batch": GOOD[2:],
    "a batch in a batch": block(1, GOOD),
    "cut off": GOOD[:-1],
    "one byte too many": GOOD + b"\0",
    "a length beyond the end": b"\x0a\xff\xff\xff\xff\x0f" + GOOD[2:],
    "a length of ten bytes": b"\x0a" + b"\xff" * 9 + b"\x01",
    "a varint without an end": block(1, b"\x08" + b"\xff" * 20),
    "an overlong tag": b"\x8a\x00" + GOOD[1:],
    "field number 0": tag(0, VARINT) + b"\0" + GOOD,
    "an end of a group that did not begin": tag(7, 4) + GOOD,
    "groups": GOOD + groups(50),
    "groups as deep as protobuf goes": GOOD + groups(100),
    "groups deeper than protobuf goes": GOOD + groups(5000),
    "groups that do not end": GOOD + groups(30, closed=False),
    "messages nested deeply": nested(1000),
    "an unknown field": GOOD + block(99, b"from a later version"),
    "a location with unknown fields": block(1, GOOD[2:] + block(99, b"x" * 200)),
    "no time": LocationBatch(locations=[Location(person_id=1)]).SerializeToString(),
    "a time twice": block(1, GOOD[2:] + block(4, tag(2, VARINT) + varint(5000))),
    "2,000 locations": GOOD * 2000,
    "10,000 empty locations": block(1, b"") * 10_000,
    "10,001 empty locations": block(1, b"") * 10_001,
    "10,001 locations": GOOD * 10_001,
    "a megabyte of zeros": bytes(1_000_000),
    "a megabyte of 0xff": b"\xff" * 1_000_000,
    "more than is looked at": b"\x0a\x00" * 600_000,
    **{f"person {value}": one(person_id=max(-(2**63), min(value, 2**63 - 1))) for value in INTEGERS},
    **{f"latitude {value}": one(latitude=value) for value in DOUBLES},
    **{f"longitude {value}": one(longitude=value) for value in DOUBLES},
    **{f"accuracy {value}": one(accuracy_m=value) for value in FLOATS},
    **{
        f"second {value}": block(1, GOOD[2:] + block(4, tag(1, VARINT) + varint(value)))
        for value in (*INTEGERS, 1_420_070_399, 1_420_070_400, 253_402_300_800, -62_135_596_801)
    },
    **{
        f"nano {value}": block(1, GOOD[2:] + block(4, tag(2, VARINT) + varint(value)))
        for value in (-1, 999, 1_000_000_000, 2**31 - 1, -(2**31), 2**40)
    },
}
