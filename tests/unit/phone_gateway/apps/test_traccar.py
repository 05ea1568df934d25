"""The JSON of Traccar Client from version 9 on."""

import json

import pytest

from phone_gateway.apps.fixes import Fix
from phone_gateway.apps.traccar import device_id, read
from tests.unit.phone_gateway.apps.reading import NOW_S, NOW_US, request

SECRET = "5ecre7"  # noqa: S105  of nobody
LOCATION = {
    "timestamp": "2026-03-02T09:00:00.000Z",
    "coords": {
        "latitude": 52.52,
        "longitude": 13.405,
        "accuracy": 14.2,
        "speed": 0.4,
        "heading": -1,
        "altitude": 34.1,
    },
    "is_moving": True,
    "odometer": 1234.5,
    "event": "motionchange",
    "battery": {"level": 0.81, "is_charging": False},
    "activity": {"type": "walking"},
    "extras": {},
    "_": f"&id={SECRET}&lat=52.52&lon=13.405&timestamp=2026-03-02T09:00:00.000Z&",
}
FIX = Fix(52.52, 13.405, NOW_US, 14.2)


def body(location: object) -> bytes:
    return json.dumps({"location": location, "device_id": SECRET}).encode()


def test_one_location_or_a_list() -> None:
    assert read(request(body(LOCATION))) == ([FIX], [])
    assert read(request(body([LOCATION, LOCATION]))) == ([FIX, FIX], [])


def test_its_device_is_known_by_what_it_carries() -> None:
    assert device_id(request(body(LOCATION))) == SECRET
    assert device_id(request(query=f"id={SECRET}&lat=1&lon=2")) == SECRET
    assert device_id(request(f"deviceid={SECRET}&lat=1&lon=2".encode(), content_type="")) == SECRET
    for nothing in (b"{", b"[]", b'{"device_id": 7}', b""):
        assert device_id(request(nothing)) is None


def test_the_form_of_older_ones_still() -> None:
    assert read(request(query=f"id={SECRET}&lat=52.52&lon=13.405&timestamp={NOW_S}&accuracy=14.2")).fixes == [FIX]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (None, "no_place"),
        ({}, "no_place"),
        ({**LOCATION, "coords": None}, "no_place"),
        ({**LOCATION, "coords": {"latitude": 0, "longitude": 0}}, "no_fix"),
        ({**LOCATION, "timestamp": None}, "no_time"),
    ],
)
def test_what_is_no_fix_says_why_and_the_good_ones_beside_it_are_read(location: object, reason: str) -> None:
    report = read(request(body([location, LOCATION])))
    assert report.fixes == [FIX]
    assert [refusal.reason for refusal in report.refusals] == [reason]
