"""Thousands of records, most of them bad: every location of them is stored, or dead with its reason."""

from collections.abc import Callable, Iterator

import pytest

from deployment.native.schema import Database
from tests.fuzz.records import Pipeline, fuzz_records
from tests.integration.programs import program

RECORDS = 4000


@pytest.fixture
def pipeline(kafka_bootstrap_servers: str, database: Database, make_topic: Callable[..., str]) -> Iterator[Pipeline]:
    topic, dead_letter_topic = make_topic(2), make_topic()
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "DATABASE_URL": database.location_consumer,
        "LOCATION_TOPIC": topic,
        "DEAD_LETTER_TOPIC": dead_letter_topic,
        "CONSUMER_GROUP": f"{topic}-group",
        "HEALTH_BIND": "127.0.0.1:0",
        "BRAKE_RATIO": "1",  # nearly everything is bad, and is meant to be
    }
    with program("location_consumer", **environment) as process:
        yield Pipeline(
            kafka_bootstrap_servers,
            topic,
            dead_letter_topic,
            f"{topic}-group",
            database.superuser,
            lambda: process.poll() is None,
        )


def test_every_location_of_fuzzed_records_is_stored_or_dead_with_its_reason(pipeline: Pipeline) -> None:
    account = fuzz_records(pipeline, RECORDS, seed=7)
    assert account.problems == []
    assert account.entries == account.stored + account.fates.total()
    for fate in ("unreadable", "invalid", "unknown_person", "conflict", "duplicate"):
        assert account.fates[fate] > 10, f"too few for a test: {account.fates}"
    assert account.stored > 1000
