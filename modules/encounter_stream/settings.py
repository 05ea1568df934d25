"""What the environment may say: the table is in README.md."""

from dataclasses import dataclass, field

from environs import Env, validate

from service_kit.access.settings import AccessSettings, read_access
from service_kit.kafka.security import KafkaSecurity, read_kafka_security
from service_kit.rpc.peer import Peer, read_peer
from service_kit.settings import readable_file


@dataclass(frozen=True)
class Settings:
    http_bind: str
    metrics_bind: str
    kafka_bootstrap_servers: list[str]
    encounter_topic: str
    person_service: Peer
    person_service_token_file: str  # empty: it asks for none
    held_s: float
    held_max_events: int
    listeners_max: int
    listeners_per_caller: int
    heartbeat_s: float
    shutdown_grace_s: float
    access: AccessSettings
    kafka_security: KafkaSecurity = field(default_factory=KafkaSecurity)


def read(env: Env) -> Settings:
    http_bind = env.str("HTTP_BIND", "127.0.0.1:30010")
    return Settings(
        http_bind=http_bind,
        metrics_bind=env.str("METRICS_BIND", "127.0.0.1:30011"),
        kafka_bootstrap_servers=env.list("KAFKA_BOOTSTRAP_SERVERS"),
        encounter_topic=env.str("ENCOUNTER_TOPIC", "encounter"),
        person_service=read_peer(env, "PERSON_SERVICE"),
        person_service_token_file=env.str("PERSON_SERVICE_TOKEN_FILE", "", validate=readable_file),
        held_s=env.float("HELD_S", 3600.0, validate=validate.Range(min=60)),
        held_max_events=env.int("HELD_MAX_EVENTS", 200_000, validate=validate.Range(min=100)),
        listeners_max=env.int("LISTENERS_MAX", 1_000, validate=validate.Range(min=1)),
        listeners_per_caller=env.int("LISTENERS_PER_CALLER", 10, validate=validate.Range(min=1)),
        heartbeat_s=env.float("HEARTBEAT_S", 15.0, validate=validate.Range(min=0.1)),
        shutdown_grace_s=env.float("SHUTDOWN_GRACE_S", 5.0, validate=validate.Range(min=0)),
        access=read_access(env, {"HTTP_BIND": http_bind}),
        kafka_security=read_kafka_security(env),
    )
