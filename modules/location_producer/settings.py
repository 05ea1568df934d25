"""What the environment may say: the table is in README.md."""

from dataclasses import dataclass
from datetime import UTC, datetime

from environs import Env, ValidationError, validate

from location_producer.people.person_service import PersonServiceAddress, read_person_service
from service_kit.access.settings import AccessSettings, read_access
from service_kit.kafka.security import KafkaSecurity, read_kafka_security
from service_kit.rpc.tls import ServerTls, read_server_tls

MAX_MESSAGE_BYTES = 1024 * 1024
"""The largest request that gRPC lets in; 10,000 locations are half a megabyte."""


@dataclass(frozen=True)
class Settings:
    kafka_bootstrap_servers: list[str]
    location_topic: str
    consumer_group: str
    dead_letter_topic: str
    person_service: PersonServiceAddress
    grpc_bind: str
    metrics_bind: str
    earliest_creation_time: datetime
    location_retention_days: int  # 0: for ever
    delivery_timeout_ms: int
    batch_bytes: int
    in_flight_max_calls: int
    in_flight_max_bytes: int
    concurrent_rpcs_max: int
    caller_locations_per_s: float  # 0: no limit
    connection_age_s: float
    shutdown_grace_s: float
    kafka_security: KafkaSecurity
    access: AccessSettings
    tls: ServerTls


def read(env: Env) -> Settings:
    grpc_bind = env.str("GRPC_BIND", "127.0.0.1:30003")
    return Settings(
        kafka_bootstrap_servers=env.list("KAFKA_BOOTSTRAP_SERVERS"),
        location_topic=env.str("LOCATION_TOPIC", "location"),
        person_service=read_person_service(env),
        consumer_group=env.str("CONSUMER_GROUP", "location_consumer"),
        dead_letter_topic=env.str("DEAD_LETTER_TOPIC", "location.dead-letter"),
        grpc_bind=grpc_bind,
        metrics_bind=env.str("METRICS_BIND", "127.0.0.1:30006"),
        earliest_creation_time=env.datetime(
            "EARLIEST_CREATION_TIME", datetime(2015, 1, 1, tzinfo=UTC), validate=has_time_zone
        ),
        location_retention_days=env.int("LOCATION_RETENTION_DAYS", 0, validate=validate.Range(min=0)),
        delivery_timeout_ms=env.int("DELIVERY_TIMEOUT_MS", 10_000, validate=validate.Range(min=1000)),
        batch_bytes=env.int("BATCH_BYTES", 256 * 1024, validate=validate.Range(min=1)),
        in_flight_max_calls=env.int("IN_FLIGHT_MAX_CALLS", 2_000, validate=validate.Range(min=100)),
        in_flight_max_bytes=env.int(
            "IN_FLIGHT_MAX_BYTES", 32 * 1024 * 1024, validate=validate.Range(min=MAX_MESSAGE_BYTES)
        ),
        concurrent_rpcs_max=env.int("CONCURRENT_RPCS_MAX", 4_000, validate=validate.Range(min=1)),
        caller_locations_per_s=env.float("CALLER_LOCATIONS_PER_S", 50_000.0, validate=validate.Range(min=0)),
        connection_age_s=env.float("CONNECTION_AGE_S", 60.0, validate=validate.Range(min=1)),
        shutdown_grace_s=env.float("SHUTDOWN_GRACE_S", 15.0, validate=validate.Range(min=0)),
        kafka_security=read_kafka_security(env),
        access=read_access(env, {"GRPC_BIND": grpc_bind}),
        tls=read_server_tls(env),
    )


def has_time_zone(value: datetime) -> None:
    if value.tzinfo is None:
        raise ValidationError("must say its time zone, as in 2015-01-01T00:00:00Z")
