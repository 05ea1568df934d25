"""The consumer by itself: from a topic that was filled beforehand to durable rows."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from kafka import KafkaProducer

from benchmarks.ingest.accounting import check
from benchmarks.ingest.waits import shares, waits
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.services import ENDED_AS, Progress, Running, ended, service, watch
from benchmarks.stores import PARTITIONS, Stores
from deployment.native.ports import free_address
from deployment.native.schema import Database


@contextmanager
def filled_topic(stores: Stores, workload: Workload) -> Iterator[str]:
    """A topic that holds the workload as the producer would have written it."""
    with stores.topic() as topic:
        producer = KafkaProducer(
            bootstrap_servers=stores.kafka_bootstrap_servers,
            acks="all",
            compression_type="lz4",
            linger_ms=5,
            batch_size=256 * 1024,
        )
        sent = [
            producer.send(topic, value=value, partition=partition) for partition, value in workload.records(PARTITIONS)
        ]
        for future in sent:
            future.get(timeout=60)
        producer.close()
        yield topic


def first_and_second_delivery(stores: Stores, topic: str, workload: Workload, batch: int) -> tuple[Result, Result]:
    """Store everything; then let another group read it all again, when every location is there already."""
    with stores.database() as database:
        first = consume(stores, topic, workload, batch, database)
        second = consume(stores, topic, workload, batch, database, stored_before=workload.locations)
    return first, second


def consume(  # noqa: PLR0913  the last ones have defaults
    stores: Stores,
    topic: str,
    workload: Workload,
    batch: int,
    database: Database,
    *,
    stored_before: int = 0,
    consumers: int = 1,
) -> Result:
    """Let a new group read the topic from its beginning. Timed from its first batch to its last."""
    group = f"{topic}-{secrets.token_hex(4)}"
    with ExitStack() as running:
        started: list[Running] = [
            running.enter_context(
                service(
                    stores,
                    "location_consumer",
                    database,
                    LOCATION_TOPIC=topic,
                    CONSUMER_GROUP=group,
                    DEAD_LETTER_TOPIC=topic,  # nothing is to come to it: the accounting would notice
                    BATCH_MAX_LOCATIONS=str(batch),
                    HEALTH_BIND=free_address(),
                )
            )
            for _ in range(consumers)
        ]
        # What comes to both of two consumers ends twice, once as a duplicate.
        ends = ENDED_AS if consumers == 1 else ["stored_total"]
        with waits(database) as seen:
            progress: Progress = watch(lambda: ended(started, ends), workload.locations)
        check(database, started, sent=workload.locations, stored_before=stored_before)
        details = {
            "peak_memory_mb": max(consumer.peak_memory_mb() for consumer in started),
            "cpu_us_per_location": sum(consumer.cpu_s() for consumer in started) / workload.locations * 1e6,
            "mean_batch_locations": workload.locations / sum(c.counted("batch_locations_count") for c in started),
            **shares(seen),
        }
    return Result(*progress.steady(), details)


def two_consumers(stores: Stores, topic: str, workload: Workload, batch: int) -> Result:
    with stores.database() as database:
        return consume(stores, topic, workload, batch, database, consumers=2)
