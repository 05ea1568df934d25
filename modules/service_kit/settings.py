"""Settings come from the environment: read once, validated, frozen, logged with their secrets blotted out."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog
from environs import Env, EnvError, ValidationError

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
    log.info("settings", **shown(settings))
    return settings


def readable_file(path: str) -> None:
    """A validator of environs: a path, if given, must be that of a file that can be read."""
    try:
        if path:
            Path(path).read_bytes()
    except OSError as error:
        raise ValidationError(f"{path} cannot be read: {error.strerror}") from error


def shown(settings: "DataclassInstance") -> dict[str, object]:
    """What the log may hold of settings, and of settings within them."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return {
        name: shown(value) if is_dataclass(value) and not isinstance(value, type) else redact(value)
        for name, value in values.items()
    }


def redact(value: object) -> object:
    """Blot out the password of a URL; anything else is returned as it is."""
    return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:***@", value) if isinstance(value, str) else value
