"""Reads the dead-letter topic: from a first to a last offset, a poll at a time, whatever its length."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from environs import Env, EnvError
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from service_kit.kafka.offsets import begin_offsets, end_offsets, offsets_since
from service_kit.kafka.security import read_kafka_security
from udaconnect_client.dead_letters.letters import DeadLetter, Selection, letter_of

CONNECT_WITHIN_MS = 10_000
QUIET_MS = 30_000  # without a record, where there should be one
RECORDS_IN_A_POLL = 10_000

Ends = dict[TopicPartition, int]


class KafkaAccessError(Exception):
    """Kafka does not answer, or does not have the topic. The message is for the user."""


class DeadLetterTopic:
    def __init__(self, consumer: KafkaConsumer, topic: str) -> None:
        numbers = consumer.partitions_for_topic(topic)
        if not numbers:
            raise KafkaAccessError(f"there is no topic {topic} (DEAD_LETTER_TOPIC says its name)")
        self._consumer = consumer
        self._partitions = [TopicPartition(topic, number) for number in sorted(numbers)]

    def ends(self) -> Ends:
        """The offsets behind the last letter, now."""
        return end_offsets(self._consumer, self._partitions)

    def read(
        self, selection: Selection, ends: Ends, *, starts: Ends | None = None, passed: Callable[[int], object] = int
    ) -> Iterator[DeadLetter]:
        """The letters that are meant, of those before `ends`, in the order of each partition.

        Memory holds one poll. `passed` is told how many letters were looked at since it was told last.
        """
        consumer = self._consumer
        ends = self._bounded(selection, ends)
        consumer.assign(self._partitions)
        for partition, start in self._starts(selection, starts or {}).items():
            consumer.seek(partition, start)
        while unfinished := [
            partition for partition in self._partitions if consumer.position(partition) < ends[partition]
        ]:
            before = {partition: consumer.position(partition) for partition in unfinished}
            polled = consumer.poll(timeout_ms=QUIET_MS, max_records=RECORDS_IN_A_POLL)
            if all(consumer.position(partition) == offset for partition, offset in before.items()):
                raise KafkaAccessError(f"Kafka gave no record of {unfinished[0].topic} for {QUIET_MS // 1000} s")
            for partition, records in polled.items():
                for record in records:
                    if record.offset < ends[partition] and selection.has(letter := letter_of(record)):
                        yield letter
                passed(len(records))

    def one(self, partition: int, offset: int) -> DeadLetter | None:
        """The letter at this place; None where there is none (any more)."""
        place = Selection(first_offset=offset, last_offset=offset)
        ends = {of: end if of.partition == partition else 0 for of, end in self.ends().items()}
        return next((letter for letter in self.read(place, ends) if letter.partition == partition), None)

    def size(self, selection: Selection, ends: Ends, starts: Ends | None = None) -> int:
        """How many letters `read` will look at."""
        first = self._starts(selection, starts or {})
        return sum(max(0, end - first[partition]) for partition, end in self._bounded(selection, ends).items())

    def _bounded(self, selection: Selection, ends: Ends) -> Ends:
        if selection.last_offset is None:
            return ends
        return {partition: min(end, selection.last_offset + 1) for partition, end in ends.items()}

    def _starts(self, selection: Selection, wanted: Ends) -> Ends:
        starts = {
            partition: max(first, selection.first_offset, wanted.get(partition, 0))
            for partition, first in begin_offsets(self._consumer, self._partitions).items()
        }
        if selection.since is not None:
            # A letter is published after it was given up: what was published before was given up before.
            since_ms = int(selection.since.timestamp() * 1000)
            for partition, offset in offsets_since(self._consumer, self._partitions, since_ms).items():
                starts[partition] = max(starts[partition], offset)
        return starts


@contextmanager
def dead_letter_topic(bootstrap_servers: str, topic: str) -> Iterator[DeadLetterTopic]:
    """Raises KafkaAccessError, also for what goes wrong with Kafka within the block."""
    with kafka_errors(bootstrap_servers):
        consumer = KafkaConsumer(
            **client_options(bootstrap_servers),
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            auto_offset_reset="earliest",  # where retention removes letters while they are read
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        try:
            yield DeadLetterTopic(consumer, topic)
        finally:
            consumer.close(autocommit=False)


def client_options(bootstrap_servers: str) -> dict[str, Any]:
    """What every client of Kafka is given. Raises KafkaAccessError where the environment is wrong."""
    try:
        security = read_kafka_security(Env()).options()
    except (EnvError, OSError) as error:
        raise KafkaAccessError(str(error)) from error
    return {
        "bootstrap_servers": bootstrap_servers.split(","),
        "bootstrap_timeout_ms": CONNECT_WITHIN_MS,
        "client_id": "udaconnect",
        **security,
    }


@contextmanager
def kafka_errors(bootstrap_servers: str) -> Iterator[None]:
    """Turn an error of Kafka's client into KafkaAccessError."""
    try:
        yield
    except KafkaError as error:
        raise KafkaAccessError(
            f"Kafka at {bootstrap_servers} (KAFKA_BOOTSTRAP_SERVERS says where): {type(error).__name__}"
        ) from error
