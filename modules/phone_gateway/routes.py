"""Which app an address is for, how its device says who it is, and what the app wants to hear when all is well."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from phone_gateway.apps import overland, owntracks, query, traccar
from phone_gateway.apps.fixes import Report
from phone_gateway.apps.request import PhoneRequest
from service_kit.errors import NotAuthenticated

ROOT: Final = "/phone/"
JSON: Final = "application/json"
TEXT: Final = "text/plain"

SECRET_MAX_CHARACTERS: Final = 200


def nothing(_request: PhoneRequest) -> str | None:
    """Where an app has no such thing."""
    return None


@dataclass(frozen=True)
class App:
    name: str
    read: Callable[[PhoneRequest], Report]
    answer: bytes
    answer_type: str
    methods: frozenset[str] = frozenset({"POST"})
    own_secret: Callable[[PhoneRequest], str | None] = nothing
    """Where the app itself carries it, besides what every app may use: the path, the query, Basic and Bearer."""


ANY: Final = frozenset({"GET", "POST", "PUT"})

APPS: Final = {
    app.name: app
    for app in (
        App("owntracks", owntracks.read, owntracks.ANSWER, JSON),
        App("traccar", traccar.read, query.ANSWER, TEXT, ANY, traccar.device_id),
        App("overland", overland.read, overland.ANSWER, JSON),
        App("gpslogger", query.read, query.ANSWER, TEXT, ANY),
        App("osmand", query.read_osmand, query.ANSWER, TEXT, ANY),
    )
}


def app_of(path: str) -> tuple[App, str] | None:
    """The app of /phone/APP or /phone/APP/SECRET, and the secret ("": there is none in the path)."""
    if not path.startswith(ROOT):
        return None
    name, _, secret = path.removeprefix(ROOT).partition("/")
    app = APPS.get(name)
    return None if app is None or "/" in secret else (app, secret)


def secret_sha256(app: App, in_path: str, authorization: str | None, request: PhoneRequest) -> bytes:
    """Raises NotAuthenticated where there is none."""
    secret = in_path or of_header(authorization) or of_query(request.query) or app.own_secret(request)
    if not secret or len(secret) > SECRET_MAX_CHARACTERS:
        raise NotAuthenticated(
            "the device's secret is needed: as Basic or Bearer authorization, in the path, or as token=",
            token_given=bool(secret),
        )
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def of_header(authorization: str | None) -> str | None:
    """Of Basic it is the password, whatever the user."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return None


def of_query(encoded: str) -> str | None:
    if "token=" not in encoded:
        return None
    try:
        return dict(parse_qsl(encoded, max_num_fields=200)).get("token")
    except ValueError:
        return None
