"""Makes the topics that the pipeline needs: `python -m location_producer.topics`.

May be run again at any time. A topic that exists keeps its partitions: their number decides where the locations of a
person go, so changing it is a decision of the operator, not of a job at start-up. How long records are kept is set
anew each time: it is a promise to the people whose locations they hold.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from environs import Env, validate
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import InvalidReplicationFactorError, KafkaError, TopicAlreadyExistsError, for_code

from service_kit.kafka.security import KafkaSecurity, read_kafka_security
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs

log = structlog.get_logger()

Topics = dict[str, dict[str, Any]]

RETENTION, SEGMENT = "retention.ms", "segment.ms"
BROKERS_EVERY_S = 1.0
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENCOUNTERS_KEPT = DAY
"""Less than the table encounter_told keeps what was told: as long as it can be read here, it can be taken back."""
COMPRESSION = "compression.type"


@dataclass(frozen=True)
class Settings:
    kafka_bootstrap_servers: list[str]
    location_topic: str
    dead_letter_topic: str
    encounter_topic: str
    location_partitions: int
    location_replication: int
    kafka_wait_s: float
    location_retention_days: int  # of the table; 0: for ever
    topic_retention_days: int
    dead_letter_retention_days: int
    kafka_security: KafkaSecurity = field(default_factory=KafkaSecurity)


def read(env: Env) -> Settings:
    return Settings(
        kafka_bootstrap_servers=env.list("KAFKA_BOOTSTRAP_SERVERS"),
        location_topic=env.str("LOCATION_TOPIC", "location"),
        dead_letter_topic=env.str("DEAD_LETTER_TOPIC", "location.dead-letter"),
        encounter_topic=env.str("ENCOUNTER_TOPIC", "encounter"),
        location_partitions=env.int("LOCATION_PARTITIONS", 6, validate=validate.Range(min=1)),
        location_replication=env.int("LOCATION_REPLICATION", 1, validate=validate.Range(min=1)),
        kafka_wait_s=env.float("KAFKA_WAIT_S", 120.0),
        location_retention_days=env.int("LOCATION_RETENTION_DAYS", 0, validate=validate.Range(min=0)),
        topic_retention_days=env.int("TOPIC_RETENTION_DAYS", 7, validate=validate.Range(min=1)),
        # With the segment's day, less than the month within which a person's data must be gone (GDPR, article 12).
        dead_letter_retention_days=env.int("DEAD_LETTER_RETENTION_DAYS", 28, validate=validate.Range(min=1)),
        kafka_security=read_kafka_security(env),
    )


def topics(settings: Settings) -> Topics:
    """Name → options, in the form that KafkaAdminClient.create_topics takes."""
    replicas = settings.location_replication
    # With three replicas an acknowledgement has to mean two of them, or one dead disk could lose acknowledged records.
    # Whoever else writes to a topic may compress as the consumer cannot unpack (zstd, snappy), and no consumer would
    # get past such a record. With a compression of its own, the broker packs it anew; ours it leaves as it is.
    durable = {"min.insync.replicas": str(max(1, replicas - 1)), COMPRESSION: "lz4"}
    return {
        settings.location_topic: {
            "num_partitions": settings.location_partitions,
            "replication_factor": replicas,
            "configs": durable | kept(settings.topic_retention_days * DAY, settings.location_retention_days),
        },
        settings.dead_letter_topic: {
            "num_partitions": 1,
            "replication_factor": replicas,
            "configs": durable
            # A dead letter waits for somebody to look at it.
            | kept(settings.dead_letter_retention_days * DAY, settings.location_retention_days)
            | {
                # The largest record of the location topic must still fit with its reason and coordinates around it.
                "max.message.bytes": str(2 * 1024 * 1024),
            },
        },
        settings.encounter_topic: {
            "num_partitions": settings.location_partitions,
            "replication_factor": replicas,
            "configs": durable | kept(ENCOUNTERS_KEPT, settings.location_retention_days, HOUR),
        },
    }


def kept(age: timedelta, table_days: int, segment: timedelta = DAY) -> dict[str, str]:
    """Settings that delete a record when it is so old, or as old as the table lets its rows grow.

    Kafka deletes whole segments, by the age of their newest record: as much later as a segment is long, at most.
    """
    at_most = min(age, table_days * DAY) if table_days else age
    return {
        RETENTION: str(at_most // timedelta(milliseconds=1)),
        SEGMENT: str(segment // timedelta(milliseconds=1)),
    }


def set_retention(admin: KafkaAdminClient, wanted: Topics) -> None:
    """Keep the records of these topics for as long as wanted, also where the topic was there before."""
    admin.alter_configs(
        [
            ConfigResource(
                ConfigResourceType.TOPIC,
                name,
                {key: options["configs"][key] for key in (RETENTION, SEGMENT, COMPRESSION)},
            )
            for name, options in wanted.items()
        ]
    )


def create_topics(admin: KafkaAdminClient, wanted: Topics, wait_s: float) -> list[str]:
    """Create what is missing, wait until every partition has a leader, and return the names of the new topics.

    Brokers that start together are not there at once: as many as there are to be copies are waited for, at most for
    `wait_s`. Raises KafkaError where the broker refuses a topic.
    """
    created: list[str] = []
    deadline = time.monotonic() + wait_s
    while True:
        answer = admin.create_topics(wanted, raise_errors=False)
        try:
            created.extend(accepted(answer["topics"]))
            break
        except InvalidReplicationFactorError as error:
            if time.monotonic() > deadline:
                raise
            log.info("waiting for more brokers", because=str(error))
            time.sleep(BROKERS_EVERY_S)
    admin.wait_for_topics(list(wanted))
    return created


def accepted(answers: Iterable[dict[str, Any]]) -> Iterable[str]:
    for topic in answers:
        error = for_code(topic["error_code"])
        if topic["error_code"] == 0:
            yield topic["name"]
        elif error is not TopicAlreadyExistsError:
            raise error(f"topic {topic['name']}: {topic.get('error_message')}")


def main() -> None:
    set_up_logs("location_producer.topics")
    settings = read_settings(read)
    # The client tries again with back-off by itself until bootstrap_timeout_ms; one failed attempt is no error.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    log.info("waiting for Kafka", at_most_s=settings.kafka_wait_s)
    try:
        with KafkaAdminClient(
            **settings.kafka_security.options(),
            bootstrap_servers=settings.kafka_bootstrap_servers,
            bootstrap_timeout_ms=settings.kafka_wait_s * 1000,
            reconnect_backoff_max_ms=2000,
        ) as admin:
            wanted = topics(settings)
            created = create_topics(admin, wanted, settings.kafka_wait_s)
            set_retention(admin, wanted)
            log.info("topics are ready", topics=list(wanted), created=created)
    except KafkaError as error:
        raise SystemExit(f"The topics could not be made: {error}") from error


if __name__ == "__main__":
    main()
