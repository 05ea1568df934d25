"""Which dead letters are meant, and what is made of one, however strange."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from udaconnect_client.dead_letters.letters import DeadLetter, Selection, letter_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VALUE = LocationBatch(locations=[Location(person_id=7, latitude=1, longitude=2)]).SerializeToString()


class Record(NamedTuple):
    """As much of a ConsumerRecord as is looked at."""

    headers: list[tuple[str, bytes | None]]
    value: bytes | None = VALUE
    partition: int = 0
    offset: int = 5
    timestamp: int = 1_772_452_800_000


def letter(reason: str = "invalid", offset: int = 5, time: datetime = NOON, value: bytes = VALUE) -> DeadLetter:
    headers = [
        *(("reason", reason.encode()), ("topic", b"location"), ("partition", b"3"), ("offset", b"17")),
        ("time", time.isoformat().encode()),
    ]
    return letter_of(Record(list(headers), value, offset=offset))


def test_a_letter_tells_where_it_came_from_when_and_why() -> None:
    one = letter("conflict")
    assert (one.reason, one.time, one.origin) == ("conflict", NOON, ("location", 3, 17))
    assert [location.person_id for location in one.locations()] == [7]


@pytest.mark.parametrize(
    "headers",
    [[], [("reason", None)], [("time", b"noon")], [("topic", b"\xff"), ("partition", b"x"), ("offset", b"")]],
)
def test_a_letter_that_somebody_else_wrote_is_no_reason_to_fail(headers: list[tuple[str, bytes | None]]) -> None:
    one = letter_of(Record(headers, None))
    assert one.origin is None
    assert one.value == b""
    assert one.time == datetime(2026, 3, 2, 12, tzinfo=UTC), "that of the record stands in"
    assert list(one.locations()) == []
    assert one.reason in {"", "?"}


@pytest.mark.parametrize(
    ("selection", "meant"),
    [
        (Selection(), True),
        (Selection(reasons=frozenset({"conflict", "invalid"})), True),
        (Selection(reasons=frozenset({"conflict"})), False),
        (Selection(since=NOON, until=NOON), True),
        (Selection(since=NOON + timedelta(milliseconds=1)), False),
        (Selection(until=NOON - timedelta(milliseconds=1)), False),
        (Selection(first_offset=5, last_offset=5), True),
        (Selection(first_offset=6), False),
        (Selection(last_offset=4), False),
    ],
)
def test_a_selection_means_those_to_which_all_of_it_applies(selection: Selection, meant: bool) -> None:
    assert selection.has(letter()) is meant
