from typing import NamedTuple

import pytest
from kafka import TopicPartition
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from location_consumer.batch import Batch, BatchPolicy


class Record(NamedTuple):
    value: bytes
    offset: int
    partition: int = 0
    topic: str = "location"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def record(offset: int, *person_ids: int) -> Record:
    return Record(LocationBatch(locations=[Location(person_id=i) for i in person_ids]).SerializeToString(), offset)


def test_a_batch_is_due_by_age_or_by_size_whichever_comes_first() -> None:
    clock = Clock()
    batch = Batch(BatchPolicy(max_locations=3, max_age_s=1), clock)
    assert batch.due_in_s() is None
    batch.add(record(0, 1))
    assert batch.due_in_s() == 1
    clock.now += 0.75
    assert batch.due_in_s() == 0.25
    clock.now += 1
    assert batch.due_in_s() == 0
    clock.now = 100
    batch.add(record(1, 2, 3))
    assert batch.due_in_s() == 0


def test_every_location_remembers_the_record_that_it_came_in() -> None:
    batch = Batch(BatchPolicy(10, 1), Clock())
    for one in (record(5, 10, 11), Record(b"garbage", 6), record(7, 12)):
        batch.add(one)
    origins = [batch.origin(position) for position in range(3)]
    assert [(one.offset, position, location.person_id) for one, position, location in origins] == [
        (5, 0, 10),
        (5, 1, 11),
        (7, 0, 12),
    ]
    assert [one.offset for one, _ in batch.unreadable] == [6]
    assert batch.size == 4
    assert batch.locations().person_id.tolist() == [10, 11, 12]


OUT_OF_ORDER = b"\x11" + bytes(8) + b"\x08\x05"  # latitude 0, then person_id 5
UNKNOWN_FIELD = b"\x08\x06" + b"\x32\x7a" + bytes(122)  # person_id 6, and what a later version may add
NOT_A_LOCATION = b"\x08"  # a person_id without a value


@pytest.mark.parametrize("unusual", [OUT_OF_ORDER, UNKNOWN_FIELD])
def test_a_valid_record_of_an_unusual_form_is_read_like_any_other(unusual: bytes) -> None:
    batch = Batch(BatchPolicy(10, 1), Clock())
    value = b"\x0a" + bytes([len(unusual)]) + unusual
    for one in (record(5, 10), Record(value, 6), Record(b"\x0a\x01" + NOT_A_LOCATION, 7), record(8, 12)):
        batch.add(one)
    person_ids = batch.locations().person_id.tolist()
    assert person_ids == [10, Location.FromString(unusual).person_id, 12]
    assert [batch.origin(position)[0].offset for position in range(3)] == [5, 6, 8]
    assert [batch.origin(position)[2].person_id for position in range(3)] == person_ids
    assert [one.offset for one, _ in batch.unreadable] == [7]
    assert batch.size == 4


def test_records_that_come_again_do_not_turn_the_offset_back() -> None:
    batch = Batch(BatchPolicy(10, 1), Clock())
    for one in (record(5, 1), record(6, 1), record(5, 1)):
        batch.add(one)
    assert batch.next_offsets == {TopicPartition("location", 0): 7}
