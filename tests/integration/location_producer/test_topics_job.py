"""`python -m location_producer.topics` makes what is missing, and of what is there changes the retention only."""

import os
import secrets
import subprocess
import sys

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType


def run_topics_job(**settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "location_producer.topics"]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)


def retention_days(admin: KafkaAdminClient, topic: str) -> float:
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    return int(found["topic"][topic]["retention.ms"]["value"]) / 86_400_000


def test_it_makes_the_topics_and_the_second_time_changes_only_how_long_records_are_kept(
    kafka_bootstrap_servers: str,
) -> None:
    name = f"test-{secrets.token_hex(6)}"
    names = [name, f"{name}.dead-letter", f"{name}.encounter"]
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "LOCATION_TOPIC": names[0],
        "DEAD_LETTER_TOPIC": names[1],
        "ENCOUNTER_TOPIC": names[2],
        "LOG_FORMAT": "json",
    }
    with KafkaAdminClient(bootstrap_servers=kafka_bootstrap_servers) as admin:
        try:
            first = run_topics_job(**settings, LOCATION_PARTITIONS="3")
            second = run_topics_job(**settings, LOCATION_PARTITIONS="5", LOCATION_RETENTION_DAYS="3")
            kept = [retention_days(admin, topic) for topic in names]
            partitions = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)}
        finally:
            admin.delete_topics(names)
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert partitions == {names[0]: 3, names[1]: 1, names[2]: 3}
    assert '"created": []' in second.stdout
    assert kept == [3, 3, 1], "a shorter retention of the table holds for topics that are there already"


def test_without_kafka_it_ends_with_a_sentence() -> None:
    job = run_topics_job(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", KAFKA_WAIT_S="1")
    assert job.returncode == 1
    assert "The topics could not be made" in job.stderr
    assert "Traceback" not in job.stderr


def test_for_as_many_brokers_as_there_are_to_be_copies_it_waits_and_not_for_ever(kafka_bootstrap_servers: str) -> None:
    name = f"test-{secrets.token_hex(6)}"
    job = run_topics_job(
        KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap_servers,
        LOCATION_TOPIC=name,
        DEAD_LETTER_TOPIC=f"{name}.dead-letter",
        ENCOUNTER_TOPIC=f"{name}.encounter",
        LOCATION_REPLICATION="3",
        KAFKA_WAIT_S="2",
    )
    assert "waiting for more brokers" in job.stdout
    assert job.returncode == 1
    assert f"topic {name}: Unable to replicate the partition 3 time(s)" in job.stderr
    assert "Traceback" not in job.stderr
