"""Events go to the topic `encounter`, each of a partition when the one before it is acknowledged.

So whatever breaks, no record is in a partition without those of lower numbers before it, also where a producer that was
given up still writes: whoever drops what is not above the highest number has all there is, once.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from kafka import KafkaProducer
from kafka.errors import KafkaError
from udaconnect.connection.v1.encounter_pb2 import EncounterEvent, Kind, Place

from meeting_finder.live.outbox import Event
from service_kit.kafka.partition import partition_of
from service_kit.kafka.security import ATTEMPT_MS, KafkaSecurity, ways_to_kafka

ACKNOWLEDGED_WITHIN_S: Final = 30
KINDS: Final = {int(kind): kind for kind in Kind.values()}


class TopicUnavailableError(Exception):
    """Kafka did not acknowledge everything: trying again is right."""


class EncounterTopic:
    """Connects when first needed, and anew after it failed. For one thread."""

    def __init__(self, bootstrap_servers: Sequence[str], topic: str, security: KafkaSecurity) -> None:
        self._ways = ways_to_kafka(bootstrap_servers, security)
        self._topic = topic
        self._producer: KafkaProducer | None = None

    def send(self, events: Sequence[Event]) -> None:
        """Return when Kafka has acknowledged them all. Raises TopicUnavailableError."""
        try:
            producer = self._producer = self._producer or self._connected()
            partitions = len(producer.partitions_for(self._topic))
            waiting: defaultdict[int, deque[Event]] = defaultdict(deque)
            for event in events:
                waiting[partition_of(event.person_id, partitions)].append(event)
            while waiting:
                sent = [self._sent(producer, partition, queue.popleft()) for partition, queue in waiting.items()]
                for acknowledged in sent:
                    acknowledged.get(timeout=ACKNOWLEDGED_WITHIN_S)
                for partition in [partition for partition, queue in waiting.items() if not queue]:
                    del waiting[partition]
        except (KafkaError, OSError) as error:  # OSError: the file with the password
            self.close()
            raise TopicUnavailableError(type(error).__name__) from error

    def _sent(self, producer: KafkaProducer, partition: int, event: Event):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return producer.send(
            self._topic, key=str(event.person_id).encode(), value=record_of(event), partition=partition
        )

    def _connected(self) -> KafkaProducer:
        return KafkaProducer(
            **next(self._ways),
            client_id="meeting_finder",
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,
            max_block_ms=ATTEMPT_MS,
            allow_auto_create_topics=False,
        )

    def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=1)


def record_of(event: Event) -> bytes:
    """The event as an EncounterEvent."""
    message = EncounterEvent(
        number=event.number,
        kind=KINDS[event.kind],
        encounter_id=event.encounter,
        person_id=event.person_id,
        other_person_id=event.other_id or 0,
        started_at=moment(event.started_at),
        ended_at=moment(event.ended_at),
        closest_m=event.closest_m,
        probability=event.probability,
        told_at=moment(event.told_at),
    )
    if event.latitude is not None and event.longitude is not None:
        message.place.CopyFrom(Place(latitude=event.latitude, longitude=event.longitude))
    return message.SerializeToString()


def moment(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(at)
    return timestamp
