"""Requests for the readers of apps."""

from datetime import UTC, datetime

from phone_gateway.apps.request import PhoneRequest

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
NOW_US = NOW_S * 1_000_000
ROLLOVER_S = 1024 * 7 * 86_400


def request(body: bytes = b"", query: str = "", content_type: str = "application/json") -> PhoneRequest:
    return PhoneRequest(query, body, content_type, NOW_US)
