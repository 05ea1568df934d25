"""The closest approach between fixes, against an oracle that looks many times a second."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connection_service.search.pages import connection_page
from connection_service.search.questions import ConnectionQuestion
from proximity.geocentric import geocentric, geodetic
from proximity.movement import MAX_STEP_M
from proximity.near_fixes import NearFixes
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.proximity.scenes import (
    LATITUDES,
    LONGITUDES,
    MINUTE,
    WGS84,
    Place,
    Scene,
    fixes,
    geodesic_m,
    go,
    scenes,
)

SECOND = 1_000_000
SAMPLES = 400  # of each step


def search(scene: Scene, start_us: int = 0, end_us: int = 21 * MINUTE) -> NearFixes:
    question = ConnectionQuestion(
        start_us=start_us,
        end_us=end_us,
        distance_m=scene.distance_m,
        window_us=scene.window_us,
        include_possible=False,
        interpolate=True,
        limit=1000,
        cursor=None,
        by_distance=False,
    )
    return connection_page(MemoryStore(scene.everybody), 1, question).rows


class Moving:
    """Where one person is at any time, or nowhere: along geodesics of the library, apart from the service's chords."""

    def __init__(self, scene: Scene, person_id: int) -> None:
        mine = scene.everybody.at(scene.everybody.person_id == person_id)
        self.times = mine.time_us.tolist()
        self.places = list(zip(mine.latitude.tolist(), mine.longitude.tolist(), strict=True))
        self.linked = [
            after - before <= (scene.window_us or 0) and geodesic_m(a, b) <= MAX_STEP_M
            for before, after, a, b in zip(self.times, self.times[1:], self.places, self.places[1:], strict=False)
        ] + [False]

    def at(self, time: float) -> Place | None:
        for index, start in enumerate(self.times):
            if time == start:
                return self.places[index]
            if self.linked[index] and start < time < self.times[index + 1]:
                a, b = self.places[index], self.places[index + 1]
                azimuth, _, metres = WGS84.inv(a[1], a[0], b[1], b[0])
                return go(a, azimuth, metres * (time - start) / (self.times[index + 1] - start))
        return None


def oracle(scene: Scene) -> dict[tuple[int, int], tuple[float, float]]:
    """(person, time) of another's fix → the smallest distance seen on its step, and how much smaller it can be."""
    own = Moving(scene, 1)
    answer = {}
    for person_id in {*scene.others.person_id.tolist()}:
        other = Moving(scene, person_id)
        for index, start in enumerate(other.times):
            end = other.times[index + 1] if other.linked[index] else start
            looked = sorted({*np.linspace(start, end, SAMPLES).tolist(), *(t for t in own.times if start <= t <= end)})
            seen = [geodesic_m(a, b) for t in looked if (a := own.at(t)) and (b := other.at(t))]
            if seen:
                # Between two looks they come nearer by what both move in half of the time.
                missed = 2 * MAX_STEP_M * max(1, len([t for t in own.times if start <= t <= end])) / SAMPLES
                answer[person_id, start] = min(seen), missed if end > start else 0.01
    return answer


WINDOWS = (MINUTE, 3 * MINUTE, 10 * MINUTE)


@settings(max_examples=60)
@given(
    st.one_of(
        scenes(windows=WINDOWS, distances=(1.0, 5.0, 50.0, 500.0)),
        # Steps that are long beside the distance: their ends lie in other cells.
        scenes(windows=WINDOWS, distances=(5.0, 20.0), spread=12),
        scenes(windows=WINDOWS, distances=(50.0,), spread=3),
    ),
    st.integers(0, 21),
)
def test_rows_are_the_steps_whose_closest_approach_is_near(scene: Scene, cut: int) -> None:
    # The first slice of a short page is an hour: it ends here at the minute `cut`.
    near = search(scene, start_us=(cut - 60) * MINUTE)
    keys = zip(near.fixes.person_id.tolist(), near.fixes.time_us.tolist(), strict=True)
    found = dict(zip(keys, near.distance_m.tolist(), strict=True))
    assert len(found) == near.size
    expected = oracle(scene)
    assert found.keys() <= expected.keys()
    for key, (seen, missed) in expected.items():
        if key in found:
            assert seen - missed - 0.01 <= found[key] <= seen + 0.01
        else:
            assert seen > scene.distance_m - 0.01


@settings(max_examples=40)
@given(scenes(windows=(MINUTE, 3 * MINUTE), distances=(5.0, 50.0)))
def test_the_moment_of_a_row_is_when_they_were_that_near(scene: Scene) -> None:
    near = search(scene)
    own = Moving(scene, 1)
    for index in range(near.size):
        here = own.at(int(near.moment_us[index]))
        assert here
        there = float(near.latitude[index]), float(near.longitude[index])
        assert geodesic_m(here, there) == pytest.approx(float(near.distance_m[index]), abs=0.01)
        assert near.time_gap_us[index] == near.moment_us[index] - near.fixes.time_us[index]


