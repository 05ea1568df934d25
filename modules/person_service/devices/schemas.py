"""What a device looks like over REST."""

from marshmallow import fields, validate

from person_service.devices.pairing import APPS
from person_service.schemas import NAME_MAX_CHARACTERS
from service_kit.rest.fields import Instant, Text
from service_kit.rest.schema import RestSchema


class NewDeviceSchema(RestSchema):
    name = Text(shortest=1, longest=NAME_MAX_CHARACTERS, required=True, description="What its owner calls it.")
    app = fields.String(
        required=True,
        validate=validate.OneOf(APPS, error="must be one of {choices}"),
        error_messages={"invalid": "must be a text"},
    )


class DeviceSchema(RestSchema):
    id = fields.Integer(required=True, metadata={"format": "int64", "minimum": 1})
    person_id = fields.Integer(required=True, metadata={"format": "int64", "minimum": 1})
    name = fields.String(required=True)
    app = fields.String(required=True)
    created_at = Instant(required=True)
    last_seen_at = Instant(required=True, allow_none=True)
    last_accuracy_m = fields.Float(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class SettingSchema(RestSchema):
    name = fields.String(required=True)
    value = fields.String(required=True)


class SetupSchema(RestSchema):
    url = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    qr = fields.String(required=True)
    fields_ = fields.List(fields.Nested(SettingSchema), required=True, data_key="fields", attribute="fields")


class PairedDeviceSchema(DeviceSchema):
    secret = fields.String(required=True)
    setup = fields.Nested(SetupSchema, required=True)
