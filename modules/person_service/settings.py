"""What person_service is told by its environment."""

from dataclasses import dataclass

from environs import Env


@dataclass(frozen=True)
class Settings:
    database_url: str
    rest_bind: str
    grpc_bind: str
    workers: int
    threads: int


def settings_from(env: Env) -> Settings:
    return Settings(
        database_url=env.str("DATABASE_URL"),
        rest_bind=env.str("REST_BIND", "127.0.0.1:30001"),
        grpc_bind=env.str("GRPC_BIND", "127.0.0.1:30004"),
        workers=env.int("WEB_CONCURRENCY", 1),
        threads=env.int("THREADS", 8),
    )
