"""Fixes that a gateway had to refuse become dead letters, so that it can tell its phones that they are taken.

A letter's form is that of location_consumer's (dead_letters.py there): a location is kept as a LocationBatch that can
be replayed, all else byte by byte. Instead of the place of a record it says which device of whom it came from.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from udaconnect.location.v1.location_pb2 import LocationBatch, RefusedFix

from location_producer.in_flight import InFlight
from location_producer.publisher import KafkaPublisher, not_acknowledged


class Letter(NamedTuple):
    value: bytes
    headers: list[tuple[str, bytes]]

    @property
    def size(self) -> int:
        """Never 0: a phone may have sent nothing."""
        return len(self.value) + sum(len(name) + len(said) for name, said in self.headers)


class Refusals:
    def __init__(self, topic: str, in_flight: InFlight, publisher: KafkaPublisher, answer_within_s: float) -> None:
        self._topic = topic
        self._in_flight = in_flight
        self._publisher = publisher
        self._answer_within_s = answer_within_s
        # Rare, and the topic is not known before the first: a thread of its own waits for Kafka.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="refusals")

    async def keep(self, fixes: Sequence[RefusedFix]) -> None:
        """Return when Kafka has acknowledged them all. Raises OverloadedError or NotAcknowledgedError."""
        producer = self._publisher.producer
        now = datetime.now(UTC)
        letters = [letter_of(fix, now) for fix in fixes]
        size = sum(letter.size for letter in letters)
        self._in_flight.reserve(size)
        acknowledged = False
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._publish, producer, letters)
            acknowledged = True
        except KafkaError as error:
            raise not_acknowledged(error) from error
        finally:
            self._in_flight.release(size, acknowledged=acknowledged)

    def _publish(self, producer: KafkaProducer, letters: Sequence[Letter]) -> None:
        """Raises KafkaError."""
        self._learn_the_topic(producer)
        sent = [producer.send(self._topic, letter.value, headers=letter.headers) for letter in letters]
        for future in sent:
            future.get(timeout=self._answer_within_s)

    def _learn_the_topic(self, producer: KafkaProducer) -> None:
        """Return when the producer knows the topic's partitions, which it is only asked for with the first letter.

        send() waits for them no longer than the event loop can bear to be held up. Raises KafkaError.
        """
        give_up = time.monotonic() + self._answer_within_s
        while True:
            try:
                producer.partitions_for(self._topic)
            except KafkaTimeoutError:
                if time.monotonic() > give_up:
                    raise
            else:
                return


def letter_of(fix: RefusedFix, now: datetime) -> Letter:
    is_location = fix.HasField("location")
    headers = {
        "reason": "invalid" if is_location else "unreadable",
        "detail": fix.reason,
        "app": fix.app,
        "device": fix.device_id,
        "person": fix.person_id,
        "time": now.isoformat(timespec="milliseconds"),
    }
    value = LocationBatch(locations=[fix.location]).SerializeToString() if is_location else fix.original
    return Letter(value, [(name, str(said).encode()) for name, said in headers.items()])
