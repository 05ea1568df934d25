"""Dead letters: what the consumer could never store, as it stands on the dead-letter topic, and which are meant.

location_consumer/dead_letters.py says what a dead letter is made of. Here everything is read with care: the topic is a
door that others can use too, and a letter that cannot be understood must still be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from google.protobuf.message import DecodeError
from kafka.consumer.fetcher import ConsumerRecord
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

PROSPECTS = {
    "unknown_person": "stored if the person exists now",
    "unreadable": "stored if the version that runs now can read it",
    "invalid": "stored if the rules allow it now (EARLIEST_CREATION_TIME, clocks)",
    "refused": "stored if the database takes it now",
    "conflict": "a conflict again: the other place stays stored",
}
"""Reason → what becomes of a letter that is published again; without a fix it is a dead letter again."""

MISSING = "?"


class Origin(NamedTuple):
    """Where the record of a dead letter stood."""

    topic: str
    partition: int
    offset: int


class DeadLetter(NamedTuple):
    """One record of the dead-letter topic; `partition` and `offset` are its own place there, and name it."""

    partition: int
    offset: int
    headers: dict[str, str]
    value: bytes
    published_ms: int

    @property
    def reason(self) -> str:
        return self.headers.get("reason", MISSING)

    @property
    def time(self) -> datetime:
        """When it was given up."""
        try:
            time = datetime.fromisoformat(self.headers.get("time", ""))
        except ValueError:
            time = datetime.fromtimestamp(max(0, self.published_ms) / 1000, UTC)
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    @property
    def origin(self) -> Origin | None:
        """None where its headers do not say."""
        try:
            return Origin(self.headers["topic"], int(self.headers["partition"]), int(self.headers["offset"]))
        except (KeyError, ValueError):
            return None

    @property
    def positions(self) -> Sequence[str]:
        """Of its locations in the record that they came from; empty where that is not known."""
        return [position for position in self.headers.get("position", "").split(",") if position]

    @property
    def size(self) -> int:
        """How many locations it stands for; a record that could not be read counts as one."""
        return len(self.positions) or 1

    def locations(self) -> Sequence[Location]:
        """None of them where the value is no LocationBatch."""
        try:
            return LocationBatch.FromString(self.value).locations
        except DecodeError:
            return []


def letter_of(record: ConsumerRecord) -> DeadLetter:
    headers = {name: (value or b"").decode(errors="backslashreplace") for name, value in record.headers}
    return DeadLetter(record.partition, record.offset, headers, record.value or b"", record.timestamp)


@dataclass(frozen=True)
class Selection:
    """Which dead letters are meant: those to which all of this applies. Bounds belong to the range; None: no bound."""

    reasons: frozenset[str] = frozenset()  # empty: any
    since: datetime | None = None
    until: datetime | None = None
    first_offset: int = 0
    last_offset: int | None = None

    def has(self, letter: DeadLetter) -> bool:
        return (
            letter.offset >= self.first_offset
            and (self.last_offset is None or letter.offset <= self.last_offset)
            and (not self.reasons or letter.reason in self.reasons)
            and (self.since is None or letter.time >= self.since)
            and (self.until is None or letter.time <= self.until)
        )
