"""The environment of connection_service; what each variable means is said in README.md."""

from dataclasses import dataclass

from environs import Env, validate


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


def settings_from(env: Env) -> Settings:
    return Settings(
        database_url=env.str("DATABASE_URL"),
        person_service_target=env.str("PERSON_SERVICE_TARGET"),
        rest_bind=env.str("REST_BIND", "127.0.0.1:30002"),
        workers=env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1)),
        threads=env.int("THREADS", 8, validate=validate.Range(1)),
        # A cube of matching.py has at most 21 bits an axis, and a search of this radius is many cells already.
        max_distance_m=env.float("MAX_DISTANCE_M", 1000.0, validate=validate.Range(0, 20_000, min_inclusive=False)),
        max_locations=env.int("MAX_LOCATIONS", 1_000_000, validate=validate.Range(1)),
        query_timeout_s=env.float("QUERY_TIMEOUT_S", 10.0, validate=validate.Range(0, min_inclusive=False)),
    )
