"""`python -m location_producer.topics` makes what is missing and leaves alone what is there."""

import os
import secrets
import subprocess
import sys

from kafka import KafkaAdminClient


def run_topics_job(**settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "location_producer.topics"]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)


def test_it_makes_both_topics_and_changes_nothing_the_second_time(kafka_bootstrap_servers: str) -> None:
    name = f"test-{secrets.token_hex(6)}"
    names = [name, f"{name}.dead-letter"]
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "LOCATION_TOPIC": names[0],
        "DEAD_LETTER_TOPIC": names[1],
        "LOG_FORMAT": "json",
    }
    with KafkaAdminClient(bootstrap_servers=kafka_bootstrap_servers) as admin:
        try:
            first = run_topics_job(**settings, LOCATION_PARTITIONS="3")
            second = run_topics_job(**settings, LOCATION_PARTITIONS="5")
            partitions = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)}
        finally:
            admin.delete_topics(names)
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert partitions == {names[0]: 3, names[1]: 1}
    assert '"created": []' in second.stdout


def test_without_kafka_it_ends_with_a_sentence() -> None:
    job = run_topics_job(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", KAFKA_WAIT_S="1")
    assert job.returncode == 1
    assert "The topics could not be made" in job.stderr
    assert "Traceback" not in job.stderr
