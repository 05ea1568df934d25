"""What the topics job asks of Kafka, and what it makes of the answers."""

import pytest
from kafka.errors import InvalidReplicationFactorError

from location_producer.topics import Settings, accepted, topics

EXISTS = 36
INVALID_REPLICATION_FACTOR = 38


def wanted(replicas: int) -> dict[str, dict[str, object]]:
    return topics(
        Settings(
            kafka_bootstrap_servers="kafka:9092",
            location_topic="location",
            dead_letter_topic="location.dead-letter",
            location_partitions=6,
            location_replication=replicas,
            kafka_wait_s=1,
        )
    )


def test_the_locations_are_spread_and_the_dead_letters_are_not() -> None:
    assert {name: options["num_partitions"] for name, options in wanted(1).items()} == {
        "location": 6,
        "location.dead-letter": 1,
    }


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_an_acknowledgement_means_all_replicas_but_one(replicas: int, in_sync: str) -> None:
    for options in wanted(replicas).values():
        assert options["replication_factor"] == replicas
        configs = options["configs"]
        assert isinstance(configs, dict)
        assert configs["min.insync.replicas"] == in_sync


def test_a_topic_that_exists_is_no_error() -> None:
    answers = [{"name": "location", "error_code": EXISTS}, {"name": "location.dead-letter", "error_code": 0}]
    assert list(accepted(answers)) == ["location.dead-letter"]


def test_a_topic_that_kafka_refuses_is_named() -> None:
    answer = {"name": "location", "error_code": INVALID_REPLICATION_FACTOR, "error_message": "1 broker"}
    with pytest.raises(InvalidReplicationFactorError, match=r"topic location: 1 broker"):
        list(accepted([answer]))
