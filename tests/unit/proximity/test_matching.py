"""The engine against a brute force that was written apart from it, with a library's geodesic."""

import numpy as np
import pytest
from hypothesis import given, settings

from proximity.cells import CELLS_PER_DEGREE, probes
from proximity.fixes import Fixes
from proximity.matching import BLOCK, nearest
from tests.unit.proximity.scenes import (
    MINUTE,
    TOLERANCE_M,
    WGS84,
    Scene,
    fixes,
    geodesic_m,
    go,
    place_of,
    scenes,
)


def brute_force(scene: Scene) -> dict[int, tuple[float, int]]:
    """Position of each near candidate → (metres, gap) of the nearest fix of the track, by looking at every pair."""
    answer = {}
    track, others = scene.track, scene.others
    for other in range(others.size):
        pairs = []
        for own in range(track.size):
            gap = abs(int(track.time_us[own]) - int(others.time_us[other]))
            if scene.window_us is None or gap <= scene.window_us:
                pairs.append((geodesic_m(place_of(track, own), place_of(others, other)), gap))
        if pairs and min(pairs)[0] <= scene.distance_m:
            answer[other] = min(pairs)
    return answer


@settings(max_examples=60)
@given(scenes())
def test_the_engine_finds_what_looking_at_every_pair_finds(scene: Scene) -> None:
    expected = brute_force(scene)
    found = nearest(scene.track, scene.others, scene.distance_m, scene.window_us)
    by_index = dict(zip(found.candidate.tolist(), found.distance_m.tolist(), strict=True))

    for index in expected.keys() ^ by_index.keys():
        metres = expected[index][0] if index in expected else by_index[index]
        assert metres == pytest.approx(scene.distance_m, abs=TOLERANCE_M)
    for index in expected.keys() & by_index.keys():
        assert by_index[index] == pytest.approx(expected[index][0], abs=TOLERANCE_M)
    for candidate, own, metres in zip(*found, strict=True):
        assert geodesic_m(place_of(scene.track, own), place_of(scene.others, candidate)) == pytest.approx(
            metres, abs=TOLERANCE_M
        )
        gap = abs(scene.track.time_us[own] - scene.others.time_us[candidate])
        assert scene.window_us is None or gap <= scene.window_us


@settings(max_examples=60)
@given(scenes())
def test_the_probes_cover_every_fix_that_is_near_and_none_of_them_twice(scene: Scene) -> None:
    start, end = 0, 21 * MINUTE
    boxes = probes(scene.track, scene.distance_m, scene.window_us, start, end)
    others = scene.others
    cell = (np.floor(others.latitude * CELLS_PER_DEGREE).astype(np.int64) << 32) + np.floor(
        others.longitude * CELLS_PER_DEGREE
    ).astype(np.int64)
    inside = (
        (boxes.cell_low[:, None] <= cell)
        & (cell <= boxes.cell_high[:, None])
        & (boxes.time_low[:, None] <= others.time_us)
        & (others.time_us <= boxes.time_high[:, None])
    ).sum(axis=0)
    assert (inside <= 1).all()
    assert all(inside[index] == 1 for index in brute_force(scene))


def crowd(count: int, persons: int, hours: float, spread_m: float, centre: tuple[float, float]) -> Fixes:
    """Fixes on a grid of decimetres and seconds, so that many are equally near and some coincide."""
    random = np.random.default_rng(count)
    metres = np.round(random.normal(0, spread_m, (2, count)), 1)
    longitude, latitude, _ = WGS84.fwd(
        np.full(count, centre[1]),
        np.full(count, centre[0]),
        np.degrees(np.arctan2(metres[0], metres[1])),
        np.hypot(*metres),
    )
    time = np.sort(random.integers(0, round(hours * 3600), count)) * 1_000_000
    person = random.integers(2, 2 + persons, count)
    return Fixes(person, time, latitude, longitude, np.full(count, np.nan, np.float32))


