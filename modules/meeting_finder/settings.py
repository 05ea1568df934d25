"""The settings of the meeting finder; README.md says what each means."""

from dataclasses import dataclass, field

from environs import Env, validate

from service_kit.kafka.security import KafkaSecurity, read_kafka_security


@dataclass(frozen=True)
class Settings:
    database_url: str
    kafka_bootstrap_servers: list[str]
    encounter_topic: str
    health_bind: str  # host:port
    distance_m: float
    min_probability: float
    lateness_s: float
    quiet_s: float
    kafka_security: KafkaSecurity = field(default_factory=KafkaSecurity)


def read(env: Env) -> Settings:
    return Settings(
        database_url=env.str("DATABASE_URL"),
        kafka_bootstrap_servers=env.list("KAFKA_BOOTSTRAP_SERVERS"),
        encounter_topic=env.str("ENCOUNTER_TOPIC", "encounter"),
        health_bind=env.str("HEALTH_BIND", "127.0.0.1:30007"),
        distance_m=env.float("CONNECTIVITY_DISTANCE_M", 5.0, validate=validate.Range(0, min_inclusive=False)),
        min_probability=env.float("CONNECTIVITY_MIN_PROBABILITY", 0.5, validate=validate.Range(0.1, 1)),
        lateness_s=env.float("LATENESS_S", 300.0, validate=validate.Range(0)),
        quiet_s=env.float("QUIET_S", 10.0, validate=validate.Range(0)),
        kafka_security=read_kafka_security(env),
    )
