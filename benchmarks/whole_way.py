"""The whole way: a gRPC client on the same machine → producer → Kafka → consumer → durable rows."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.accounting import check
from benchmarks.result import Result
from benchmarks.services import Running, ended, service, watch
from benchmarks.stores import Stores
from benchmarks.workload import Workload, calls_of
from deployment.native.schema import Database
from udaconnect_client.sending import connect


class Pipeline(NamedTuple):
    producer: Running
    consumer: Running


@contextmanager
def pipeline(stores: Stores, database: Database, batch: int | None = None) -> Iterator[Pipeline]:
    """A producer and a consumer around a topic of their own. `batch`: the consumer's; None: its default."""
    of_consumer = {} if batch is None else {"BATCH_MAX_LOCATIONS": str(batch)}
    with (
        stores.topic() as topic,
        service(stores, "location_producer", database, LOCATION_TOPIC=topic) as producer,
        service(
            stores,
            "location_consumer",
            database,
            LOCATION_TOPIC=topic,
            CONSUMER_GROUP=topic,
            DEAD_LETTER_TOPIC=topic,  # nothing is to come to it: the accounting would notice
            **of_consumer,
        ) as consumer,
    ):
        yield Pipeline(producer, consumer)


def whole_way(stores: Stores, workload: Workload, batch: int) -> Result:
    """Timed from the first call until the last location is stored; the client makes its requests meanwhile.

    The walks of the simulated people are not its work: they are made beforehand.
    """
    fixes = list(workload.slices())
    with stores.database() as database, pipeline(stores, database, batch) as (producer, consumer):
        with ThreadPoolExecutor(1) as watching:
            began = time.monotonic()
            finished = watching.submit(watch, lambda: ended([consumer]), workload.locations)
            sent = accepted = rejected = 0
            with connect(stores.addresses["LOCATION_GRPC"]) as sender:
                for receipt in sender.send(calls_of(fixes)):
                    sent += len(receipt.batch.request.locations)
                    accepted += receipt.accepted
                    rejected += len(receipt.refused)
            acknowledged_s = time.monotonic() - began
            seconds = finished.result().ended_at - began
        check(database, [consumer], sent=sent, rejected=rejected)
        details = {
            "acknowledged_after_s": acknowledged_s,
            "producer_peak_memory_mb": producer.peak_memory_mb(),
            "consumer_peak_memory_mb": consumer.peak_memory_mb(),
            "producer_cpu_us_per_location": producer.cpu_s() / sent * 1e6,
            "consumer_cpu_us_per_location": consumer.cpu_s() / sent * 1e6,
        }
    return Result(accepted, seconds, details)
