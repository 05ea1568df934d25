"""The query strings of the resources: read into the fields of questions.py, and described for Swagger."""

from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from connection_service.rest.query_fields import DayOrInstant, Distance, Either, Flag, Probability, Seconds, Word
from connection_service.search.questions import ConnectionQuestion, EncounterQuestion, GroupQuestion, WayQuestion
from proximity.instants import SECOND_US
from proximity.network.summaries import PERIODS
from service_kit.rest.fields import QueryCursor, QueryInteger, between
from service_kit.rest.schema import RestSchema

MAX_ROWS: Final = 10_000
MAX_POINTS: Final = 100_000
DEFAULT_POINTS: Final = 10_000
DEFAULT_S: Final = 600
DEFAULT_GAP_S: Final = 30
DEFAULT_PROBABILITY: Final = 0.5
MAX_INTRODUCTIONS: Final = 1000
MAX_GROUP_GAP_S: Final = 600  # shorter than a window: pairs_of_person.sql loads those beside


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


class PagedSchema(RangeSchema):
    limit = QueryInteger(
        load_default=MAX_ROWS, validate=between(1, MAX_ROWS), metadata={"description": "Rows on a page."}
    )


class WayQuerySchema(PagedSchema):
    cursor = QueryCursor(length=WayQuestion.key_length + 1)


class NearQuerySchema(PagedSchema):
    distance_m = Distance(
        data_key="distance",
        load_default=5.0,
        metadata={
            "minimum": 0,
            "exclusiveMinimum": True,
            "description": "Metres, more than 0, up to what the service allows (1000 unless configured).",
        },
    )


class ConnectionQuerySchema(NearQuerySchema):
    window_us = Seconds(
        data_key="time_window",
        description="Seconds that the two locations may be apart, or `any`; with interpolate, that two successive ones"
        " of one person may be apart.",
        or_any=True,
        default=DEFAULT_S,
    )
    include_possible = Flag("Also what was near only if the accuracy of both locations is used up.", default=False)
    interpolate = Flag(
        "Move both persons in straight lines between their locations; the closest approach counts.", default=False
    )
    by_distance = Either(
        "time", "distance", data_key="order", description="By creation_time, or the nearest first; of equals by person."
    )
    cursor = QueryCursor(length=ConnectionQuestion.key_length + 1)

    @validates_schema
    def check_interpolate(self, data: dict[str, Any], **_more: object) -> None:
        check_window(data)


class MeetingQuerySchema(NearQuerySchema):
    """Both methods' parameters; a question has those of one of them. No default shows which were given."""

    by_fixes = Either(
        "estimate",
        "fixes",
        data_key="method",
        description="Who was near at the same time, by the most likely ways of both; or whose locations were near.",
    )
    gap_us = Seconds(
        data_key="gap",
        description="Most seconds of an absence within one meeting (default: 30); method=fixes: between two locations"
        " of one meeting, or `any` (default: time_window, 600 for any).",
        or_any=True,
    )
    min_duration_us = Seconds(
        data_key="min_duration", description="Seconds that a meeting must have lasted, at least.", default=0
    )
    min_probability = Probability(
        "method=estimate: how likely it must be, at each moment of a meeting, that they were near. Default: 0.5."
    )
    window_us = Seconds(
        data_key="time_window",
        description="method=fixes: seconds that the two locations may be apart, or `any`; with interpolate, that two"
        " successive ones of one person may be apart. Default: 600.",
        or_any=True,
    )
    include_possible = Flag("method=fixes: also what was near only if the accuracy of both locations is used up.")
    interpolate = Flag(
        "method=fixes: move both persons in straight lines between their locations; the closest approach counts."
    )
    cursor = QueryCursor(length=EncounterQuestion.key_length + 1)

    @validates_schema
    def check_method(self, data: dict[str, Any], **_more: object) -> None:
        method, other = ("fixes", "estimate") if data["by_fixes"] else ("estimate", "fixes")
        strange = OF_ESTIMATE if data["by_fixes"] else OF_FIXES
        mixed = {
            self.fields[name].data_key or name: [f"belongs to method={other}, and the method is {method}"]
            for name in strange
            if name in data
        }
        if mixed:
            raise ValidationError(mixed)
        if data["by_fixes"]:
            check_window(OF_FIXES | data)
        elif data.get("gap_us", 0) is None:
            raise ValidationError("must be a number of seconds where the method is estimate, is any", "gap")

    @post_load
    def fill_in(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        if not data["by_fixes"]:
            return OF_ESTIMATE | {"gap_us": DEFAULT_GAP_S * SECOND_US} | data
        window_us = data.get("window_us", DEFAULT_S * SECOND_US)
        return OF_FIXES | {"gap_us": DEFAULT_S * SECOND_US if window_us is None else window_us} | data


class EncounterQuerySchema(MeetingQuerySchema):
    period = Word(
        PERIODS,
        data_key="summary",
        description="method=estimate: add up by other person and day, ISO week or month, in UTC.",
    )

    @validates_schema
    def check_summary(self, data: dict[str, Any], **_more: object) -> None:
        if data["by_fixes"] and "period" in data:
            raise ValidationError("belongs to method=estimate, and the method is fixes", "summary")


class IntroductionQuerySchema(RangeSchema):
    min_duration_us = Seconds(
        data_key="min_duration",
        description="Seconds that two must have been together, altogether, to count as having met.",
        default=0,
    )
    limit = QueryInteger(
        load_default=MAX_INTRODUCTIONS // 10,
        validate=between(1, MAX_INTRODUCTIONS),
        metadata={"description": "So many at most, the strongest."},
    )


class GroupQuerySchema(PagedSchema):
    min_people = QueryInteger(
        load_default=3, validate=between(2, MAX_ROWS), metadata={"description": "Members of a group, at least."}
    )
    min_duration_us = Seconds(
        data_key="min_duration", description="Seconds that all of them were together, at least.", default=60
    )
    gap_us = Seconds(
        data_key="gap",
        description=f"Most seconds of an absence within one meeting of two, up to {MAX_GROUP_GAP_S}.",
        default=DEFAULT_GAP_S,
    )
    person_id = QueryInteger(
        load_default=None,
        validate=between(1, 10**18 - 1),
        metadata={"description": "Only groups that this person was in. A token that is bound to a person implies it."},
    )
    cursor = QueryCursor(length=GroupQuestion.key_length + 1)

    @validates_schema
    def check_gap(self, data: dict[str, Any], **_more: object) -> None:
        if data["gap_us"] > MAX_GROUP_GAP_S * SECOND_US:
            raise ValidationError(f"must be at most {MAX_GROUP_GAP_S}", "gap")


# What only one method knows, and what it is where it is not given.
OF_FIXES: Final[dict[str, Any]] = {
    "window_us": DEFAULT_S * SECOND_US,
    "include_possible": False,
    "interpolate": False,
}
OF_ESTIMATE: Final[dict[str, Any]] = {"min_probability": DEFAULT_PROBABILITY}


def check_window(data: dict[str, Any]) -> None:
    if data["interpolate"] and data["window_us"] is None:
        raise ValidationError("must be a number of seconds where interpolate is true, is any", "time_window")
