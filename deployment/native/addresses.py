"""The addresses of a running system, the content of run.env: all that services and tests need to find each other."""

import os
import secrets
import shlex
from pathlib import Path

from dotenv import dotenv_values

from deployment.native.folders import DataFolder
from deployment.native.ports import HOST

ROLES = (
    "postgres",
    "udaconnect",
    "person_service",
    "location_consumer",
    "meeting_finder",
    "connection_service",
    "retention",
)
DATABASE = "udaconnect"

NAMES = (
    "PERSON_URL",
    "CONNECTION_URL",
    "FRONTEND_URL",
    "PHONE_URL",
    "PHONE_HEALTH_URL",
    "STREAM_URL",
    "STREAM_HEALTH_URL",
    "LOCATION_PRODUCER_URL",
    "LOCATION_CONSUMER_URL",
    "MEETING_FINDER_URL",
    "LOCATION_GRPC",
    "PERSON_GRPC",
    "KAFKA_BOOTSTRAP_SERVERS",
    "DATABASE_URL",
    "PERSON_SERVICE_DATABASE_URL",
    "LOCATION_CONSUMER_DATABASE_URL",
    "MEETING_FINDER_DATABASE_URL",
    "CONNECTION_SERVICE_DATABASE_URL",
    "RETENTION_DATABASE_URL",
    "SUPERUSER_DATABASE_URL",
)


def addresses(ports: dict[str, int], passwords: dict[str, str]) -> dict[str, str]:
    def database_url(role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{passwords[role]}@{HOST}:{ports['postgresql']}/{database}"

    return {
        "PERSON_URL": f"http://{HOST}:{ports['person_rest']}",
        "CONNECTION_URL": f"http://{HOST}:{ports['connection_rest']}",
        "FRONTEND_URL": f"http://{HOST}:{ports['frontend']}",
        "PHONE_URL": f"http://{HOST}:{ports['phone_http']}",
        "PHONE_HEALTH_URL": f"http://{HOST}:{ports['phone_health']}",
        "STREAM_URL": f"http://{HOST}:{ports['stream_http']}",
        "STREAM_HEALTH_URL": f"http://{HOST}:{ports['stream_health']}",
        "LOCATION_PRODUCER_URL": f"http://{HOST}:{ports['producer_metrics']}",
        "LOCATION_CONSUMER_URL": f"http://{HOST}:{ports['consumer_health']}",
        "MEETING_FINDER_URL": f"http://{HOST}:{ports['finder_health']}",
        "LOCATION_GRPC": f"{HOST}:{ports['location_grpc']}",
        "PERSON_GRPC": f"{HOST}:{ports['person_grpc']}",
        "KAFKA_BOOTSTRAP_SERVERS": f"{HOST}:{ports['kafka']}",
        "DATABASE_URL": database_url("udaconnect"),
        "PERSON_SERVICE_DATABASE_URL": database_url("person_service"),
        "LOCATION_CONSUMER_DATABASE_URL": database_url("location_consumer"),
        "MEETING_FINDER_DATABASE_URL": database_url("meeting_finder"),
        "CONNECTION_SERVICE_DATABASE_URL": database_url("connection_service"),
        "RETENTION_DATABASE_URL": database_url("retention"),
        "SUPERUSER_DATABASE_URL": database_url("postgres"),
    }


def addresses_of_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in NAMES}


def passwords_of(folder: DataFolder) -> dict[str, str]:
    """The password of every database role, made once for a data folder; of a role that is new to it, now."""
    known = read_env(folder.passwords) if folder.passwords.exists() else {}
    if set(ROLES) - set(known):
        write_env(folder.passwords, {role: secrets.token_urlsafe(24) for role in ROLES} | known)
    return read_env(folder.passwords)


def read_env(path: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}


def write_env(path: Path, values: dict[str, str]) -> None:
    """Write a file in shell form that appears at once and whole, readable by its owner alone."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))
    draft.replace(path)
