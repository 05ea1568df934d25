"""A location_producer of a test's own, in front of the real Kafka, or of a real Kafka that the test can freeze."""

import os
import subprocess
import sys
from collections.abc import Iterator

import grpc
import pytest
from kafka import KafkaConsumer, TopicPartition

from deployment.native.ports import free_address
from tests.integration.location_producer.kafka_proxy import KafkaBehindProxy
from tests.integration.location_producer.running import Producer, ReadTopic, Records, StartProducer
from tests.patience import PATIENCE_S


@pytest.fixture
def start_producer(kafka_bootstrap_servers: str) -> Iterator[StartProducer]:
    """start_producer(topic, bootstrap_servers=the real ones, **settings) → Producer, ended after the test."""
    started: list[Producer] = []

    def start(topic: str, bootstrap_servers: str = kafka_bootstrap_servers, **settings: str) -> Producer:
        target = free_address()
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
            "LOCATION_TOPIC": topic,
            "GRPC_BIND": target,
            "METRICS_BIND": "127.0.0.1:0",
            **settings,
        }
        process = subprocess.Popen([sys.executable, "-m", "location_producer"], env=environment)
        producer = Producer(process, target, grpc.insecure_channel(target))
        started.append(producer)
        return producer

    yield start
    for producer in started:
        producer.channel.close()
        producer.process.terminate()
        try:
            producer.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            producer.process.kill()
            producer.process.wait()
            raise


@pytest.fixture
def read_topic(kafka_bootstrap_servers: str) -> ReadTopic:
    """read_topic(name) → all that is on the topic."""

    def read(topic: str) -> Records:
        with KafkaConsumer(bootstrap_servers=kafka_bootstrap_servers, auto_offset_reset="earliest") as consumer:
            partitions = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            records: Records = {partition.partition: [] for partition in partitions}
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                for partition, polled in consumer.poll(timeout_ms=500).items():
                    records[partition.partition] += [record.value for record in polled]
        return records

    return read


@pytest.fixture
def kafka_behind_proxy(kafka_bootstrap_servers: str) -> Iterator[KafkaBehindProxy]:
    proxy = KafkaBehindProxy(kafka_bootstrap_servers)
    yield proxy
    proxy.close()
