"""Pages by key: a cursor holds the sort key of the last row, opaque to the caller; the next page starts after it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlencode

from flask import request

from service_kit.errors import InvalidInput

BIGINT = range(-(2**63), 2**63)


def encode_cursor(*key: int) -> str:
    return urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int, *, field: str = "cursor") -> tuple[int, ...]:
    """Give back the key of `length` whole numbers that a cursor was made of; each fits a bigint column.

    Raises InvalidInput naming `field` for anything that encode_cursor cannot have made.
    """
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        key = None
    if (
        not isinstance(key, list)
        or len(key) != length
        or any(type(value) is not int or value not in BIGINT for value in key)
        or encode_cursor(*key) != cursor
    ):
        raise InvalidInput([(field, "is not one that this service gave")])
    return tuple(key)


def next_page(cursor: str | None) -> dict[str, str]:
    """Make the Link header to the next page: this request's path and parameters with the new cursor. None: no page."""
    if cursor is None:
        return {}
    query = urlencode({**request.args.to_dict(), "cursor": cursor})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}
