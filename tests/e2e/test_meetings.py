"""From a gRPC call to the meeting that REST tells of, at ordinary and at awkward places."""

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.patience import PATIENCE_S

Place = tuple[float, float]
FIXES = {"method": "fixes"}
TOGETHER = pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param((52.52, 13.405), (52.52001, 13.405), id="a street"),
        pytest.param((-16.8, 179.99999), (-16.8, -179.99999), id="both sides of the 180° meridian"),
        pytest.param((-17.8, 180.0), (-17.8, -180.0), id="on the 180° meridian, written in two ways"),
        pytest.param((89.9, 20.0), (89.9, 20.005), id="89.9° N"),
        pytest.param((90.0, 0.0), (90.0, 137.0), id="the pole, where any longitude will do"),
    ],
)


@TOGETHER
def test_two_people_who_stand_together_have_met(system: Any, make_fix: Any, here: Place, there: Place) -> None:
    ada, bob = system.create_person("Ada", "Byron"), system.create_person("Bob", "Noyce")
    noon = system.fresh_week() + timedelta(hours=12)
    moments = [noon + timedelta(seconds=second) for second in range(0, 301, 10)]
    system.send([make_fix(ada, moment, *here, 2.0) for moment in moments])
    system.send([make_fix(bob, moment, *there, 2.0) for moment in moments])
    system.wait_until_consumed()

    for one, other in ((ada, bob), (bob, ada)):
        of_that_day = {"start_date": f"{noon:%Y-%m-%d}", "end_date": f"{noon:%Y-%m-%d}", "distance": 3}
        [meeting] = system.get(f"/api/persons/{one}/encounters", **of_that_day)
        assert meeting["person"]["id"] == other
        assert (meeting["started_at"], meeting["ended_at"]) == (
            f"{noon:%Y-%m-%d}T12:00:00Z",
            f"{noon:%Y-%m-%d}T12:05:00Z",
        )
        assert meeting["duration_s"] == 300
        assert meeting["closest_m"] < 2.2
        assert 0 < meeting["closest_sd_m"] < 2
        assert meeting["probability"] > 0.8
        assert meeting["fixes"] >= 30
        assert meeting["own_fixes"] >= 30
        [contact] = system.get(f"/api/persons/{one}/contacts", **of_that_day)
        assert (contact["person"]["id"], contact["encounters"], contact["duration_s"]) == (other, 1, 300)
        assert contact["probability"] == meeting["probability"]
        way = system.get(f"/api/persons/{one}/way", start_date=f"{noon:%Y-%m-%d}", end_date=f"{noon:%Y-%m-%d}")
        assert way[0]["started_at"] == meeting["started_at"]
        assert way[-1]["ended_at"] == meeting["ended_at"]
        assert all(piece["start"]["sd_m"] < 2 for piece in way)


def test_the_same_place_five_minutes_later_is_a_meeting_by_fixes_only(system: Any, make_fix: Any) -> None:
    ada, bob = system.create_person(), system.create_person()
    noon = system.fresh_week() + timedelta(hours=12)
    here, elsewhere = (52.52, 13.405), (52.53, 13.405)
    for person, first, second in ((ada, here, elsewhere), (bob, elsewhere, here)):
        moments = [noon + timedelta(seconds=second_) for second_ in range(0, 600, 10)]
        places = [first] * 30 + [second] * 30
        system.send([make_fix(person, at, *place, 2.0) for at, place in zip(moments, places, strict=True)])
    system.wait_until_consumed()
    of_that_day = {"start_date": f"{noon:%Y-%m-%d}", "end_date": f"{noon:%Y-%m-%d}"}
    assert system.get(f"/api/persons/{ada}/encounters", min_duration=1, **of_that_day) == []
    assert [row["person"]["id"] for row in system.get(f"/api/persons/{ada}/encounters", **FIXES, **of_that_day)] == [
        bob
    ]


