"""The query strings of the resources: read into the fields of questions.py, and described for Swagger."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates_schema

from connection_service.search.questions import ConnectionQuestion, ContactQuestion, EncounterQuestion
from proximity.instants import DAY_US, SECOND_US, read_day, read_instant
from service_kit.rest.fields import QueryCursor, QueryInteger, QueryNumber, between, shown
from service_kit.rest.schema import RestSchema

MAX_ROWS: Final = 10_000
MAX_POINTS: Final = 100_000
DEFAULT_POINTS: Final = 10_000
DEFAULT_S: Final = 600
LONGEST_S: Final = 4e11  # more than the years 1 to 9999 have: any longer time means the same

# What instants.py reads, but for the calendar: a specification cannot say how long a month is.
A_DAY: Final = r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
A_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
DAY_OR_INSTANT: Final = rf"^{A_DAY}([Tt ]{A_TIME}:[0-5][0-9](\.[0-9]+)?([Zz]|[-+ ]{A_TIME}))?$"
NUMBER_OR_ANY: Final = r"^(any|[0-9]+(\.[0-9]+)?)$"

Data = Mapping[str, Any] | None


class DayOrInstant(fields.Field[int]):
    """Microseconds since 1970. As the end of a range, a day is its last microsecond."""

    default_error_messages = {  # noqa: RUF012  marshmallow's form
        "form": "must be a day such as 2026-03-02 or an instant such as 2026-03-02T09:30:00Z, is {input}",
        "impossible": "must be a date and time of the calendar, is {input}",
    }

    def __init__(self, *, data_key: str, description: str, is_end: bool = False) -> None:
        self.is_end = is_end
        super().__init__(
            data_key=data_key,
            required=True,
            metadata={"type": "string", "pattern": DAY_OR_INSTANT, "description": description},
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> int:
        del attr, data
        text = str(value)
        try:
            day = read_day(text)
            instant = read_instant(text) if day is None else day
        except ValueError as error:
            raise self.make_error("impossible", input=shown(text)) from error
        if instant is None:
            raise self.make_error("form", input=shown(text) or "empty")
        return instant if day is None or not self.is_end else day + DAY_US - 1


class Distance(QueryNumber):
    """Metres, more than 0."""

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> float:
        metres = super()._deserialize(value, attr, data, **more)
        if metres <= 0:
            raise ValidationError(f"must be greater than 0, is {shown(str(value))}")
        return metres


class Seconds(QueryNumber):
    """A length of time, 0 or more, in microseconds; None for `any` where that is allowed."""

    def __init__(self, *, data_key: str, description: str, or_any: bool = False, default: int | None = None) -> None:
        self.or_any = or_any
        metadata: dict[str, Any] = {"type": "number", "minimum": 0, "description": description}
        if or_any:
            metadata = {"type": "string", "pattern": NUMBER_OR_ANY, "description": description}
        if default is None:
            super().__init__(data_key=data_key, metadata=metadata)
        else:
            metadata["default"] = str(default) if or_any else default
            super().__init__(data_key=data_key, load_default=default * SECOND_US, metadata=metadata)

    # The base class gives a float.
    def _deserialize(  # type: ignore[override]
        self, value: object, attr: str | None, data: Data, **more: object
    ) -> int | None:
        if self.or_any and value == "any":
            return None
        seconds = super()._deserialize(value, attr, data, **more)
        if seconds < 0:
            raise ValidationError(f"must not be less than 0, is {shown(str(value))}")
        return round(min(seconds, LONGEST_S) * SECOND_US)


class Flag(fields.Field[bool]):
    """`true` or `false`; false where it is not given."""

    def __init__(self, description: str) -> None:
        super().__init__(load_default=False, metadata={"type": "boolean", "default": False, "description": description})

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> bool:
        del attr, data
        if value not in {"true", "false"}:
            raise ValidationError(f"must be true or false, is {shown(str(value))}")
        return value == "true"


class ByDistance(fields.Field[bool]):
    """`time` or `distance`."""

    def __init__(self) -> None:
        super().__init__(
            data_key="order",
            load_default=False,
            metadata={
                "type": "string",
                "enum": ["time", "distance"],
                "default": "time",
                "description": "By creation_time, or the nearest first; of equals by person.",
            },
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> bool:
        del attr, data
        if value not in {"time", "distance"}:
            raise ValidationError(f"must be time or distance, is {shown(str(value))}")
        return value == "distance"


class RangeSchema(RestSchema):
    start_us = DayOrInstant(data_key="start_date", description="First day, or RFC 3339 instant, of the range.")
    end_us = DayOrInstant(
        data_key="end_date", description="Last day, to its end, or last instant of the range.", is_end=True
    )

    @validates_schema
    def check_order(self, data: dict[str, Any], **_more: object) -> None:
        if data["start_us"] > data["end_us"]:
            raise ValidationError("must not be after end_date", "start_date")


class TrackQuerySchema(RangeSchema):
    max_points = QueryInteger(
        load_default=DEFAULT_POINTS,
        validate=between(2, MAX_POINTS),
        metadata={"description": "A longer track is simplified to this number of locations."},
    )


class SearchQuerySchema(RangeSchema):
    distance_m = Distance(
        data_key="distance",
        load_default=5.0,
        metadata={
            "minimum": 0,
            "exclusiveMinimum": True,
            "description": "Metres, more than 0, up to what the service allows (1000 unless configured).",
        },
    )
    window_us = Seconds(
        data_key="time_window",
        description="Seconds that the two locations may be apart, or `any`; with interpolate, that two successive ones"
        " of one person may be apart.",
        or_any=True,
        default=DEFAULT_S,
    )
    include_possible = Flag("Also what was near only if the accuracy of both locations is used up.")
    interpolate = Flag("Move both persons in straight lines between their locations; the closest approach counts.")
    limit = QueryInteger(
        load_default=MAX_ROWS, validate=between(1, MAX_ROWS), metadata={"description": "Rows on a page."}
    )

    @validates_schema
    def check_interpolate(self, data: dict[str, Any], **_more: object) -> None:
        if data["interpolate"] and data["window_us"] is None:
            raise ValidationError("must be a number of seconds where interpolate is true, is any", "time_window")


class ConnectionQuerySchema(SearchQuerySchema):
    by_distance = ByDistance()
    cursor = QueryCursor(length=ConnectionQuestion.key_length + 1)


class EncounterQuerySchema(SearchQuerySchema):
    gap_us = Seconds(
        data_key="gap",
        description="Most seconds between two locations of one meeting, or `any`. Default: time_window, 600 for any.",
        or_any=True,
    )
    min_duration_us = Seconds(
        data_key="min_duration", description="Seconds that a meeting must have lasted, at least.", default=0
    )
    cursor = QueryCursor(length=EncounterQuestion.key_length + 1)

    @post_load
    def default_gap(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        window_us = DEFAULT_S * SECOND_US if data["window_us"] is None else data["window_us"]
        return {"gap_us": window_us, **data}


class ContactQuerySchema(EncounterQuerySchema):
    cursor = QueryCursor(length=ContactQuestion.key_length + 1)
