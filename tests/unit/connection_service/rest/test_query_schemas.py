from typing import Any

import pytest
from marshmallow import ValidationError

from connection_service.rest.query_schemas import ConnectionQuerySchema, MeetingQuerySchema, TrackQuerySchema
from proximity.instants import DAY_US, read_day

DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
FIRST_US = read_day("2026-03-02") or 0


def test_defaults_are_five_metres_ten_minutes_and_ten_thousand_rows() -> None:
    assert ConnectionQuerySchema().load(DAY) == {
        "start_us": FIRST_US,
        "end_us": FIRST_US + DAY_US - 1,
        "distance_m": 5.0,
        "window_us": 600_000_000,
        "include_possible": False,
        "interpolate": False,
        "by_distance": False,
        "limit": 10_000,
        "cursor": None,
    }


def test_a_range_of_instants_ends_at_the_instant() -> None:
    loaded = TrackQuerySchema().load({"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-02T00:00:00Z"})
    assert loaded == {"start_us": FIRST_US, "end_us": FIRST_US, "max_points": 10_000}


@pytest.mark.parametrize(
    ("given", "window_us"),
    [("0", 0), ("0.4", 400_000), ("any", None), ("1e300", 4 * 10**17), (".5", 500_000), ("600", 600_000_000)],
)
def test_time_window_is_in_seconds_with_fractions_or_any(given: str, window_us: int | None) -> None:
    assert ConnectionQuerySchema().load({**DAY, "time_window": given})["window_us"] == window_us