def two_cross(latitude: float, longitude: float, interval_s: int) -> Scene:
    """P walks north, the other east, over the same spot, 20 s after P did."""
    spot = latitude, longitude
    rows = []
    half_s = -(-30 // interval_s) * interval_s
    for second in range(-half_s, half_s + 1, interval_s):
        rows.append((1, MINUTE * 5 + second * SECOND, *go(spot, 0, 1.0 * second)))
        rows.append((2, MINUTE * 5 + second * SECOND, *go(spot, 90, 1.0 * (second - 20))))
    return Scene(fixes(rows), 15, MINUTE * 5)


@pytest.mark.parametrize("interval_s", [5, 40, 100])
@pytest.mark.parametrize("place", [(47.0, 8.0), (-16.5, 180.0), (0.0, 0.0), (-89.9999, 33.0)])
def test_a_crossing_is_found_however_rarely_it_was_sampled(place: Place, interval_s: int) -> None:
    # At t seconds they are |(t, 20 - t)| apart: 14.14 m at 10 s.
    near = search(two_cross(*place, interval_s))
    closest = near.distance_m.argmin()
    assert near.distance_m[closest] == pytest.approx(np.sqrt(200), abs=0.01)
    assert near.moment_us[closest] == pytest.approx(5 * MINUTE + 10 * SECOND, abs=0.1 * SECOND)


def test_nothing_is_known_between_fixes_that_are_further_apart_than_the_window_or_the_longest_step() -> None:
    still = [(1, 0, 47.0, 8.0), (1, 100 * SECOND, 47.0, 8.0)]
    near, far = still + passing(100, 0, 100), still + passing(126, 0, 100)
    assert search(Scene(fixes(near), 5, 100 * SECOND)).distance_m.tolist() == [pytest.approx(0, abs=0.01)]
    assert search(Scene(fixes(near), 5, 100 * SECOND - 1)).size == 0
    assert search(Scene(fixes(far), 5, 100 * SECOND)).size == 0


def test_a_step_that_leaves_the_cells_looked_at_and_returns_is_not_taken_for_a_straight_one() -> None:
    away = go((47.0, 8.0), 45, 5000)
    rows = [(1, second * SECOND, 47.0, 8.0) for second in (0, 60)]
    rows += [(2, 0, *go((47.0, 8.0), 0, 50)), (2, 30 * SECOND, *away), (2, 60 * SECOND, *go((47.0, 8.0), 180, 50))]
    assert search(Scene(fixes(rows), 5, MINUTE)).size == 0


def standing(metres_north: float, *seconds: int) -> list[tuple[int, int, float, float]]:
    return [(1, second * SECOND, *go((47.0, 8.0), 0, metres_north)) for second in seconds]


def passing(east_m: float, start_s: int, end_s: int) -> list[tuple[int, int, float, float]]:
    """2 comes from the one side and goes as far to the other, over the spot in the middle of the time."""
    return [
        (2, start_s * SECOND, *go((47.0, 8.0), 90, -east_m)),
        (2, end_s * SECOND, *go((47.0, 8.0), 90, east_m)),
    ]


@pytest.mark.parametrize("way_m", [10, 60, 120])
@pytest.mark.parametrize("own_way_m", [0, 10, 120])
@pytest.mark.parametrize("shift_m", range(0, 139, 20))  # against the cells
def test_both_may_come_from_far_away(shift_m: float, own_way_m: float, way_m: float) -> None:
    spot = go(go((47.0, 8.0), 0, 60), 90, shift_m)
    rows = [(1, second * SECOND, *go(spot, 45, way)) for second, way in ((0, -own_way_m), (100, own_way_m))]
    rows += [(2, second * SECOND, *go(spot, 135, way)) for second, way in ((0, -way_m), (100, way_m))]
    near = search(Scene(fixes(rows), 2, 100 * SECOND))
    assert near.distance_m.tolist() == [pytest.approx(0, abs=0.01)]


@pytest.mark.parametrize("begins_s", [-90, -50, -10, 10])
def test_a_step_over_the_end_of_a_slice_is_one_row(begins_s: int) -> None:
    """The first slice is an hour. 2 passes 1 in its last seconds or just after, and then stays 500 m away."""
    own = standing(0, -100, 100)
    away = [(2, (begins_s + 150) * SECOND, *go((47.0, 8.0), 0, 500))]
    scene = Scene(fixes(own + passing(120, begins_s, begins_s + 100) + away), 2, 200 * SECOND)
    near = search(scene, start_us=-60 * MINUTE)
    assert (near.fixes.time_us // SECOND).tolist() == [begins_s]
    assert near.moment_us.tolist() == [pytest.approx((begins_s + 50) * SECOND, abs=SECOND // 10)]


def test_a_long_own_step_meets_a_short_one_of_another_in_its_middle() -> None:
    own = standing(0, 0, 600)
    near = search(Scene(fixes(own + passing(120, 290, 310)), 2, 600 * SECOND))
    assert near.fixes.time_us.tolist() == [290 * SECOND]


def test_only_fixes_of_the_range_make_steps() -> None:
    scene = two_cross(47.0, 8.0, 40)
    assert search(scene, start_us=5 * MINUTE).size == 1
    assert search(scene, start_us=5 * MINUTE, end_us=5 * MINUTE + 39 * SECOND).size == 0


def test_the_larger_radius_of_both_ends_counts() -> None:
    scene = two_cross(47.0, 8.0, 40)
    scene.everybody.accuracy_m[:] = 0.1
    closest = search(scene).distance_m.argmin()
    assert search(scene).certainty[closest] == 2
    scene.everybody.accuracy_m[-1] = 3.0
    assert search(scene).certainty[closest] == 1
    scene.everybody.accuracy_m[-1] = np.nan
    assert search(scene).certainty[closest] == 1


@given(LATITUDES, LONGITUDES)
def test_places_come_back_from_geocentric_coordinates(latitude: float, longitude: float) -> None:
    back = geodetic(geocentric(np.array([latitude]), np.array([longitude])))
    assert geodesic_m((latitude, longitude), (float(back[0][0]), float(back[1][0]))) < 1e-6
