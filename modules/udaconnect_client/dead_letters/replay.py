"""Publishes dead letters to the location topic again, byte by byte, and finds out what became of them.

Nothing is remembered: the store knows what it has, so a letter that is published twice is stored once. What cannot be
stored this time either becomes a new dead letter, with a new offset and time.
"""

from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from kafka import TopicPartition
from kafka.errors import KafkaError

from service_kit.kafka.partition import partition_of
from udaconnect_client.dead_letters.letters import DeadLetter, Origin

IN_FLIGHT = 5_000  # the client itself would take in any number
ACKNOWLEDGED_WITHIN_S = 60
REMEMBERED = 500_000  # values of one replay; letters of the same value further apart are published twice, harmlessly


class Producer(Protocol):
    """What is asked of a KafkaProducer."""

    def partitions_for(self, topic: str) -> set[int]: ...
    def send(self, topic: str, value: bytes, *, partition: int) -> Any: ...  # noqa: ANN401  its future has no types


class Records:
    """Places of records on the location topic. Eight bytes each."""

    def __init__(self) -> None:
        self._offsets: dict[int, array[int]] = {}

    def add(self, partition: int, offset: int) -> None:
        self._offsets.setdefault(partition, array("q")).append(offset)

    def __len__(self) -> int:
        return sum(map(len, self._offsets.values()))

    def ends(self, topic: str) -> dict[TopicPartition, int]:
        """The offset after the last one of each partition."""
        return {TopicPartition(topic, partition): offsets[-1] + 1 for partition, offsets in self._offsets.items()}

    def __contains__(self, place: tuple[int, int]) -> bool:
        partition, offset = place
        offsets = self._offsets.get(partition, array("q"))  # ascending: they were acknowledged in their order
        at = bisect_left(offsets, offset)
        return at < len(offsets) and offsets[at] == offset


@dataclass
class Replayed:
    """What a replay did: letters = sum of `letters` = `same` + number of `failed` + number of `records`."""

    letters: Counter[str] = field(default_factory=Counter)  # by reason
    same: int = 0  # their bytes had been published already, for another letter
    failed: list[tuple[DeadLetter, str]] = field(default_factory=list)  # Kafka did not take it, and why
    records: Records = field(default_factory=Records)
    locations: int = 0  # that the records hold, as far as the letters say


def partition_for(letter: DeadLetter, partitions: int) -> int:
    """Where the producer would send it; where that cannot be known, where it came from."""
    if locations := letter.locations():
        return partition_of(locations[0].person_id, partitions)
    return (letter.origin.partition if letter.origin else 0) % partitions


def replay(producer: Producer, topic: str, letters: Iterable[DeadLetter]) -> Replayed:
    """Publish the letters; return when Kafka has acknowledged them all. Letters of the same bytes become one record.

    Without that, every replay of everything would double what is still undeliverable.
    """
    replayed = Replayed()
    partitions = len(producer.partitions_for(topic))
    seen: dict[bytes, None] = {}
    underway: deque[tuple[DeadLetter, Any]] = deque()
    for letter in letters:
        replayed.letters[letter.reason] += 1
        digest = blake2b(letter.value, digest_size=16).digest()
        if digest in seen:
            replayed.same += 1
            continue
        seen[digest] = None
        if len(seen) > REMEMBERED:
            del seen[next(iter(seen))]
        try:
            sent = producer.send(topic, letter.value, partition=partition_for(letter, partitions))
        except KafkaError as error:  # larger than Kafka takes
            replayed.failed.append((letter, type(error).__name__))
            continue
        underway.append((letter, sent))
        if len(underway) == IN_FLIGHT:
            _await(underway.popleft(), replayed)
    while underway:
        _await(underway.popleft(), replayed)
    return replayed


def _await(sent: tuple[DeadLetter, Any], replayed: Replayed) -> None:
    letter, future = sent
    try:
        written = future.get(timeout=ACKNOWLEDGED_WITHIN_S)
    except KafkaError as error:
        replayed.failed.append((letter, type(error).__name__))
    else:
        replayed.records.add(written.partition, written.offset)
        replayed.locations += letter.size


def dead_again(letters: Iterable[DeadLetter], topic: str, records: Records) -> Counter[str]:
    """By reason, the locations of those letters that came of these records."""

    again: Counter[str] = Counter()
    for letter in letters:
        match letter.origin:
            case Origin(origin, partition, offset) if origin == topic and (partition, offset) in records:
                again[letter.reason] += letter.size
    return again