@pytest.mark.parametrize(
    ("given", "gap_us"),
    [
        ({}, 600_000_000),
        ({"time_window": "30"}, 30_000_000),
        ({"time_window": "any"}, 600_000_000),
        ({"time_window": "30", "gap": "5"}, 5_000_000),
        ({"time_window": "30", "gap": "any"}, None),
    ],
)
def test_gap_follows_time_window_unless_it_is_given(given: dict[str, str], gap_us: int | None) -> None:
    assert MeetingQuerySchema().load({**DAY, "method": "fixes", **given})["gap_us"] == gap_us


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"start_date": "2026-02-30"}, "start_date", "must be a date and time of the calendar, is 2026-02-30"),
        ({"end_date": "2026-03-02T25:00:00Z"}, "end_date", "must be a date and time of the calendar"),
        ({"start_date": "monday"}, "start_date", "must be a day such as 2026-03-02 or an instant such as"),
        ({"start_date": ""}, "start_date", "is empty"),
        ({"start_date": "2026-03-02T10:00:00"}, "start_date", "or an instant such as 2026-03-02T09:30:00Z"),
        ({"start_date": "2026-03-03"}, "start_date", "must not be after end_date"),
        ({"distance": "0"}, "distance", "must be greater than 0, is 0"),
        ({"distance": "-1"}, "distance", "must be greater than 0, is -1"),
        ({"distance": "five"}, "distance", "must be a number, is five"),
        ({"distance": "nan"}, "distance", "must be a number, is nan"),
        ({"distance": "inf"}, "distance", "must be a number, is inf"),
        ({"distance": "1e999"}, "distance", "must be a number, is 1e999"),
        ({"distance": "1_0"}, "distance", "must be a number, is 1_0"),
        ({"distance": ""}, "distance", "must be a number"),
        ({"time_window": "-0.1"}, "time_window", "must not be less than 0, is -0.1"),
        ({"time_window": "soon"}, "time_window", "must be a number"),
        ({"time_window": "nan"}, "time_window", "must be a number"),
        ({"gap": "-1"}, "gap", "must not be less than 0, is -1"),
        ({"min_duration": "any"}, "min_duration", "must be a number, is any"),
        ({"limit": "0"}, "limit", "must be between 1 and 10000, is 0"),
        ({"limit": "10001"}, "limit", "must be between 1 and 10000, is 10001"),
        ({"limit": "1.5"}, "limit", "must be a whole number, is 1.5"),
        ({"limit": "9" * 30}, "limit", "must be a whole number"),
        ({"colour": "red"}, "colour", "is not known here"),
        ({"interpolate": "yes"}, "interpolate", "must be true or false, is yes"),
        ({"include_possible": "1"}, "include_possible", "must be true or false, is 1"),
        (
            {"method": "fixes", "interpolate": "true", "time_window": "any"},
            "time_window",
            "must be a number of seconds where interpolate",
        ),
        ({"method": "best"}, "method", "must be estimate or fixes, is best"),
        ({"min_probability": "0.05"}, "min_probability", "must be between 0.1 and 1, is 0.05"),
        ({"min_probability": "1.1"}, "min_probability", "must be between 0.1 and 1, is 1.1"),
        ({"min_probability": "likely"}, "min_probability", "must be a number, is likely"),
        ({"gap": "any"}, "gap", "must be a number of seconds where the method is estimate, is any"),
    ],
)
def test_bad_input_names_the_field_and_the_reason(given: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MeetingQuerySchema().load({**DAY, **given})
    messages: dict[str, Any] = caught.value.messages_dict
    assert list(messages) == [field]
    assert reason in messages[field][0]


COMMON = {
    "start_us": FIRST_US,
    "end_us": FIRST_US + DAY_US - 1,
    "distance_m": 5.0,
    "min_duration_us": 0,
    "limit": 10_000,
    "cursor": None,
}


def test_by_default_meetings_are_estimated_half_likely_and_bridge_half_a_minute() -> None:
    expected = {"by_fixes": False, "gap_us": 30_000_000, "min_probability": 0.5}
    assert MeetingQuerySchema().load(DAY) == COMMON | expected
    assert MeetingQuerySchema().load({**DAY, "method": "estimate"}) == COMMON | expected
    given = {"gap": "5", "min_probability": "0.9"}
    assert MeetingQuerySchema().load({**DAY, **given}) == COMMON | expected | {
        "gap_us": 5_000_000,
        "min_probability": 0.9,
    }


def test_by_fixes_meetings_have_the_parameters_of_connection() -> None:
    assert MeetingQuerySchema().load({**DAY, "method": "fixes"}) == COMMON | {
        "by_fixes": True,
        "gap_us": 600_000_000,
        "window_us": 600_000_000,
        "include_possible": False,
        "interpolate": False,
    }


@pytest.mark.parametrize(
    ("given", "strange"),
    [
        ({"time_window": "600"}, ["time_window"]),
        ({"method": "estimate", "include_possible": "false"}, ["include_possible"]),
        ({"interpolate": "true", "time_window": "any"}, ["time_window", "interpolate"]),
        ({"method": "fixes", "min_probability": "0.5"}, ["min_probability"]),
        ({"method": "fixes", "min_probability": "0.5", "time_window": "5"}, ["min_probability"]),
    ],
)
def test_a_question_that_mixes_the_methods_is_told_which_parameters_do(
    given: dict[str, str], strange: list[str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        MeetingQuerySchema().load({**DAY, **given})
    messages: dict[str, Any] = caught.value.messages_dict
    assert sorted(messages) == sorted(strange)
    method, other = ("fixes", "estimate") if given.get("method") == "fixes" else ("estimate", "fixes")
    for name in strange:
        assert messages[name] == [f"belongs to method={other}, and the method is {method}"]


@pytest.mark.parametrize("field", ["start_date", "end_date"])
def test_the_range_must_be_given(field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ConnectionQuerySchema().load({name: day for name, day in DAY.items() if name != field})
    assert caught.value.messages_dict == {field: ["is missing"]}


@pytest.mark.parametrize("given", ["1", "0", "-5", "100001", "many"])
def test_a_track_has_at_least_its_two_ends(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TrackQuerySchema().load({**DAY, "max_points": given})
    assert list(caught.value.messages_dict) == ["max_points"]


def test_the_order_is_time_or_distance() -> None:
    assert ConnectionQuerySchema().load({**DAY, "order": "distance"})["by_distance"] is True
    assert ConnectionQuerySchema().load({**DAY, "order": "time"})["by_distance"] is False
    with pytest.raises(ValidationError) as caught:
        ConnectionQuerySchema().load({**DAY, "order": "name"})
    assert caught.value.messages_dict == {"order": ["must be time or distance, is name"]}
