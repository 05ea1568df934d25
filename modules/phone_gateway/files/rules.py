"""Who may upload a file, and what is said with it."""

import re
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from granian.rsgi import Scope

from location_client.zones import UnknownZoneError, zone_called
from service_kit.access.rules import LOCATIONS_WRITE, Rule
from service_kit.errors import InvalidInput, Violation
from service_kit.rsgi.unacceptable import UnacceptableError

PATH: Final = re.compile(r"/api/persons/([1-9][0-9]{0,17})/files")
RULE: Final = Rule(LOCATIONS_WRITE, lambda person_id: [person_id])
TYPE: Final = "application/octet-stream"
NAME_MAX_CHARACTERS: Final = 255
FIELDS_MAX: Final = 20


class Upload(NamedTuple):
    """A file for a person: its name, the zone of times that name none (empty: UTC), and how many bytes are to come."""

    person_id: int
    name: str
    zone: str
    bytes: int


def person_of(path: str) -> int | None:
    """Whose files these are; None where it is no such path."""
    found = PATH.fullmatch(path)
    return int(found[1]) if found else None


def upload_of(person_id: int, scope: Scope, file_max_bytes: int) -> Upload:
    """Raises UnacceptableError, InvalidInput."""
    if scope.method != "POST":
        raise UnacceptableError(HTTPStatus.METHOD_NOT_ALLOWED, "a file is uploaded by POST", ("allow", "POST"))
    # A page of another origin can't send this type without asking first.
    if (scope.headers.get("content-type") or "").partition(";")[0].strip().lower() != TYPE:
        raise UnacceptableError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be the file, as {TYPE}")
    name, zone = said(scope.query_string)
    length = scope.headers.get("content-length") or ""
    if not (length.isascii() and length.isdecimal()):
        raise UnacceptableError(HTTPStatus.LENGTH_REQUIRED, "Content-Length must say how long the file is")
    if int(length) > file_max_bytes:
        raise UnacceptableError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a file may have {file_max_bytes:,} bytes at most; packed (.gz, .zip) it is smaller",
            ("connection", "close"),
        )
    return Upload(person_id, name, zone, int(length))


def said(query: str) -> tuple[str, str]:
    """Name and zone. Raises InvalidInput."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        pairs = []
    fields = dict(pairs)
    if len(fields) < len(pairs):
        given = [field for field, _ in pairs]
        raise InvalidInput([Violation(field, "must be given once") for field in fields if given.count(field) > 1])
    name, zone = fields.pop("name", "").rpartition("/")[2], fields.pop("zone", "")
    violations = [Violation(field, "is no parameter of this") for field in fields]
    if not name:
        violations.append(Violation("name", "must be the file's name: its end says what it is"))
    elif len(name) > NAME_MAX_CHARACTERS or not name.isprintable():
        violations.append(Violation("name", f"must be printable, and no longer than {NAME_MAX_CHARACTERS} characters"))
    try:
        zone_called(zone)
    except UnknownZoneError as error:
        violations.append(Violation("zone", str(error)))
    if violations:
        raise InvalidInput(violations)
    return name, zone
