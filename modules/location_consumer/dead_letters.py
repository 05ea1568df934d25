"""What can never be stored goes to the dead-letter topic, with the reason and the place where it came from.

A dead letter is a Kafka record of its own. Its value is a LocationBatch of the location, or of all locations of one
record that are given up for the same reason: a flood of what one client sends wrongly must not become a flood of
letters, which cost far more than rows. Where the record could not be read, the value is its original bytes. Publishing
the value to the location topic again replays it. Its headers:

    reason     unreadable, invalid, unknown_person, conflict or refused
    detail     a sentence for a person
    topic, partition, offset    where the record stood
    position   of the location within the record, from 0; of several, with commas: 0,5,7 (not for unreadable)
    time       when it was given up, RFC 3339
    cut_from   length of a value that is too long to be kept whole, of which the letter holds the beginning
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from service_kit.kafka.security import KafkaSecurity

REASONS = ("unreadable", "invalid", "unknown_person", "conflict", "refused")

ACKNOWLEDGED_WITHIN_S = 30
LARGEST_RECORD = 2 * 1024 * 1024  # a whole record of the location topic and its headers
LARGEST_VALUE = LARGEST_RECORD - 64 * 1024
"""What Kafka limits is the size of records as they were sent, compressed: what is unpacked may be far larger."""


class DeadLetter(NamedTuple):
    reason: str
    detail: str
    record: ConsumerRecord
    positions: Sequence[int]  # empty: the record as a whole
    value: bytes


class GivenUp(NamedTuple):
    """A location that will never be stored."""

    reason: str
    detail: str
    record: ConsumerRecord
    position: int  # in the record
    location: Location


class DeadLettersUnavailableError(Exception):
    """Kafka did not acknowledge every dead letter: trying again is right."""


def unreadable(record: ConsumerRecord, detail: str) -> DeadLetter:
    return DeadLetter("unreadable", detail, record, (), record.value or b"")


def undeliverable(given_up: Iterable[GivenUp]) -> Iterator[DeadLetter]:
    """A letter for all locations of a record that have the same reason and detail."""
    together: dict[tuple[int, int, str, str], list[GivenUp]] = {}
    for one in given_up:
        together.setdefault((one.record.partition, one.record.offset, one.reason, one.detail), []).append(one)
    for same in together.values():
        value = LocationBatch(locations=[one.location for one in same]).SerializeToString()
        yield DeadLetter(same[0].reason, same[0].detail, same[0].record, [one.position for one in same], value)


class DeadLetterTopic:
    """Publishes dead letters and waits for the acknowledgement. Raises KafkaTimeoutError where no broker answers."""

    def __init__(self, bootstrap_servers: Sequence[str], topic: str, security: KafkaSecurity | None = None) -> None:
        self._topic = topic
        self._producer = KafkaProducer(
            **(security or KafkaSecurity()).options(),
            bootstrap_servers=bootstrap_servers,
            client_id="location_consumer",
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=5,
            max_request_size=LARGEST_RECORD,
            reconnect_backoff_max_ms=1_000,
        )

    def publish(self, letters: Iterable[DeadLetter]) -> None:
        """Return when Kafka has acknowledged them all. Raises DeadLettersUnavailableError."""
        try:
            sent = [
                self._producer.send(self._topic, letter.value[:LARGEST_VALUE], headers=_headers(letter))
                for letter in letters
            ]
            for future in sent:
                future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except KafkaError as error:
            raise DeadLettersUnavailableError(str(error)) from error

    def close(self) -> None:
        self._producer.close(timeout=ACKNOWLEDGED_WITHIN_S)


def _headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    headers = {
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": letter.record.topic,
        "partition": letter.record.partition,
        "offset": letter.record.offset,
        "position": ",".join(map(str, letter.positions)) or None,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "cut_from": len(letter.value) if len(letter.value) > LARGEST_VALUE else None,
    }
    return [(name, str(value).encode()) for name, value in headers.items() if value is not None]
