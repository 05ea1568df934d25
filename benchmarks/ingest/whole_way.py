"""The whole way: a gRPC client on the same machine → producer → Kafka → consumer → durable rows."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.ingest.accounting import check
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.services import Running, ended, service, watch
from benchmarks.stores import Stores
from deployment.native.schema import Database
from location_client.batches import Batch
from udaconnect_client.connecting import connect

AHEAD = 250_000  # locations, about a second
WAIT_S = 0.01


class Pipeline(NamedTuple):
    producer: Running
    consumer: Running


@contextmanager
def pipeline(
    stores: Stores, database: Database, batch: int | None = None, a_caller_per_s: int = 0
) -> Iterator[Pipeline]:
    """A producer, which asks person_service, and a consumer around a topic of their own.

    `batch`: the consumer's; None: its default. `a_caller_per_s`: the most locations that one client may send, and fewer
    where the store does not take them; 0: as many as he likes, whether they are stored in time or not.
    """
    of_consumer = {} if batch is None else {"BATCH_MAX_LOCATIONS": str(batch)}
    with (
        stores.topic() as topic,
        service(stores, "person_service", database),
        service(
            stores,
            "location_producer",
            database,
            LOCATION_TOPIC=topic,
            CONSUMER_GROUP=topic,
            CALLER_LOCATIONS_PER_S=f"{a_caller_per_s}",
        ) as producer,
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


class Latest:
    """Remembers what was counted last."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self.value = 0

    def count(self) -> int:
        self.value = self._count()
        return self.value


def held_back(calls: Iterable[Batch], stored: Latest) -> Iterator[Batch]:
    """The calls, none of them while more than AHEAD locations are on their way."""
    sent = 0
    for call in calls:
        while sent - stored.value > AHEAD:
            time.sleep(WAIT_S)
        sent += len(call.request.locations)
        yield call


def whole_way(stores: Stores, workload: Workload, batch: int) -> Result:
    """Timed from the first call until the last location is stored; the requests are made beforehand.

    It is a rate that can be kept up: where the consumer falls behind by AHEAD, the client waits.
    """
    calls = list(workload.calls())
    with stores.database() as database, pipeline(stores, database, batch) as (producer, consumer):
        with ThreadPoolExecutor(1) as watching:
            began = time.monotonic()
            stored = Latest(lambda: ended([consumer]))
            finished = watching.submit(watch, stored.count, workload.locations)
            sent = accepted = rejected = 0
            with connect(stores.addresses["LOCATION_GRPC"]) as sender:
                for receipt in sender.send(held_back(calls, stored)):
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
