"""Reads the topic `encounter`, all of its partitions, in a thread of its own: each instance has its own listeners."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from encounter_stream.held import Record
from encounter_stream.settings import Settings
from service_kit.kafka.offsets import end_offsets, offsets_since
from service_kit.kafka.security import ways_to_kafka

log = structlog.get_logger()

POLL_MS: Final = 200
BACK_OFF_S: Final = 1.0
LOOK_EVERY_S: Final = 5.0  # whether Kafka answers, and has other partitions
FRESH_S: Final = 15.0  # for so long after the last answer of Kafka it is believed that all has been read


Take = Callable[[Sequence[Record]], None]


class Reading:
    """`run` is for a thread; what was read is handed to the event loop by `take`."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop, take: Take) -> None:
        self._settings = settings
        self._ways = ways_to_kafka(settings.kafka_bootstrap_servers, settings.kafka_security)
        self._loop = loop
        self._take = take
        self._positions: dict[TopicPartition, int] = {}
        self._caught_up = False
        self._heard_at = float("-inf")

    def up_to_date(self) -> bool:
        return self._caught_up and time.monotonic() - self._heard_at < FRESH_S

    def run(self, stopping: threading.Event) -> None:
        """Read until it is time to stop, from where it was after Kafka was away."""
        while not stopping.is_set():
            try:
                consumer = self._connected()
                try:
                    self._read(consumer, stopping)
                finally:
                    consumer.close()
            except (KafkaError, OSError) as error:  # OSError: the file with the password
                log.warning("Kafka is not reached", because=type(error).__name__, again_in_s=BACK_OFF_S)
                stopping.wait(BACK_OFF_S)

    def _read(self, consumer: KafkaConsumer, stopping: threading.Event) -> None:
        behind = self._assign(consumer)
        assigned_at = time.monotonic()
        while not stopping.is_set():
            polled = consumer.poll(timeout_ms=POLL_MS)
            if batch := [
                Record(record.partition, record.timestamp / 1000, record.value)
                for records in polled.values()
                for record in records
                if record.value is not None
            ]:
                self._loop.call_soon_threadsafe(self._take, batch)
            for partition, records in polled.items():
                self._positions[partition] = records[-1].offset + 1
            if behind:
                behind = {each: end for each, end in behind.items() if (consumer.position(each) or 0) < end}
            if not behind and not self._caught_up:
                self._caught_up = True
                log.info("caught up", topic=self._settings.encounter_topic)
            if time.monotonic() - assigned_at > LOOK_EVERY_S:
                assigned_at = time.monotonic()
                self._assign(consumer)

    def _assign(self, consumer: KafkaConsumer) -> dict[TopicPartition, int]:
        """Read all partitions, those that are new from an hour ago on. Returns where each ends. Raises KafkaError."""
        topic = self._settings.encounter_topic
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            raise KafkaError(f"there is no topic {topic}")
        ends = end_offsets(consumer, partitions)
        self._heard_at = time.monotonic()
        if set(partitions) != consumer.assignment():
            new = [each for each in partitions if each not in self._positions]
            since_ms = int((time.time() - self._settings.held_s) * 1000)
            self._positions |= offsets_since(consumer, new, since_ms)
            consumer.assign(partitions)
            for each in partitions:
                consumer.seek(each, self._positions[each])
        return ends

    def _connected(self) -> KafkaConsumer:
        return KafkaConsumer(
            **next(self._ways),
            client_id="encounter_stream",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metadata_max_age_ms=15_000,
        )
