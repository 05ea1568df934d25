"""Endless records to throw at the consumer: good ones, damaged ones, odd ones, and mere bytes. A seed repeats them."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from udaconnect.location.v1.location_pb2 import LocationBatch

from tests.fuzz.mutation import mutate
from tests.fuzz.record_corpus import A_TIME, CORPUS
from tests.fuzz.wire_forms import Writer

PEOPLE = 200  # known to the database: 1 to PEOPLE
DAYS = 20
POOL = 5000  # good values to start from
LARGE = 10_000
LARGE_ONE_IN = 20_000  # the large ones of the corpus cost as much as a thousand others


class Record(NamedTuple):
    value: bytes | None
    key: bytes | None
    headers: list[tuple[str, bytes | None]]


class RecordValues:
    """`quick`: without the large ones, of which each takes as long as a thousand others."""

    def __init__(self, seed: int, *, quick: bool = False) -> None:
        self._random = random = Random(seed)
        self._quick = quick
        self._writer = Writer(random, self._seconds, self._person_id)
        self._small = [value for value in CORPUS.values() if len(value or b"") < LARGE]
        self._large = [value for value in CORPUS.values() if len(value or b"") >= LARGE]
        self._pool = [self._good() for _ in range(200 if quick else POOL)]

    def records(self) -> Iterator[Record]:
        """All of the corpus first."""
        random = self._random
        for value in self._small + ([] if self._quick else self._large):
            yield Record(value, b"corpus", [])
        number = 0
        while True:
            number += 1
            large = number % LARGE_ONE_IN == 0 and not self._quick
            value = random.choice(self._large) if large else self._value()
            odd = random.random() < 0.05 or value is None
            key = random.randbytes(random.choice((0, 1, 20))) if odd else None
            headers: list[tuple[str, bytes | None]] = [
                (chr(random.randint(32, 0x2FF)) * random.randint(0, 9), random.randbytes(5))
            ] * (2 * odd)
            yield Record(value, key, headers)

    def _value(self) -> bytes | None:
        random = self._random
        chance = random.random()
        if chance < 0.25:
            return self._good()
        if chance < 0.60:
            return mutate(random, random.choice(self._pool), random.choice(self._pool))
        if chance < 0.85:
            return self._writer.batch([self._writer.location() for _ in range(random.choice((1, 1, 2, 3)))])
        if chance < 0.95:
            return random.randbytes(random.choice((1, 2, 5, 30, 100)))
        chosen = random.choice(self._small)
        return mutate(random, chosen, random.choice(self._pool)) if chosen and random.random() < 0.5 else chosen

    def _good(self) -> bytes:
        random = self._random
        batch = LocationBatch()
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            location = batch.locations.add(person_id=self._person_id())
            location.latitude = random.randint(-89, 89) + random.random()
            location.longitude = random.randint(-179, 179) + random.random()
            location.creation_time.seconds = self._seconds()
            location.creation_time.nanos = random.choice((0, 0, 500_000_000, 123_456_789))
            if random.random() < 0.5:
                location.accuracy_m = random.choice((0.0, 3.5, 20.0))
        return batch.SerializeToString()

    def _person_id(self) -> int:
        return self._random.randint(1, PEOPLE + 1)  # the last one is nobody

    def _seconds(self) -> int:
        # Every tenth comes from few, so that there are duplicates and conflicts.
        if self._random.random() < 0.1:
            return A_TIME + self._random.randint(0, 20)
        return A_TIME + self._random.randrange(DAYS * 86_400)
