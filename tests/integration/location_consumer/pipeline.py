"""A topic, its dead letters, a database, and consumers as processes."""

import os
import subprocess
import sys
from typing import Any

import requests
from google.protobuf.timestamp_pb2 import Timestamp
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from deployment.native.schema import Database
from tests.integration.statements import execute
from tests.patience import PATIENCE_S

START_S = 1_771_200_000  # 2026-02-16


def location(person_id: int, second: int, latitude: float = 48.0) -> Location:
    time = Timestamp(seconds=START_S + second)
    return Location(person_id=person_id, latitude=latitude, longitude=11.0, creation_time=time)


def record(*locations: Location) -> bytes:
    return LocationBatch(locations=locations).SerializeToString()


class Pipeline:
    """A topic, its dead letters, a database, and as many consumers as a test starts."""

    def __init__(self, servers: str, database: Database, topic: str, dead_letter_topic: str) -> None:
        self.servers, self.database, self.topic, self.dead_letter_topic = servers, database, topic, dead_letter_topic
        self.group = f"{topic}-group"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.producer = KafkaProducer(bootstrap_servers=servers, acks="all")

    def start_consumer(self, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "location_consumer"],
            env=os.environ
            | {
                "KAFKA_BOOTSTRAP_SERVERS": self.servers,
                "DATABASE_URL": self.database.location_consumer,
                "LOCATION_TOPIC": self.topic,
                "DEAD_LETTER_TOPIC": self.dead_letter_topic,
                "CONSUMER_GROUP": self.group,
                "HEALTH_BIND": "127.0.0.1:0",
            }
            | environment,
        )
        self.processes.append(process)
        return process

    def publish(self, *values: bytes, partition: int = 0) -> None:
        for future in [self.producer.send(self.topic, value, partition=partition) for value in values]:
            future.get(timeout=PATIENCE_S)

    def publish_in_a_transaction(self, value: bytes) -> None:
        with KafkaProducer(bootstrap_servers=self.servers, transactional_id=f"{self.topic}-writer") as producer:
            producer.init_transactions()
            producer.begin_transaction()
            producer.send(self.topic, value, partition=0)
            producer.commit_transaction()

    def query(self, statement: str) -> Any:
        return execute(self.database.superuser, statement)

    def stored(self) -> int:
        return int(self.query("SELECT count(*) FROM location")[0][0])

    def committed(self) -> int:
        with KafkaAdminClient(bootstrap_servers=self.servers) as admin:
            offsets = admin.list_group_offsets(self.group)[self.group]
        return sum(found.offset for partition, found in offsets.items() if partition.topic == self.topic)

    def dead_letters(self) -> list[Any]:
        """All that are there now."""
        with KafkaConsumer(bootstrap_servers=self.servers) as consumer:
            partition = TopicPartition(self.dead_letter_topic, 0)
            [end] = consumer.end_offsets([partition]).values()
            consumer.assign([partition])
            consumer.seek_to_beginning()
            letters: list[Any] = []
            while consumer.position(partition) < end:
                letters += consumer.poll(timeout_ms=500).get(partition, [])
            return letters


def answer(address: str, path: str) -> str:
    try:
        return requests.get(f"http://{address}{path}", timeout=PATIENCE_S).text
    except requests.ConnectionError:
        return ""


def sample(address: str, name: str) -> float | None:
    """What /metrics has under this name with its labels, written as there; None where it has nothing, or is away."""
    lines = (line.rpartition(" ") for line in answer(address, "/metrics").splitlines())
    return next((float(value) for found, _, value in lines if found == name), None)


def status(address: str, path: str) -> int:
    return requests.get(f"http://{address}{path}", timeout=PATIENCE_S).status_code
