"""Settings come from the environment: read once, validated, frozen, logged with their secrets blotted out."""

import re
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import structlog
from environs import Env, EnvError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")

log = structlog.get_logger()


def read_settings(read: Callable[[Env], Settings]) -> Settings:
    """Build a frozen settings object from the environment, and log it.

    `read` takes an environs.Env and returns the settings. A variable that is missing or malformed ends the process
    with a sentence that names it (SystemExit).
    """
    try:
        settings = read(Env())
    except EnvError as error:
        message = f"The configuration is incomplete or wrong: {error}"
        raise SystemExit(message) from error
    log.info("settings", **{field.name: redact(getattr(settings, field.name)) for field in fields(settings)})
    return settings


def redact(value: object) -> object:
    """Blot out the password of a URL; anything else is returned as it is."""
    return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:***@", value) if isinstance(value, str) else value
