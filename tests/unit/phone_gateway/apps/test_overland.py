"""Overland's batches."""

import json
from typing import Any

import pytest

from phone_gateway.apps.fixes import Fix
from phone_gateway.apps.overland import read
from tests.unit.phone_gateway.apps.reading import NOW_US, request

FIX = Fix(52.52, 13.405, NOW_US, 5.0)


def feature(coordinates: object = (13.405, 52.52), **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": coordinates},
        "properties": {
            "timestamp": "2026-03-02T09:00:00Z",
            "altitude": 34,
            "speed": 1,
            "horizontal_accuracy": 5,
            "vertical_accuracy": -1,
            "motion": ["walking"],
            "battery_state": "unplugged",
            "battery_level": 0.81,
            "wifi": "home",
            "device_id": "device-3",
            **properties,
        },
    }


def body(*features: object) -> bytes:
    return json.dumps({"locations": features, "current": feature()}).encode()


def test_a_batch_with_the_longitude_first() -> None:
    assert read(request(body(*[feature()] * 200))) == ([FIX] * 200, [])


def test_a_time_with_an_offset_as_its_readme_shows_it() -> None:
    assert read(request(body(feature(timestamp="2026-03-02T02:00:00-0700")))).fixes == [FIX]


def test_an_empty_batch() -> None:
    assert read(request(body())) == ([], [])


def test_a_visit_is_no_location() -> None:
    visit = feature(action="visit", arrival_date="2026-03-02T08:00:00Z")
    assert read(request(body(visit, feature()))) == ([FIX], [])


def test_a_negative_accuracy_says_that_the_place_is_not_valid() -> None:
    report = read(request(body(feature(horizontal_accuracy=-1), feature())))
    assert report.fixes == [FIX]
    assert [refusal.reason for refusal in report.refusals] == ["no_fix"]


def test_an_accuracy_of_0_or_none_is_not_known() -> None:
    fixes = read(request(body(feature(horizontal_accuracy=0), feature(horizontal_accuracy=None)))).fixes
    assert [fix.accuracy_m for fix in fixes] == [None, None]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (7, "unreadable"),
        ({"type": "Feature"}, "no_place"),
        (feature([13.405]), "no_place"),
        (feature("13.405,52.52"), "no_place"),
        (feature([0, 0]), "no_fix"),
        (feature(timestamp=None), "no_time"),
    ],
)
def test_what_is_no_fix_says_why_and_the_batch_goes_on(wrong: object, reason: str) -> None:
    report = read(request(body(wrong, feature())))
    assert report.fixes == [FIX]
    assert [refusal.reason for refusal in report.refusals] == [reason]


@pytest.mark.parametrize("document", [b"{}", b"[]", b'{"locations": 7}', b"nonsense", b""])
def test_what_is_no_batch_is_kept_as_it_came(document: bytes) -> None:
    [refusal] = read(request(document)).refusals
    assert (refusal.reason, refusal.original) == ("unreadable", document)
