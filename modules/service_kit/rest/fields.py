"""marshmallow fields of strict types, whose reasons a person can act upon.

Those named Query… read the text of a query string, which knows no other type.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, missing, validate

from service_kit.errors import InvalidInput
from service_kit.rest.cursor import decode_cursor

Data = Mapping[str, Any] | None

NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")
INVISIBLE = (
    # Controls; soft hyphen; marks, embeddings and isolates of direction; zero width but for the two joiners, which are
    # part of names in India and Iran; invisible operators; byte order mark; annotations; tags
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
UNSEEN = re.compile(f"[{INVISIBLE}]")
# Parts of words that show nothing by themselves: the two joiners, the fillers of Hangul, the blank of Braille.
BLANK = r"\u200c\u200d\u115f\u1160\u2800\u3164\uffa0"
SEEN = re.compile(rf"[^\s{INVISIBLE}{BLANK}]")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
SHOWN_CHARACTERS = 40


class Text(fields.String):
    """Text of `shortest` to `longest` characters, counted without the white space around it, which is dropped.

    Where it may not be empty it is a name, and shown: what cannot be seen, or steers a terminal, is not taken.
    PostgreSQL stores no NUL, and UTF-8 no lone surrogate, so that neither is taken anywhere.
    """

    default_error_messages = {  # noqa: RUF012  marshmallow's form
        "invalid": "must be a text",
        "unseen": "must not contain control or invisible characters",
        "unstorable": "must not contain NUL characters or lone surrogates",
    }

    def __init__(
        self,
        *,
        longest: int,
        shortest: int = 0,
        required: bool = False,
        load_default: object = missing,
        description: str = "",
    ) -> None:
        super().__init__(
            required=required,
            load_default=load_default,
            validate=validate.Length(
                shortest, longest, error=f"must have {shortest} to {longest:,} characters besides white space around it"
            ),
            metadata={
                **({"description": description} if description else {}),
                "pattern": rf"^([^{INVISIBLE}]*{SEEN.pattern}[^{INVISIBLE}]*)$" if shortest else r"^[^\u0000]*$",
            },
        )
        self._is_name = shortest > 0

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> str:
        text = super()._deserialize(value, attr, data, **more)
        if NUL_OR_SURROGATE.search(text):
            raise self.make_error("unstorable")
        text = text.strip()
        if self._is_name and (UNSEEN.search(text) or (text and not SEEN.search(text))):
            raise self.make_error("unseen")
        return text


class Instant(fields.AwareDateTime):
    """An instant in an answer: RFC 3339 in UTC, with Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **more: object) -> str | None:
        if value is None:
            return None
        text = super()._serialize(value.astimezone(UTC), attr, obj, **more)
        return str(text).replace("+00:00", "Z")


class Flag(fields.Boolean):
    """true or false of JSON, and nothing else that may mean it."""

    default_error_messages = {"invalid": "must be true or false"}  # noqa: RUF012  marshmallow's form

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> bool:
        del attr, data, more
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class QueryInteger(fields.Integer):
    """A whole number."""

    default_error_messages = {"invalid": "must be a whole number, is {input}"}  # noqa: RUF012  marshmallow's form

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> int:
        if not WHOLE_NUMBER.fullmatch(str(value)):
            raise self.make_error("invalid", input=shown(str(value)))
        return super()._deserialize(value, attr, data, **more)


class QueryNumber(fields.Float):
    """A finite number."""

    default_error_messages = {"invalid": "must be a number, is {input}"}  # noqa: RUF012  marshmallow's form

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> float:
        if not NUMBER.fullmatch(str(value)) or not math.isfinite(float(str(value))):
            raise self.make_error("invalid", input=shown(str(value)))
        return super()._deserialize(value, attr, data, **more)


class QueryCursor(fields.Field[tuple[int, ...] | None]):
    """The cursor of a page: a key of `length` whole numbers, None for the first page. Swagger sees a string."""

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(
            load_default=None,
            metadata={
                "type": "string",
                "pattern": "^[A-Za-z0-9_-]+$",
                "description": "Where the page starts: taken from the Link header of the page before.",
            },
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> tuple[int, ...]:
        del attr, data
        try:
            return decode_cursor(str(value), self.length)
        except InvalidInput as error:
            raise ValidationError([violation.reason for violation in error.violations]) from error


def between(lowest: float, highest: float) -> validate.Range:
    """Both ends belong to the range."""
    return validate.Range(lowest, highest, error="must be between {min} and {max}, is {input}")


def shown(text: str) -> str:
    """Repeat what the caller sent, within reason and in characters that can be sent back."""
    safe = text.encode("utf-8", "backslashreplace").decode()
    return safe if len(safe) <= SHOWN_CHARACTERS else f"{safe[:SHOWN_CHARACTERS]}…"
