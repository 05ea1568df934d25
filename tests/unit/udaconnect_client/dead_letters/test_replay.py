"""Dead letters are published again byte by byte, to their partition, each value once."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from service_kit.kafka.partition import partition_of
from udaconnect_client.dead_letters.letters import DeadLetter
from udaconnect_client.dead_letters.replay import IN_FLIGHT, Records, dead_again, replay

PARTITIONS = 6


class Written(NamedTuple):
    partition: int
    offset: int


@dataclass
class Future:
    outcome: Written | Exception

    def get(self, timeout: float) -> Written:
        assert timeout
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@dataclass
class FakeProducer:
    """A topic in memory that takes no value of more than 100 bytes, and loses those that say so."""

    sent: list[tuple[int, bytes]] = field(default_factory=list)
    ends: Counter[int] = field(default_factory=Counter)

    def partitions_for(self, topic: str) -> set[int]:
        assert topic == "location"
        return set(range(PARTITIONS))

    def send(self, topic: str, value: bytes, *, partition: int) -> Future:
        assert topic == "location"
        if len(value) > 100:
            raise MessageSizeTooLargeError
        if value == b"lost":
            return Future(KafkaTimeoutError())
        self.sent.append((partition, value))
        self.ends[partition] += 1
        return Future(Written(partition, self.ends[partition] - 1))


def letter(value: bytes, reason: str = "unreadable", origin: tuple[str, int, int] = ("location", 9, 17)) -> DeadLetter:
    topic, partition, offset = origin
    headers = {"reason": reason, "topic": topic, "partition": str(partition), "offset": str(offset)}
    return DeadLetter(0, 5, headers, value, 0)


def of_person(person_id: int) -> bytes:
    return LocationBatch(locations=[Location(person_id=person_id)]).SerializeToString()


def test_locations_go_to_the_partition_of_their_person_and_the_unreadable_where_they_came_from() -> None:
    producer = FakeProducer()
    persons = [letter(of_person(number), "unknown_person") for number in range(1, 50)]
    replay(producer, "location", [*persons, letter(b"\xffgarbage")])
    expected = [(partition_of(number, PARTITIONS), of_person(number)) for number in range(1, 50)]
    assert producer.sent == [*expected, (9 % PARTITIONS, b"\xffgarbage")]


def test_the_same_bytes_are_published_once_or_every_replay_would_double_what_stays_bad() -> None:
    producer = FakeProducer()
    replayed = replay(producer, "location", [letter(b"\xffa"), letter(b"\xffb"), letter(b"\xffa")])
    assert [value for _, value in producer.sent] == [b"\xffa", b"\xffb"]
    assert (replayed.letters.total(), replayed.same, len(replayed.records)) == (3, 1, 2)


def test_what_kafka_does_not_take_is_named_and_the_rest_goes_on() -> None:
    producer = FakeProducer()
    replayed = replay(producer, "location", [letter(b"\xff" * 101), letter(b"lost"), letter(b"\xffa")])
    assert [why for _, why in replayed.failed] == ["MessageSizeTooLargeError", "KafkaTimeoutError"]
    assert replayed.letters.total() == replayed.same + len(replayed.failed) + len(replayed.records)


def test_any_number_of_letters_is_replayed_with_few_in_flight() -> None:
    producer = FakeProducer()
    replayed = replay(producer, "location", (letter(b"\xff%d" % number) for number in range(3 * IN_FLIGHT)))
    assert len(replayed.records) == 3 * IN_FLIGHT
    assert sum(replayed.records.ends("location").values()) == 3 * IN_FLIGHT


def test_only_the_letters_of_what_was_replayed_are_dead_again() -> None:
    records = Records()
    for offset in (3, 4, 9):
        records.add(2, offset)
    letters = [
        letter(b"", "conflict", ("location", 2, 4)),
        letter(b"", "unreadable", ("location", 2, 9)),
        letter(b"", "unreadable", ("location", 2, 5)),
        letter(b"", "unreadable", ("location", 1, 4)),
        letter(b"", "unreadable", ("another", 2, 4)),
        DeadLetter(0, 0, {}, b"", 0),
    ]
    assert dead_again(letters, "location", records) == {"conflict": 1, "unreadable": 1}
