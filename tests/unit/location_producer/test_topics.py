"""What the topics job asks of Kafka, and what it makes of the answers."""

import pytest
from kafka.errors import InvalidReplicationFactorError

from location_producer.topics import Settings, accepted, topics

EXISTS = 36
INVALID_REPLICATION_FACTOR = 38


DAY_MS = 86_400_000


def wanted(replicas: int = 1, table_days: int = 0) -> dict[str, dict[str, object]]:
    return topics(
        Settings(
            kafka_bootstrap_servers=["kafka:9092"],
            location_topic="location",
            dead_letter_topic="location.dead-letter",
            encounter_topic="encounter",
            location_partitions=6,
            location_replication=replicas,
            kafka_wait_s=1,
            location_retention_days=table_days,
            topic_retention_days=7,
            dead_letter_retention_days=28,
        )
    )


def test_the_locations_are_spread_and_the_dead_letters_are_not() -> None:
    assert {name: options["num_partitions"] for name, options in wanted(1).items()} == {
        "location": 6,
        "location.dead-letter": 1,
        "encounter": 6,
    }


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_an_acknowledgement_means_all_replicas_but_one(replicas: int, in_sync: str) -> None:
    for options in wanted(replicas).values():
        assert options["replication_factor"] == replicas
        configs = options["configs"]
        assert isinstance(configs, dict)
        assert configs["min.insync.replicas"] == in_sync


@pytest.mark.parametrize(("table_days", "days"), [(0, [7, 28, 1]), (365, [7, 28, 1]), (14, [7, 14, 1]), (1, [1, 1, 1])])
def test_no_topic_keeps_a_location_for_longer_than_the_table(table_days: int, days: list[int]) -> None:
    configs = [options["configs"] for options in wanted(table_days=table_days).values()]
    assert [int(config["retention.ms"]) for config in configs] == [day * DAY_MS for day in days]  # type: ignore[index]  # a dict
    segments = [int(config["segment.ms"]) for config in configs]  # type: ignore[index]
    assert segments == [DAY_MS, DAY_MS, DAY_MS // 24], "what is in a segment waits for its newest"


def test_a_topic_that_exists_is_no_error() -> None:
    answers = [{"name": "location", "error_code": EXISTS}, {"name": "location.dead-letter", "error_code": 0}]
    assert list(accepted(answers)) == ["location.dead-letter"]


def test_a_topic_that_kafka_refuses_is_named() -> None:
    answer = {"name": "location", "error_code": INVALID_REPLICATION_FACTOR, "error_message": "1 broker"}
    with pytest.raises(InvalidReplicationFactorError, match=r"topic location: 1 broker"):
        list(accepted([answer]))
