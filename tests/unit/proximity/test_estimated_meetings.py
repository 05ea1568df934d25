"""Meetings by estimate: against the geodesic where fixes are exact, and the same however they are cut."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.circles import circles, reported_inside
from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, estimated_meetings, joined
from proximity.fixes import Fixes
from proximity.pairs.chance import rice
from proximity.ways import ways
from proximity.windows import WINDOW_US
from tests.unit.proximity.scenes import WGS84, Place, geodesic_m, go
from tests.unit.proximity.walks import SECOND, crowds, track

FRANKFURT = 50.1117, 8.6430
PLACES = [FRANKFURT, (0.0, 180.0), (89.9999, 12.0), (-90.0, 0.0), (64.0, -179.99999)]


def meetings(
    crowd: Fixes, distance_m: float = 2.0, bridge_us: int = 0, cuts: tuple[int, ...] = ()
) -> EstimatedMeetings:
    """Of person 1 with everybody else, asked in parts."""
    bounds = [int(crowd.time_us.min()), *cuts, int(crowd.time_us.max()) + 1]
    own, others = crowd.at(crowd.person_id == 1), crowd.at(crowd.person_id != 1)
    return joined(
        [
            joined(
                [estimated_meetings(ways(own, low, high), ways(others, low, high), own, others, distance_m, 0.5)],
                bridge_us,
            )
            for low, high in itertools.pairwise(bounds)
        ],
        bridge_us,
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("distance_m", [0.5, 2.0, 50.0])
def test_exact_fixes_give_the_geodesic_answer(place: Place, distance_m: float) -> None:
    """One stands, the other walks by: the moments at which a geodesic library sees the distance crossed."""
    start, end = go(place, 30.0, 78.0), go(place, 210.0 + 0.4 * distance_m, 78.0)
    standing = track(1, [(0, place), (120, place)], interval_s=1.0, accuracy_m=0.05)
    walking = track(2, [(0, start), (120, end)], interval_s=0.4, accuracy_m=0.05)
    met = meetings(Fixes.concatenate([standing, walking]), distance_m)
    azimuth, _, metres = WGS84.inv(start[1], start[0], end[1], end[0])

    def apart_m(at_s: float) -> float:
        return geodesic_m(go(start, azimuth, metres * at_s / 120), place)

    closest_s = min(np.arange(59, 61, 0.001), key=apart_m)
    assert met.size == 1
    assert met.started_us[0] / SECOND == pytest.approx(crossing(apart_m, distance_m, 0, closest_s), abs=0.002)
    assert met.ended_us[0] / SECOND == pytest.approx(crossing(apart_m, distance_m, 120, closest_s), abs=0.002)
    assert met.closest_m[0] == pytest.approx(apart_m(closest_s), abs=0.001)
    assert met.closest_us[0] / SECOND == pytest.approx(closest_s, abs=0.1)
    assert met.probability[0] > 0.99
    assert geodesic_m((met.latitude[0], met.longitude[0]), place) == pytest.approx(met.closest_m[0], abs=1e-5)


def crossing(apart_m: Callable[[float], float], distance_m: float, outside_s: float, inside_s: float) -> float:
    for _ in range(40):
        half = (outside_s + inside_s) / 2
        outside_s, inside_s = (outside_s, half) if apart_m(half) <= distance_m else (half, inside_s)
    return inside_s


@given(crowds(), st.data())
@settings(max_examples=20, deadline=None)
def test_windows_joined_bit_by_bit_are_windows_joined_at_once(crowd: Fixes, data: st.DataObject) -> None:
    last = int(crowd.time_us.max()) // WINDOW_US
    first = int(crowd.time_us.min()) // WINDOW_US + 1
    numbers = data.draw(st.sets(st.integers(first, last))) if first <= last else set()
    cuts = tuple(sorted(number * WINDOW_US for number in numbers if number * WINDOW_US > crowd.time_us.min()))
    distance_m, bridge_us = data.draw(st.sampled_from([1.0, 5.0, 30.0])), data.draw(st.sampled_from([0, 30 * SECOND]))
    whole, parts = (meetings(crowd, distance_m, bridge_us, cut) for cut in ((), cuts))
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one, other)


@given(crowds(most=2))
@settings(max_examples=20, deadline=None)
def test_the_other_sees_the_same_meetings(crowd: Fixes) -> None:
    seen = meetings(crowd, 5.0)
    swapped = crowd._replace(person_id=3 - crowd.person_id)
    of_other = meetings(swapped.at(np.lexsort((swapped.time_us, swapped.person_id))), 5.0)
    for column in ("started_us", "ended_us", "duration_us", "chance_ns", "closest_us", "closest_m"):
        assert np.allclose(getattr(seen, column), getattr(of_other, column), rtol=1e-9, atol=2)


def test_two_who_talk_meet_and_two_who_pass_do_not_for_long() -> None:
    there = go(FRANKFURT, 90.0, 1.0)
    crowd = Fixes.concatenate(
        [
            track(1, [(0, FRANKFURT), (1200, FRANKFURT)], off_m=2.0, seed=1),
            track(2, [(0, there), (1200, there)], off_m=2.0, seed=2),
            track(3, [(0, go(there, 0.0, -780)), (1200, go(there, 0.0, 780))], off_m=2.0, seed=3),
        ]
    )
    met = meetings(crowd, 2.0, 30 * SECOND)
    talked = met.at(met.person_id == 2)
    assert talked.duration_us.sum() > 1150 * SECOND
    assert talked.probability[0] > 0.8
    assert abs(talked.closest_m[0] - 1.0) < 3 * talked.closest_sd_m[0]
    assert talked.own_fixes.sum() == pytest.approx(120, abs=3)
    assert met.at(met.person_id == 3).duration_us.sum() < 20 * SECOND


def test_the_closest_of_a_meeting_may_be_in_passing_but_not_where_hardly_anything_is_known() -> None:
    """A talk, how one came by, and a walk of which there were few fixes."""
    talk, came, unsure = (1.5, 0.2), (0.6, 1.6), (0.3, 3.0)
    closest_m, closest_sd_m = np.array([came, talk, unsure]).T
    number = np.arange(3)
    parts = NO_MEETINGS._replace(closest_m=closest_m, closest_sd_m=closest_sd_m, closest_us=number)
    same: dict[str, Any] = {name: np.ones(3, np.int64) for name in parts._fields if not name.startswith("closest")}
    parts = parts._replace(**same)._replace(started_us=number, ended_us=number + 1)
    met = joined([parts], SECOND)
    assert (met.closest_m.tolist(), met.closest_sd_m.tolist(), met.closest_us.tolist()) == ([0.6], [1.6], [0])
    assert joined([parts.at(number[1:])], SECOND).closest_m.tolist() == [1.5]


def test_two_who_walk_together_meet() -> None:
    one = [(0.0, FRANKFURT), (300.0, go(FRANKFURT, 70.0, 390.0))]
    other = [(time, go(place, 160.0, 0.8)) for time, place in one]
    crowd = Fixes.concatenate([track(1, one, off_m=1.0, seed=1), track(2, other, off_m=1.0, seed=2)])
    assert meetings(crowd, 2.0, 30 * SECOND).duration_us.sum() > 250 * SECOND


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("off_m", [0.5, 2.0, 4.0])
def test_whoever_is_met_has_reported_from_where_the_search_looks(place: Place, off_m: float) -> None:
    there, gone = go(place, 90.0, 1.0), go(place, 0.0, 400.0)
    own = track(1, [(0, place), (300, place), (600, gone)], off_m=off_m, accuracy_m=1.51 * off_m)
    others = track(2, [(0, there), (300, there), (600, go(gone, 90, 1.0))], off_m=off_m, seed=2)
    seen = others.at(reported_inside(circles(ways(own, 0, 600 * SECOND), 2.0), others))
    assert seen.size > others.size / 2
    late = others._replace(time_us=others.time_us + 1000 * SECOND)
    assert not reported_inside(circles(ways(own, 0, 600 * SECOND), 2.0), late).any()
    away = track(2, [(0, go(place, 45.0, 60.0)), (600, go(place, 45.0, 60.0))], off_m=off_m)
    assert not reported_inside(circles(ways(own, 0, 250 * SECOND), 2.0), away).any()


@pytest.mark.parametrize(("apart_m", "deviation_m"), [(0.0, 1.0), (2.0, 0.5), (3.0, 2.0), (1.0, 6.0)])
def test_the_share_is_that_of_throwing_dice(apart_m: float, deviation_m: float) -> None:
    random = np.random.default_rng(1)
    thrown = np.hypot(apart_m + deviation_m * random.normal(size=200_000), deviation_m * random.normal(size=200_000))
    share = rice(np.array([apart_m / deviation_m]), np.array([2.0 / deviation_m]))
    assert share == pytest.approx((thrown <= 2.0).mean(), abs=0.005)
