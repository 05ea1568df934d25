"""What is given up of one record for one reason is one letter, whose value publishes all of it again."""

from typing import NamedTuple

from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from location_consumer.dead_letters import GivenUp, undeliverable


class Record(NamedTuple):
    offset: int
    partition: int = 0


def given_up(reason: str, offset: int, position: int, detail: str = "so it is", partition: int = 0) -> GivenUp:
    record = Record(offset, partition)
    return GivenUp(reason, detail, record, position, Location(person_id=100 * offset + position + 1))


def test_a_flood_of_one_kind_is_one_letter_a_record() -> None:
    flood = [given_up("conflict", offset, position) for offset in (7, 8) for position in range(10_000)]
    letters = list(undeliverable(flood))
    assert [(letter.record.offset, list(letter.positions)) for letter in letters] == [
        (7, list(range(10_000))),
        (8, list(range(10_000))),
    ]
    first = LocationBatch.FromString(letters[0].value).locations
    assert [location.person_id for location in first] == list(range(701, 10_701))


def test_other_reasons_details_and_partitions_have_letters_of_their_own() -> None:
    different = [
        given_up("conflict", 7, 0),
        given_up("unknown_person", 7, 1),
        given_up("invalid", 7, 2, "one thing"),
        given_up("invalid", 7, 3, "another thing"),
        given_up("conflict", 7, 4, partition=1),
        given_up("conflict", 7, 5),
    ]
    letters = [(letter.reason, letter.detail, list(letter.positions)) for letter in undeliverable(different)]
    assert letters == [
        ("conflict", "so it is", [0, 5]),
        ("unknown_person", "so it is", [1]),
        ("invalid", "one thing", [2]),
        ("invalid", "another thing", [3]),
        ("conflict", "so it is", [4]),
    ]