@TOGETHER
def test_two_people_whose_fixes_are_near_have_met_by_fixes(
    system: Any, make_fix: Any, here: Place, there: Place
) -> None:
    ada, bob = system.create_person("Ada", "Byron"), system.create_person("Bob", "Noyce")
    noon = system.fresh_week() + timedelta(hours=12)
    fixes = []
    for minute in range(6):
        moment = noon + timedelta(minutes=minute)
        fixes += [make_fix(ada, moment, *here), make_fix(bob, moment, *there)]
    system.send(fixes)
    system.wait_until_consumed()

    for one, other in ((ada, bob), (bob, ada)):
        of_that_day = {"start_date": f"{noon:%Y-%m-%d}", "end_date": f"{noon:%Y-%m-%d}", "distance": 3}
        rows = system.get(f"/api/persons/{one}/connection", **of_that_day)
        assert [row["person"]["id"] for row in rows] == [other] * 6
        [meeting] = system.get(f"/api/persons/{one}/encounters", **FIXES, **of_that_day)
        assert meeting["person"]["id"] == other
        assert (meeting["started_at"], meeting["ended_at"]) == (
            f"{noon:%Y-%m-%d}T12:00:00Z",
            f"{noon:%Y-%m-%d}T12:05:00Z",
        )
        assert (meeting["duration_s"], meeting["fixes"]) == (300, 6)
        assert meeting["closest_m"] == min(row["distance_m"] for row in rows) < 3
        [contact] = system.get(f"/api/persons/{one}/contacts", **FIXES, **of_that_day)
        assert (contact["person"]["id"], contact["encounters"], contact["duration_s"]) == (other, 1, 300)
        [moving] = system.get(f"/api/persons/{one}/encounters", **FIXES, interpolate="true", **of_that_day)
        assert (moving["person"]["id"], moving["started_at"]) == (other, meeting["started_at"])


def test_the_same_place_on_another_day_is_no_meeting_unless_any_time_will_do(system: Any, make_fix: Any) -> None:
    ada, bob = system.create_person(), system.create_person()
    monday = system.fresh_week()
    system.send([make_fix(ada, monday, 1.0, 1.0), make_fix(bob, monday + timedelta(days=2), 1.0, 1.0)])
    system.wait_until_consumed()
    that_week = {"start_date": f"{monday:%Y-%m-%d}", "end_date": f"{monday + timedelta(days=6):%Y-%m-%d}"}
    assert system.get(f"/api/persons/{ada}/connection", **that_week) == []
    [row] = system.get(f"/api/persons/{ada}/connection", time_window="any", **that_week)
    assert (row["person"]["id"], row["time_gap_s"]) == (bob, 2 * 86_400)


def test_an_answer_tells_how_complete_it_is(
    system: Any, make_fix: Any, addresses: Mapping[str, str], poll_until: Any
) -> None:
    ada, noon = system.create_person(), system.fresh_week() + timedelta(hours=12)
    system.send([make_fix(ada, noon, 1.0, 1.0)])
    system.wait_until_consumed()
    week = {"start_date": "2016-01-01", "end_date": "2016-01-02"}

    def freshness() -> str:
        answer = requests.get(
            f"{addresses['CONNECTION_URL']}/api/persons/{ada}/encounters", params=week, timeout=PATIENCE_S
        )
        return answer.headers["Udaconnect-Freshness"]

    complete = re.compile(rf"newest=@{noon.timestamp():.0f}, lag=0, as_of=@(\d+)(, settled=@\d+)?")
    told = poll_until(lambda: complete.fullmatch(freshness()))
    assert abs(time.time() - int(told[1])) < PATIENCE_S


def test_a_location_becomes_visible_though_no_other_one_follows(system: Any, make_fix: Any, poll_until: Any) -> None:
    ada = system.create_person()
    moment = datetime.now(UTC)
    today = {"start_date": f"{moment:%Y-%m-%d}", "end_date": f"{moment:%Y-%m-%d}"}
    for second in range(5):
        system.send([make_fix(ada, moment - timedelta(seconds=second), 1.0, 1.0)])
        poll_until(lambda seen=second: len(system.get(f"/api/persons/{ada}/locations", **today)) > seen)