@pytest.mark.parametrize("window_us", [None, 0, MINUTE, 10 * MINUTE, 10**17])
@pytest.mark.parametrize(("spread_m", "distance_m"), [(3.0, 1.0), (3.0, 50.0), (200.0, 5.0)])
@pytest.mark.parametrize("centre", [(50.1, 8.6), (-16.5, 180.0), (89.9999, 10.0)])
def test_a_crowd_of_many_blocks_is_matched_as_every_pair_would_be(
    centre: tuple[float, float], spread_m: float, distance_m: float, window_us: int | None
) -> None:
    track, others = crowd(60, 1, 2, spread_m, centre), crowd(2 * BLOCK + 7, 9, 2, spread_m, centre)
    mine, theirs = (grid.ravel() for grid in np.meshgrid(np.arange(track.size), np.arange(others.size)))
    metres = WGS84.inv(track.longitude[mine], track.latitude[mine], others.longitude[theirs], others.latitude[theirs])[
        2
    ].reshape(others.size, track.size)
    gaps = np.abs(track.time_us - others.time_us[:, None])
    if window_us is not None:
        metres = np.where(gaps <= window_us, metres, np.inf)
    expected = metres.min(axis=1)

    found = nearest(track, others, distance_m, window_us)
    near = np.zeros(others.size, bool)
    near[found.candidate] = True
    assert (np.abs(expected[near != (expected <= distance_m)] - distance_m) < TOLERANCE_M).all()
    assert np.abs(expected[found.candidate] - found.distance_m).max(initial=0) < TOLERANCE_M
    as_near = metres[found.candidate] <= expected[found.candidate, None] + 1e-9
    soonest = np.where(as_near, gaps[found.candidate], np.iinfo(np.int64).max).min(axis=1)
    taken = gaps[found.candidate, found.own]
    clear = np.count_nonzero(metres[found.candidate] <= expected[found.candidate, None] + 1e-5, axis=1) == 1
    assert (taken[clear] == soonest[clear]).all()


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


def test_the_nearest_own_fix_counts_and_of_equals_the_one_closest_in_time_and_of_these_the_earlier() -> None:
    track = fixes([(1, minute * MINUTE, *place) for minute, place in enumerate([(1.0, 1.0)] * 5 + [(1.00001, 1.0)])])
    near = nearest(track, fixes([(2, 2 * MINUTE + 30_000_000, 1.0, 1.0), (3, 9 * MINUTE, 1.0, 1.0)]), 5, None)
    assert near.distance_m.tolist() == [0.0, 0.0]
    assert near.own.tolist() == [2, 4]


def test_where_p_was_earlier_excludes_nobody_later() -> None:
    """In one block of candidates: P was among them for ten minutes, and then stood 30 m away."""
    track = fixes([(1, m * MINUTE, *go((47.0, 8.0), 0, 0 if m < 10 else 30)) for m in range(20)])
    others = fixes([(2, m * MINUTE, *go((47.0, 8.0), 90, m % 3)) for m in range(20)])
    near = nearest(track, others, 50, MINUTE)
    assert near.candidate.tolist() == list(range(20))
    assert near.distance_m[:10].max() < 3
    assert near.distance_m[11:].min() > 29


def test_a_distance_does_not_depend_on_the_company() -> None:
    track, others = crowd(100, 1, 1, 5, (47.0, 8.0)), crowd(1000, 5, 1, 5, (47.0, 8.0))
    together = nearest(track, others, 20, MINUTE)
    for index in range(0, together.candidate.size, 50):
        alone = nearest(track, others.at(together.candidate[index : index + 1]), 20, MINUTE)
        assert alone.distance_m.tolist() == [together.distance_m[index]]


def test_without_a_track_nobody_was_near() -> None:
    assert nearest(fixes([]), fixes([(2, 0, 1.0, 1.0)]), 5, None).candidate.size == 0
    assert probes(fixes([]), 5, None, 0, 1).cell_low.size == 0


def test_a_person_who_stays_is_one_probe_for_each_cell() -> None:
    track = fixes([(1, second * 1_000_000, 48.0006, 11.0006) for second in range(3600)])
    assert probes(track, 5, MINUTE, 0, 3600 * 1_000_000).cell_low.size == 1
