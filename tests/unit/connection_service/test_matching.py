"""The engine against a brute force that was written apart from it, with a library's geodesic."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from connection_service.cells import CELLS_PER_DEGREE, probes
from connection_service.encounters import encounters
from connection_service.fixes import Fixes
from connection_service.matching import nearest

WGS84 = Geod(ellps="WGS84")
MINUTE = 60_000_000
# Where a chord and the geodesic above it could disagree about a radius: at 1 km they differ by a micrometre.
TOLERANCE_M = 2e-6


def fixes(rows: list[tuple[int, int, float, float]]) -> Fixes:
    """Columns from rows of (person_id, time_us, latitude, longitude)."""
    rows = sorted(set(rows), key=lambda row: (row[1], row[0]))
    person, time, latitude, longitude = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Fixes(
        np.array(person, dtype=np.int64),
        np.array(time, dtype=np.int64),
        np.array(latitude, dtype=float),
        np.array(longitude, dtype=float),
        np.full(len(rows), np.nan, dtype=np.float32),
    )


def geodesic_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(WGS84.inv(a[1], a[0], b[1], b[0])[2])


def go(place: tuple[float, float], azimuth: float, metres: float) -> tuple[float, float]:
    """Return the latitude and longitude of the place that far away in that direction."""
    longitude, latitude, _ = WGS84.fwd(place[1], place[0], azimuth, metres)
    return float(latitude), float(longitude)


@dataclass
class Scene:
    track: Fixes
    others: Fixes
    distance_m: float
    window_us: int | None


def brute_force(scene: Scene) -> dict[int, tuple[float, int]]:
    """Position of each near candidate → (metres, gap) of the nearest fix of the track, by looking at every pair."""
    answer = {}
    for other in range(scene.others.size):
        pairs = []
        for own in range(scene.track.size):
            gap = abs(int(scene.track.time_us[own]) - int(scene.others.time_us[other]))
            if scene.window_us is None or gap <= scene.window_us:
                here = scene.track.latitude[own], scene.track.longitude[own]
                there = scene.others.latitude[other], scene.others.longitude[other]
                pairs.append((geodesic_m(here, there), gap))
        if pairs and min(pairs)[0] <= scene.distance_m:
            answer[other] = min(pairs)
    return answer


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Clouds of fixes around one place anywhere on the globe, with the awkward places drawn more often."""
    latitude = draw(st.one_of(st.floats(-90, 90), st.sampled_from([0.0, 90.0, -90.0, 89.9999, -89.99, 60.0])))
    longitude = draw(st.one_of(st.floats(-180, 180), st.sampled_from([0.0, 180.0, -180.0, 179.99999, -179.99999])))
    distance = draw(st.sampled_from([0.05, 1.0, 5.0, 50.0, 500.0, 1000.0]))
    window = draw(st.sampled_from([None, 0, MINUTE, 10 * MINUTE]))

    def fix(person_id: int) -> tuple[int, int, float, float]:
        place = go((latitude, longitude), draw(st.floats(0, 360)), draw(st.floats(0, 1.5)) * distance)
        time = draw(st.integers(0, 20)) * MINUTE // draw(st.sampled_from([1, 7]))
        return person_id, time, *place

    track = [fix(1) for _ in range(draw(st.integers(1, 6)))]
    one_place_an_instant = {(row[0], row[1]): row for row in track}
    others = {(row[0], row[1]): row for row in [fix(draw(st.integers(2, 4))) for _ in range(draw(st.integers(0, 8)))]}
    return Scene(fixes(list(one_place_an_instant.values())), fixes(list(others.values())), distance, window)


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_the_engine_finds_what_looking_at_every_pair_finds(scene: Scene) -> None:
    expected = brute_force(scene)
    found = nearest(scene.track, scene.others, scene.distance_m, scene.window_us)
    by_index = {int(i): (float(d), int(g)) for i, d, g in zip(*found, strict=True)}

    for index in expected.keys() ^ by_index.keys():
        metres = (expected.get(index) or by_index[index])[0]
        assert metres == pytest.approx(scene.distance_m, abs=TOLERANCE_M)
    for index in expected.keys() & by_index.keys():
        assert by_index[index][0] == pytest.approx(expected[index][0], abs=TOLERANCE_M)


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_the_probes_cover_every_fix_that_is_near_and_none_of_them_twice(scene: Scene) -> None:
    start, end = 0, 21 * MINUTE
    boxes = probes(scene.track, scene.distance_m, scene.window_us, start, end)
    cell = (np.floor(scene.others.latitude * CELLS_PER_DEGREE).astype(np.int64) << 32) + np.floor(
        scene.others.longitude * CELLS_PER_DEGREE
    ).astype(np.int64)
    time = scene.others.time_us
    inside = (
        (boxes.cell_low[:, None] <= cell)
        & (cell <= boxes.cell_high[:, None])
        & (boxes.time_low[:, None] <= time)
        & (time <= boxes.time_high[:, None])
    ).sum(axis=0)
    assert (inside <= 1).all()
    assert all(inside[index] == 1 for index in brute_force(scene))


