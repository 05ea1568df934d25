"""What OwnTracks sends, by its booklet: locations are read, all else is understood and left."""

import json

import pytest

from phone_gateway.apps.fixes import Fix
from phone_gateway.apps.owntracks import read
from phone_gateway.apps.request import CannotReadError
from tests.unit.phone_gateway.apps.reading import NOW_S, NOW_US, ROLLOVER_S, request

LOCATION = {
    "_type": "location",
    "BSSID": "0:0:0:0:0:0",
    "acc": 14,
    "alt": 34,
    "batt": 81,
    "bs": 1,
    "conn": "w",
    "created_at": NOW_S + 3,
    "lat": 52.52,
    "lon": 13.405,
    "m": 2,
    "t": "u",
    "tid": "ad",
    "topic": "owntracks/device-3/device-3",
    "tst": NOW_S,
    "vac": 3,
    "vel": 4,
}


def body(**changed: object) -> bytes:
    return json.dumps({**LOCATION, **changed}).encode()


def test_a_location() -> None:
    report = read(request(body()))
    assert report.fixes == [Fix(52.52, 13.405, NOW_US, 14.0)]
    assert report.refusals == []


@pytest.mark.parametrize("unknown", [0, -1, None, "", "high"])
def test_an_accuracy_that_is_none_is_not_known(unknown: object) -> None:
    assert [fix.accuracy_m for fix in read(request(body(acc=unknown))).fixes] == [None]


def test_numbers_as_text() -> None:
    [fix] = read(request(body(lat="52.52", lon="13,405", tst=str(NOW_S), acc="14"))).fixes
    assert fix == Fix(52.52, 13.405, NOW_US, 14.0)


@pytest.mark.parametrize(
    "kind",
    [
        "transition",
        "waypoint",
        "waypoints",
        "lwt",
        "status",
        "steps",
        "beacon",
        "card",
        "cmd",
        "configuration",
        "request",
        "new",
    ],
)
def test_whatever_else_it_sends_is_no_location(kind: str) -> None:
    assert read(request(body(_type=kind))) == ([], [])


@pytest.mark.parametrize("empty", [b"", b"  \n"])
def test_the_empty_body_of_a_deleted_friend(empty: bytes) -> None:
    assert read(request(empty)) == ([], [])


def test_an_encrypted_payload_cannot_be_read_and_says_what_to_do() -> None:
    with pytest.raises(CannotReadError, match="encryption key"):
        read(request(b'{"_type": "encrypted", "data": "nGpx..."}'))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lat": 0, "lon": 0}, "no_fix"),
        ({"lat": None}, "no_place"),
        ({"lon": "east"}, "no_place"),
        ({"tst": None}, "no_time"),
        ({"tst": "soon"}, "no_time"),
    ],
)
def test_what_is_no_fix_says_why_without_the_place(changed: dict[str, object], reason: str) -> None:
    report = read(request(body(**changed)))
    [refusal] = report.refusals
    assert report.fixes == []
    assert refusal.reason == reason
    assert "13.4" not in refusal.detail
    assert json.loads(refusal.original)["_type"] == "location"


@pytest.mark.parametrize("nonsense", [b"{", b"\xff\xfe", b'{"lat": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_kept_as_it_came(nonsense: bytes) -> None:
    [refusal] = read(request(nonsense)).refusals
    assert (refusal.reason, refusal.original) == ("unreadable", nonsense[:4096])


@pytest.mark.parametrize("document", [b"null", b"7", b'"x"', b"[7, null, []]", b"{}"])
def test_json_that_is_no_message_of_its_is_left(document: bytes) -> None:
    assert read(request(document)) == ([], [])


@pytest.mark.parametrize("off_s", [-ROLLOVER_S, ROLLOVER_S])
def test_a_clock_that_is_1024_weeks_off_is_put_right(off_s: int) -> None:
    told = request(body(tst=NOW_S - 60 + off_s))
    [fix] = read(told).fixes
    assert fix.time_us == NOW_US - 60_000_000
    assert told.corrected == 1


def test_an_old_fix_keeps_its_time() -> None:
    told = request(body(tst=NOW_S - 5 * 3600))
    [fix] = read(told).fixes
    assert fix.time_us == NOW_US - 5 * 3600 * 1_000_000
    assert told.corrected == 0


def test_a_fix_that_is_1024_weeks_and_a_month_old_is_left_for_location_producer_to_refuse() -> None:
    [fix] = read(request(body(tst=NOW_S - ROLLOVER_S - 30 * 86_400))).fixes
    assert fix.time_us == NOW_US - (ROLLOVER_S + 30 * 86_400) * 1_000_000
