"""What person_service is told by its environment."""

from dataclasses import dataclass

from environs import Env, validate

from service_kit.access.settings import AccessSettings, read_access
from service_kit.rpc.tls import ServerTls, read_server_tls


@dataclass(frozen=True)
class Settings:
    database_url: str
    rest_bind: str
    grpc_bind: str
    phone_gateway_url: str
    workers: int
    threads: int
    access: AccessSettings
    tls: ServerTls


def settings_from(env: Env) -> Settings:
    rest_bind, grpc_bind = env.str("REST_BIND", "127.0.0.1:30001"), env.str("GRPC_BIND", "127.0.0.1:30004")
    return Settings(
        database_url=env.str("DATABASE_URL"),
        rest_bind=rest_bind,
        grpc_bind=grpc_bind,
        phone_gateway_url=env.str(
            "PHONE_GATEWAY_URL", "http://127.0.0.1:30008", validate=validate.URL(require_tld=False)
        ),
        workers=env.int("WEB_CONCURRENCY", 1),
        threads=env.int("THREADS", 8),
        access=read_access(env, {"REST_BIND": rest_bind, "GRPC_BIND": grpc_bind}),
        tls=read_server_tls(env),
    )
