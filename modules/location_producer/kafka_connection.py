"""Keeps the publisher supplied with a producer that works, and tells whether Kafka answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, UnknownTopicOrPartitionError, for_code

from location_producer.publisher import KafkaPublisher
from location_producer.settings import Settings
from service_kit.kafka.security import ATTEMPT_MS, ways_to_kafka

log = structlog.get_logger()

CHECK_EVERY_S = 2.0
MAX_BACK_OFF_S = 10.0
SEND_MAX_BLOCK_MS = 100  # send() blocks only while the topic is unknown, and then the event loop with it

SetReady = Callable[[bool], Awaitable[None]]


class KafkaConnection:
    def __init__(self, settings: Settings, publisher: KafkaPublisher, set_ready: SetReady) -> None:
        self._settings = settings
        self._publisher = publisher
        self._set_ready = set_ready
        self._producer: KafkaProducer | None = None
        self._ways = ways_to_kafka(settings.kafka_bootstrap_servers, settings.kafka_security)

    async def keep(self) -> None:
        """Connect, ask Kafka for the topic every other second, and start anew where the producer broke; for ever."""
        back_off_s = 0.5
        while True:
            try:
                way = next(self._ways)
                self._producer = await asyncio.to_thread(make_producer, self._settings, way)
                admin = await asyncio.to_thread(make_admin, way)
            except (KafkaError, OSError) as error:  # OSError: the file with the password
                log.warning("Kafka is not reached", reason=type(error).__name__, again_in_s=back_off_s)
                await self.close(within_s=1)
                await asyncio.sleep(back_off_s)
                back_off_s = min(back_off_s * 2, MAX_BACK_OFF_S)
                continue
            back_off_s = 0.5
            try:
                await self._watch(self._producer, admin)
            finally:
                admin.close()
            log.error("the producer does not work any more; replacing it")
            self._publisher.use(None, 0)
            await self._set_ready(False)
            await self.close(within_s=1)

    async def close(self, within_s: float) -> None:
        """Flush what was taken in, and close."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await asyncio.to_thread(close, producer, within_s)

    async def _watch(self, producer: KafkaProducer, admin: KafkaAdminClient) -> None:
        """Tell the publisher and the health service how Kafka is; return when the producer broke."""
        was_ready: bool | None = None
        reason: str | None
        while not self._publisher.broken.is_set():
            try:
                partitions = await asyncio.to_thread(count_partitions, producer, admin, self._settings.location_topic)
            except KafkaError as error:
                ready, reason = False, type(error).__name__
                if isinstance(error, UnknownTopicOrPartitionError):
                    self._publisher.use(None, 0)
                # Otherwise the producer keeps what it has, and tries until the delivery timeout: a broker that
                # restarts is waited for.
            else:
                ready, reason = True, None
                self._publisher.use(producer, partitions)
            if ready != was_ready:
                log.info("Kafka", answers=ready, topic=self._settings.location_topic, reason=reason)
                await self._set_ready(ready)
                was_ready = ready
            with suppress(TimeoutError):
                await asyncio.wait_for(self._publisher.broken.wait(), CHECK_EVERY_S)


def make_producer(settings: Settings, way: Mapping[str, Any]) -> KafkaProducer:
    return KafkaProducer(
        **way,
        acks="all",
        enable_idempotence=True,  # said aloud: a setting in conflict with it then fails instead of switching it off
        compression_type="lz4",
        linger_ms=0,  # the publisher itself gathers what comes while something is on its way
        batch_size=settings.batch_bytes,
        delivery_timeout_ms=settings.delivery_timeout_ms,
        request_timeout_ms=settings.delivery_timeout_ms // 2,
        max_block_ms=SEND_MAX_BLOCK_MS,
        metadata_max_age_ms=15_000,
        allow_auto_create_topics=False,
    )


def close(producer: KafkaProducer, within_s: float) -> None:
    try:
        producer.close(within_s)
    except KafkaError as error:
        log.warning("not everything reached Kafka; whoever waited is told", reason=type(error).__name__)
        # Without this its thread would stay for ever, and with it the calls that wait: close() has no such way out.
        producer._sender.force_close()  # noqa: SLF001


def make_admin(way: Mapping[str, Any]) -> KafkaAdminClient:
    return KafkaAdminClient(**way, request_timeout_ms=ATTEMPT_MS)


def count_partitions(producer: KafkaProducer, admin: KafkaAdminClient, topic: str) -> int:
    """Ask the broker for the topic; KafkaError where it does not answer, or does not have it.

    The number is the producer's own, as it must know a partition before it can send to it.
    """
    [described] = admin.describe_topics([topic])
    if described["error_code"]:
        raise for_code(described["error_code"])
    return len(producer.partitions_for(topic))
