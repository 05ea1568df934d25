"""The environment of connection_service; what each variable means is said in README.md."""

from dataclasses import dataclass, field

from environs import Env, validate

from connection_service.people.person_service import PersonServiceAccess
from service_kit.access.settings import AccessSettings, read_access
from service_kit.settings import readable_file


@dataclass(frozen=True)
class Settings:
    database_url: str
    person_service_target: str  # host:port
    rest_bind: str  # host:port
    workers: int
    threads: int
    max_distance_m: float
    max_locations: int
    query_timeout_s: float
    person_service_access: PersonServiceAccess = field(default_factory=PersonServiceAccess)
    access: AccessSettings = field(default_factory=AccessSettings)


def settings_from(env: Env) -> Settings:
    rest_bind = env.str("REST_BIND", "127.0.0.1:30002")
    return Settings(
        database_url=env.str("DATABASE_URL"),
        person_service_target=env.str("PERSON_SERVICE_TARGET"),
        rest_bind=rest_bind,
        workers=env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1)),
        threads=env.int("THREADS", 8, validate=validate.Range(1)),
        # A search of the largest radius that can be set is 300 by 300 cells for each place of the track.
        max_distance_m=env.float("MAX_DISTANCE_M", 1000.0, validate=validate.Range(0, 20_000, min_inclusive=False)),
        max_locations=env.int("MAX_LOCATIONS", 1_000_000, validate=validate.Range(1)),
        query_timeout_s=env.float("QUERY_TIMEOUT_S", 10.0, validate=validate.Range(0, min_inclusive=False)),
        person_service_access=PersonServiceAccess(
            token_file=env.str("PERSON_SERVICE_TOKEN_FILE", ""),
            ca=env.str("PERSON_SERVICE_TLS_CA", "", validate=readable_file),
            cert=env.str("PERSON_SERVICE_TLS_CERT", "", validate=readable_file),
            key=env.str("PERSON_SERVICE_TLS_KEY", "", validate=readable_file),
            timeout_s=env.float("PERSON_SERVICE_TIMEOUT_S", 3.0, validate=validate.Range(0, min_inclusive=False)),
        ),
        access=read_access(env, {"REST_BIND": rest_bind}),
    )
