"""The JDBC sink on the same rows and the same table: from a topic that was filled beforehand to durable rows."""

import json
import struct
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaProducer

from benchmarks.ingest.accounting import check_sum
from benchmarks.ingest.copy_limit import make_partitions
from benchmarks.ingest.jdbc_sink.connect import command, fetch, write_settings
from benchmarks.ingest.workload import Workload
from benchmarks.result import Result
from benchmarks.services import program, watch
from benchmarks.stores import PARTITIONS, Stores, execute, stored
from deployment.native.ports import free_port
from service_kit.kafka.partition import partition_of
from udaconnect_client.simulation.instants import write_instants

LOOK_EVERY_S = 0.5
WGS84 = 4326


def jdbc_sink(stores: Stores, workload: Workload) -> Result:
    """Timed from its first batch to its last, as our consumer is. Raises NotToBeHadError."""
    fetch()
    with stores.database() as database, topic_of_json(stores, workload) as topic:
        make_partitions(database.location_consumer, workload)
        execute(database.owner, "GRANT UPDATE ON location TO location_consumer")  # an upsert asks for it
        files = write_settings(
            stores.folder.path,
            servers=stores.kafka_bootstrap_servers,
            topic=topic,
            database_url=database.location_consumer,
            rest_port=free_port(),
        )
        with program(stores, "jdbc_sink", command(*files), {}):
            progress = watch(lambda: stored(database), workload.locations, LOOK_EVERY_S)
        check_sum(workload.locations, stored=stored(database))
    return Result(*progress.steady())


@contextmanager
def topic_of_json(stores: Stores, workload: Workload) -> Iterator[str]:
    """A topic with a record for each location, which is what a sink makes a row of."""
    with stores.topic() as topic:
        producer = KafkaProducer(
            bootstrap_servers=stores.kafka_bootstrap_servers,
            acks="all",
            compression_type="lz4",
            linger_ms=20,
            batch_size=256 * 1024,
        )
        partitions = [partition_of(person_id, PARTITIONS) for person_id in range(workload.people + 1)]
        for fixes in workload.slices():
            columns = (
                fixes.person_id.tolist(),
                write_instants(fixes.creation_time),
                fixes.latitude.tolist(),
                fixes.longitude.tolist(),
                fixes.accuracy_m.tolist(),
            )
            for person_id, time, latitude, longitude, accuracy_m in zip(*columns, strict=True):
                record = {
                    "person_id": person_id,
                    "creation_time": time,
                    "coordinate": {"wkb": well_known_binary(longitude, latitude), "srid": WGS84},
                    "accuracy_m": accuracy_m,
                }
                producer.send(topic, json.dumps(record).encode(), partition=partitions[person_id])
            producer.flush()  # it would take in any amount
        producer.close()
        yield topic


def well_known_binary(x: float, y: float) -> str:
    """A point as base64, in which JSON converters hold bytes."""
    return b64encode(struct.pack("<BIdd", 1, 1, x, y)).decode()
