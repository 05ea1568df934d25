"""What an app sent, as its reader needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from phone_gateway.apps.fixes import NoFixError, Refusal

FIELDS_MAX: Final = 200
ORIGINAL_MAX_BYTES: Final = 4096
FORM: Final = "application/x-www-form-urlencoded"


class CannotReadError(Exception):
    """Nothing of it can be understood, though it may be good: the app should keep it. The text is for its user."""


@dataclass
class PhoneRequest:
    query: str
    body: bytes
    content_type: str
    now_us: int
    """When it came, microseconds since 1970."""

    corrected: int = field(default=0)
    """How many of its times had to be put right."""

    def put_right(self, told: tuple[int, bool]) -> int:
        """Count a time that `moment` has put right, and return it."""
        time_us, corrected = told
        self.corrected += corrected
        return time_us

    def parameters(self) -> dict[str, str]:
        """Of the query and, where it is a form, of the body, which wins."""
        return pairs(self.query) | (pairs(self.body.decode("utf-8", "replace")) if self.is_form else {})

    @property
    def is_form(self) -> bool:
        return bool(self.body) and (self.content_type.startswith(FORM) or self.body[:1] not in b"{[")

    @property
    def original(self) -> bytes:
        return self.body or self.query.encode()


def pairs(encoded: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(encoded, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError:  # more fields than any app sends
        return {}


def document(body: bytes) -> Any:  # noqa: ANN401  whatever JSON holds
    """The JSON in it, or a Refusal. NaN and Infinity, which JSON does not know, make it unreadable."""
    try:
        return orjson.loads(body)
    except ValueError:
        return Refusal("unreadable", "must be well-formed JSON in UTF-8", body[:ORIGINAL_MAX_BYTES])


def refused(error: NoFixError, original: Mapping[str, Any] | bytes) -> Refusal:
    kept = original if isinstance(original, bytes) else orjson.dumps(original)
    return Refusal(error.reason, str(error), kept[:ORIGINAL_MAX_BYTES])
