"""marshmallow schemas with the manners of this API: no unknown fields, reasons a person can act upon.

A schema is said once: it reads the JSON body or the query string, writes the answer, and is the Swagger model.
"""

import json
from collections.abc import Iterator
from typing import Any

from flask import request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]  # it ships no types
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from service_kit.errors import InvalidInput, Violation
from service_kit.rest.fields import shown

REASONS = {"required": "is missing", "null": "must not be null"}


class RestSchema(Schema):
    """Base of every schema of a request or an answer."""

    error_messages = {"unknown": "is not known here", "type": "must be an object"}  # noqa: RUF012  marshmallow's form

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.error_messages = {**field_obj.error_messages, **REASONS}
        super().on_bind_field(field_name, field_obj)


def read_body(schema: Schema) -> dict[str, Any]:
    """Read the JSON body. Raises InvalidInput, or UnsupportedMediaType where it is not said to be JSON."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        document = json.loads(_body(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError, ParseException) as error:
        raise InvalidInput([("body", "must be well-formed JSON in UTF-8")]) from error
    return load(schema, document)


def read_query(schema: Schema) -> dict[str, Any]:
    """Read the query string. Raises InvalidInput."""
    repeated = [(shown(name), "must be given once") for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise InvalidInput(repeated)
    return load(schema, request.args.to_dict())


def _body() -> bytes:
    """Read the bytes. Raises RequestEntityTooLarge, or gunicorn's ParseException for chunks that are none."""
    body = request.get_data()
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(body) >= limit:
        raise RequestEntityTooLarge  # werkzeug cuts off a body that comes in chunks
    return body


def _refuse_constant(name: str) -> float:
    """Python's parser would take NaN and Infinity, which JSON does not know."""
    raise ValueError(f"{name} is not JSON")


def load(schema: Schema, document: Any) -> dict[str, Any]:  # noqa: ANN401  whatever JSON holds
    """Read a document. Raises InvalidInput with every violation."""
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise InvalidInput(list(_violations(error.messages))) from error
    return loaded


def _violations(messages: dict[Any, Any] | list[str], path: tuple[str, ...] = ()) -> Iterator[Violation]:
    """Flatten marshmallow's tree of messages; a field within another is written `outer.inner`."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from _violations(below, path if name == "_schema" else (*path, shown(str(name))))
    else:
        for reason in messages:
            yield Violation(".".join(path) or "body", reason)
