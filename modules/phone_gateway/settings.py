"""What the environment may say: the table is in README.md."""

import os
from dataclasses import dataclass
from typing import Final

from environs import Env, ValidationError, validate

from service_kit.access.settings import AccessSettings, read_access
from service_kit.rpc.peer import Peer, read_peer
from service_kit.settings import readable_file

BODY_MAX_BYTES: Final = 2 * 1024 * 1024
"""Overland's largest batch, 1,000 locations, is some 600 kB."""


@dataclass(frozen=True)
class Settings:
    http_bind: str
    metrics_bind: str
    location_producer: Peer
    person_service: Peer
    token_file: str  # empty: the services ask for none
    gather_ms: float
    answer_within_ms: int
    waiting_max_locations: int
    reading_max_bytes: int
    connections_max: int
    device_rate_limit: float  # requests a second; 0: no limit
    device_rate_limit_burst: int
    shutdown_grace_s: float
    file_max_bytes: int
    files_max_bytes: int  # of all that are under way
    files_folder: str  # empty: where this machine keeps what is temporary
    access: AccessSettings


def read(env: Env) -> Settings:
    rate_limit = env.float("DEVICE_RATE_LIMIT", 20.0, validate=validate.Range(min=0, max=1e6))
    http_bind = env.str("HTTP_BIND", "127.0.0.1:30008")
    file_max_bytes = env.int("FILE_MAX_BYTES", 256 << 20, validate=validate.Range(min=1024))
    return Settings(
        http_bind=http_bind,
        metrics_bind=env.str("METRICS_BIND", "127.0.0.1:30009"),
        location_producer=read_peer(env, "LOCATION_PRODUCER"),
        person_service=read_peer(env, "PERSON_SERVICE"),
        token_file=env.str("TOKEN_FILE", "", validate=readable_file),
        gather_ms=env.float("GATHER_MS", 10.0, validate=validate.Range(min=0, max=1000)),
        answer_within_ms=env.int("ANSWER_WITHIN_MS", 800, validate=validate.Range(min=100)),
        waiting_max_locations=env.int("WAITING_MAX_LOCATIONS", 20_000, validate=validate.Range(min=1000)),
        reading_max_bytes=env.int(
            "READING_MAX_BYTES", 16 * 1024 * 1024, validate=validate.Range(min=2 * BODY_MAX_BYTES)
        ),
        connections_max=env.int("CONNECTIONS_MAX", 10_000, validate=validate.Range(min=100)),
        device_rate_limit=rate_limit,
        device_rate_limit_burst=env.int("DEVICE_RATE_LIMIT_BURST", 2_000, validate=validate.Range(min=1)),
        shutdown_grace_s=env.float("SHUTDOWN_GRACE_S", 10.0, validate=validate.Range(min=0)),
        file_max_bytes=file_max_bytes,
        files_max_bytes=env.int("FILES_MAX_BYTES", 2 * file_max_bytes, validate=validate.Range(min=file_max_bytes)),
        files_folder=env.str("FILES_FOLDER", "", validate=writable_folder),
        access=read_access(env, {"HTTP_BIND": http_bind}),
    )


def writable_folder(path: str) -> None:
    """Raises ValidationError."""
    if path and not os.access(path, os.W_OK | os.X_OK):
        raise ValidationError(f"{path} is no folder that can be written to")
