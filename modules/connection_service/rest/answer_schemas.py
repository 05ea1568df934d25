"""What the resources answer: the source of the Swagger models. A test holds answers.py to it."""

from marshmallow import Schema, fields, validate

from proximity.certainty import NAMES


class LocationSchema(Schema):
    person_id = fields.Integer(required=True)
    latitude = fields.Float(required=True, metadata={"description": "Degrees WGS 84."})
    longitude = fields.Float(required=True, metadata={"description": "Degrees WGS 84."})
    creation_time = fields.String(required=True, metadata={"format": "date-time"})
    accuracy_m = fields.Float(
        required=True, allow_none=True, metadata={"description": "Metres; null where the device did not say."}
    )


class PersonSchema(Schema):
    id = fields.Integer(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    company_name = fields.String(required=True)


class CertaintyField(fields.String):
    def __init__(self) -> None:
        super().__init__(
            required=True,
            validate=validate.OneOf(NAMES),
            metadata={
                "description": "certain: near wherever within their accuracy the two locations were; likely: near as"
                " reported; possible: near only if their accuracy is used up, shown with include_possible."
            },
        )


class ConnectionSchema(Schema):
    location = fields.Nested(LocationSchema, required=True)
    person = fields.Nested(PersonSchema, required=True)
    distance_m = fields.Float(required=True, metadata={"description": "Metres to the nearest own location."})
    time_gap_s = fields.Float(
        required=True,
        metadata={"description": "Seconds between the two locations; with interpolate, to the closest approach."},
    )
    certainty = CertaintyField()


class PlaceSchema(Schema):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class EncounterSchema(Schema):
    person = fields.Nested(PersonSchema, required=True)
    started_at = fields.String(required=True, metadata={"format": "date-time"})
    ended_at = fields.String(required=True, metadata={"format": "date-time"})
    duration_s = fields.Float(required=True)
    closest_m = fields.Float(required=True, metadata={"description": "Metres, when they were closest."})
    closest_at = fields.String(required=True, metadata={"format": "date-time"})
    place = fields.Nested(PlaceSchema, required=True, metadata={"description": "Where the other was then."})
    fixes = fields.Integer(required=True, metadata={"description": "Number of near locations of the other."})
    certainty = CertaintyField()


class ContactSchema(Schema):
    person = fields.Nested(PersonSchema, required=True)
    encounters = fields.Integer(required=True, metadata={"description": "How often the two met."})
    duration_s = fields.Float(required=True, metadata={"description": "Seconds together, of all meetings."})
    closest_m = fields.Float(required=True, metadata={"description": "Metres, when they were closest."})
    first_met_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "When the first meeting began."}
    )
    last_met_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "When the last meeting ended."}
    )


class PointSchema(Schema):
    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(fields.Float(), required=True, validate=validate.Length(equal=2))


class FeatureSchema(Schema):
    type = fields.String(required=True, validate=validate.Equal("Feature"))
    geometry = fields.Nested(PointSchema, required=True)
    properties = fields.Nested(LocationSchema(only=("person_id", "creation_time", "accuracy_m")), required=True)


class FeatureCollectionSchema(Schema):
    """RFC 7946: one point a location, so that nothing of it is lost and the 180° meridian cuts nothing."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    features = fields.List(fields.Nested(FeatureSchema), required=True)
