"""The settings of the location consumer; README.md says what each means."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from environs import Env, validate

from service_kit.kafka.security import KafkaSecurity, read_kafka_security


@dataclass(frozen=True)
class Settings:
    kafka_bootstrap_servers: list[str]
    database_url: str
    location_topic: str
    dead_letter_topic: str
    consumer_group: str
    health_bind: str
    earliest_creation_time: datetime
    batch_max_locations: int
    batch_max_age_ms: int
    brake_window: int
    brake_ratio: float
    kafka_security: KafkaSecurity = field(default_factory=KafkaSecurity)


def read(env: Env) -> Settings:
    earliest = env.datetime("EARLIEST_CREATION_TIME", datetime(2015, 1, 1, tzinfo=UTC))
    return Settings(
        kafka_bootstrap_servers=env.list("KAFKA_BOOTSTRAP_SERVERS"),
        database_url=env.str("DATABASE_URL"),
        location_topic=env.str("LOCATION_TOPIC", "location"),
        dead_letter_topic=env.str("DEAD_LETTER_TOPIC", "location.dead-letter"),
        consumer_group=env.str("CONSUMER_GROUP", "location_consumer"),
        health_bind=env.str("HEALTH_BIND", "127.0.0.1:30005"),
        earliest_creation_time=earliest if earliest.tzinfo else earliest.replace(tzinfo=UTC),
        batch_max_locations=env.int("BATCH_MAX_LOCATIONS", 50_000, validate=validate.Range(min=1)),
        batch_max_age_ms=env.int("BATCH_MAX_AGE_MS", 100, validate=validate.Range(min=0)),
        brake_window=env.int("BRAKE_WINDOW", 10_000, validate=validate.Range(min=1)),
        brake_ratio=env.float("BRAKE_RATIO", 0.9, validate=validate.Range(min=0, max=1)),
        kafka_security=read_kafka_security(env),
    )
