"""What the resources answer: the source of the Swagger models. A test holds answers.py to it."""

from typing import Any

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
    def __init__(self, *, required: bool, of: str = "") -> None:
        super().__init__(
            required=required,
            validate=validate.OneOf(NAMES),
            metadata={
                "description": f"{of}certain: near wherever within their accuracy the two locations were; likely: near"
                " as reported; possible: near only if their accuracy is used up, shown with include_possible."
            },
        )


class StandardError(fields.Float):
    def __init__(self, description: str, *, required: bool = True) -> None:
        super().__init__(required=required, metadata={"description": f"{description} Metres, on one axis."})


class Probability(fields.Float):
    def __init__(self, description: str) -> None:
        super().__init__(
            required=False, validate=validate.Range(0, 1), metadata={"description": f"method=estimate: {description}"}
        )


class ConnectionSchema(Schema):
    location = fields.Nested(LocationSchema, required=True)
    person = fields.Nested(PersonSchema, required=True)
    distance_m = fields.Float(required=True, metadata={"description": "Metres to the nearest own location."})
    time_gap_s = fields.Float(
        required=True,
        metadata={"description": "Seconds between the two locations; with interpolate, to the closest approach."},
    )
    certainty = CertaintyField(required=True)


class PlaceSchema(Schema):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class EncounterSchema(Schema):
    """The answers of both methods; what belongs to one of them says so."""

    person = fields.Nested(PersonSchema, required=True)
    started_at = fields.String(required=True, metadata={"format": "date-time"})
    ended_at = fields.String(required=True, metadata={"format": "date-time"})
    duration_s = fields.Float(
        required=True, metadata={"description": "Seconds within the distance; method=fixes: from start to end."}
    )
    closest_m = fields.Float(required=True, metadata={"description": "Metres, when they were closest."})
    closest_sd_m = StandardError("method=estimate: the standard error of closest_m.", required=False)
    closest_at = fields.String(required=True, metadata={"format": "date-time"})
    place = fields.Nested(PlaceSchema, required=True, metadata={"description": "Where the other was then."})
    probability = Probability("how likely it is that they were within the distance, on average while it lasted.")
    fixes = fields.Integer(
        required=True, metadata={"description": "Locations of the other, meanwhile; method=fixes: the near ones."}
    )
    own_fixes = fields.Integer(metadata={"description": "method=estimate: own locations, meanwhile."})
    certainty = CertaintyField(required=False, of="method=fixes: ")


class SummarySchema(Schema):
    """Meetings with one other in one period."""

    period = fields.String(
        required=True, metadata={"description": "2026-03-02, 2026-W10 (ISO 8601) or 2026-03; days are those of UTC."}
    )
    first_day = fields.String(required=True, metadata={"format": "date", "description": "Of the period."})
    last_day = fields.String(required=True, metadata={"format": "date", "description": "Of the period."})
    person = fields.Nested(PersonSchema, required=True)
    encounters = fields.Integer(required=True, metadata={"description": "Meetings that have a moment in the period."})
    duration_s = fields.Float(required=True, metadata={"description": "Seconds within the distance in the period."})
    closest_m = fields.Float(required=True, metadata={"description": "Metres, when they were closest."})
    closest_sd_m = StandardError("The standard error of closest_m.")
    first_met_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "The first instant together in the period."}
    )
    last_met_at = fields.String(required=True, metadata={"format": "date-time", "description": "The last one."})


class EncounterOrSummarySchema(EncounterSchema, SummarySchema):
    """EncounterSchema, or with `summary` SummarySchema: Swagger 2.0 has no word for one of two."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = all(
            field_name in fields_of and fields_of[field_name].required
            for fields_of in (EncounterSchema().fields, SummarySchema().fields)
        )
        super().on_bind_field(field_name, field_obj)


class ContactSchema(Schema):
    """The answers of both methods; what belongs to one of them says so."""

    person = fields.Nested(PersonSchema, required=True)
    encounters = fields.Integer(required=True, metadata={"description": "How often the two met."})
    duration_s = fields.Float(required=True, metadata={"description": "Seconds together, of all meetings."})
    closest_m = fields.Float(required=True, metadata={"description": "Metres, when they were closest."})
    closest_sd_m = StandardError("method=estimate: the standard error of closest_m.", required=False)
    probability = Probability("that of the surest meeting.")
    first_met_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "When the first meeting began."}
    )
    last_met_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "When the last meeting ended."}
    )


class ViaSchema(Schema):
    person = fields.Nested(PersonSchema, required=True, metadata={"description": "The one in between."})
    own_duration_s = fields.Float(
        required=True, metadata={"description": "Seconds that the person asked about was with the one in between."}
    )
    other_duration_s = fields.Float(
        required=True, metadata={"description": "Seconds that the one in between was with the one to be introduced."}
    )


class IntroductionSchema(Schema):
    person = fields.Nested(PersonSchema, required=True)
    strength_s = fields.Float(
        required=True,
        metadata={
            "description": "Sum over those in between of the smaller one of own_duration_s and other_duration_s."
        },
    )
    via = fields.List(
        fields.Nested(ViaSchema), required=True, metadata={"description": "Those in between, the strongest first."}
    )


class GroupSchema(Schema):
    """Every two of the members were in a meeting all the time; nobody else was with all of them as long."""

    started_at = fields.String(required=True, metadata={"format": "date-time"})
    ended_at = fields.String(required=True, metadata={"format": "date-time"})
    duration_s = fields.Float(required=True, metadata={"description": "Seconds from start to end."})
    place = fields.Nested(PlaceSchema, required=True, metadata={"description": "Where two of them were closest."})
    members = fields.List(fields.Nested(PersonSchema), required=True, metadata={"description": "By id."})


class WayEndSchema(PlaceSchema):
    sd_m = StandardError("The standard error of the place.")


class WayPieceSchema(Schema):
    """Steady motion in a straight line. Where no piece is, nobody knows."""

    started_at = fields.String(required=True, metadata={"format": "date-time"})
    ended_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "started_at where a location stands alone."}
    )
    start = fields.Nested(WayEndSchema, required=True)
    end = fields.Nested(WayEndSchema, required=True)
    middle_sd_m = StandardError("The standard error half way: the larger, the less is known of what was in between.")
    is_stay = fields.Boolean(required=True, metadata={"description": "The person stayed where they were."})


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
