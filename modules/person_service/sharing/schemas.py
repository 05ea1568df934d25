"""What pausing and forgetting look like over REST."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from service_kit.rest.fields import Flag, Instant
from service_kit.rest.schema import RestSchema

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
REASONS: dict[str, Any] = {
    "invalid": "must be an instant, as in 2026-03-02T09:00:00Z",
    "invalid_awareness": "must say its time zone, as in 2026-03-02T09:00:00Z",
}


def possible(value: datetime) -> None:
    if not EARLIEST <= value <= LATEST:
        raise ValidationError(f"must be between the years {EARLIEST.year} and {LATEST.year}")


class NewSharingSchema(RestSchema):
    paused = Flag(required=True)


class SharingSchema(RestSchema):
    paused_at = Instant(required=True, allow_none=True)


class NewForgottenSchema(RestSchema):
    started_at = Instant(required=True, validate=possible, error_messages=REASONS)
    ended_at = Instant(load_default=None, validate=possible, error_messages=REASONS)


class ForgottenSchema(RestSchema):
    started_at = Instant(required=True)
    ended_at = Instant(required=True)
    locations = fields.Integer(required=True, metadata={"minimum": 0})