@pytest.mark.parametrize(("offset_m", "is_near"), [(-0.001, True), (0.001, False)])
@pytest.mark.parametrize("radius", [0.05, 5.0, 50.0, 1000.0])
@pytest.mark.parametrize("place", [(0.0, 0.0), (35.1, 33.4), (60.0, 180.0), (89.9, 10.0), (-90.0, 0.0)])
def test_a_millimetre_decides(place: tuple[float, float], radius: float, offset_m: float, is_near: bool) -> None:
    track, other = fixes([(1, 0, *place)]), fixes([(2, 0, *go(place, 77.0, radius + offset_m))])
    assert bool(nearest(track, other, radius, 0).candidate.size) is is_near


def test_the_window_is_inclusive_to_the_microsecond() -> None:
    track = fixes([(1, 10 * MINUTE, 1.0, 1.0)])
    others = fixes([(2, 9 * MINUTE - 1, 1.0, 1.0), (2, 9 * MINUTE, 1.0, 1.0), (2, 11 * MINUTE, 1.0, 1.0)])
    assert nearest(track, others, 1, MINUTE).candidate.tolist() == [1, 2]


def test_the_nearest_own_fix_counts_and_of_equals_the_one_closest_in_time() -> None:
    track = fixes([(1, 0, 1.0, 1.0), (1, MINUTE, 1.0, 1.0), (1, 2 * MINUTE, 1.00001, 1.0)])
    near = nearest(track, fixes([(2, 3 * MINUTE, 1.0, 1.0)]), 5, None)
    assert near.distance_m.tolist() == [0.0]
    assert near.time_gap_us.tolist() == [2 * MINUTE]


def test_without_a_track_nobody_was_near() -> None:
    assert nearest(fixes([]), fixes([(2, 0, 1.0, 1.0)]), 5, None).candidate.size == 0
    assert probes(fixes([]), 5, None, 0, 1).cell_low.size == 0


def test_a_person_who_stays_is_one_probe_for_each_cell() -> None:
    track = fixes([(1, second * 1_000_000, 48.0006, 11.0006) for second in range(3600)])
    assert probes(track, 5, MINUTE, 0, 3600 * 1_000_000).cell_low.size == 1


def test_encounters_are_runs_without_a_gap() -> None:
    track = fixes([(1, minute * MINUTE, 1.0, 1.0) for minute in range(60)])
    others = fixes(
        [(2, minute * MINUTE, 1.0, 1.0 + 1e-5 * (minute != 4)) for minute in (3, 4, 5, 20, 21)]
        + [(3, 4 * MINUTE, 1.0, 1.0)]
    )
    near = nearest(track, others, 5, 0)
    met = encounters(others, near, 5 * MINUTE, 0)
    assert met.person_id.tolist() == [2, 3, 2]
    assert (met.started_us // MINUTE).tolist() == [3, 4, 20]
    assert (met.ended_us // MINUTE).tolist() == [5, 4, 21]
    assert met.fixes.tolist() == [3, 1, 2]
    assert met.closest_m.tolist()[:2] == [0.0, 0.0]
    assert others.time_us[met.closest_index[0]] == 4 * MINUTE
    assert encounters(others, near, 5 * MINUTE, MINUTE).person_id.tolist() == [2, 2]
    assert encounters(others, near, None, 0).fixes.tolist() == [5, 1]
