import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from connection_service.simplify import _triangles, simplify
from proximity.fixes import Fixes, Floats

MakeFixes = Callable[[Sequence[tuple[int, float, float, float]]], Fixes]


def walk(count: int) -> Fixes:
    steps = np.random.default_rng(1).normal(0, 1e-5, (2, count)).cumsum(axis=1)
    return Fixes(
        person_id=np.full(count, 7),
        time_us=np.arange(count) * 1_000_000,
        latitude=47.0 + steps[0],
        longitude=8.0 + steps[1],
        accuracy_m=np.full(count, 3, dtype=np.float32),
    )


def test_a_short_track_stays_as_it_is(make_fixes: MakeFixes) -> None:
    empty, two = make_fixes([]), make_fixes([(7, 0, 47.0, 8.0), (7, 1, 47.0, 8.1)])
    assert simplify(empty, 2).size == 0
    assert simplify(two, 2).time_us.tolist() == two.time_us.tolist()


def test_corners_stay_and_what_lies_on_straight_lines_goes(make_fixes: MakeFixes) -> None:
    north = [(7, i, 47.0 + i * 1e-4, 8.0) for i in range(100)]
    east = [(7, 100 + i, 47.0 + 99e-4, 8.0 + i * 1e-4) for i in range(1, 100)]
    assert (simplify(make_fixes(north + east), 3).time_us / 1e6).tolist() == [0, 99, 199]


def test_a_spike_stays_on_both_sides_of_the_180th_meridian(make_fixes: MakeFixes) -> None:
    along = [(7, i, 0.0, math.remainder(179.99 + i * 1e-4, 360)) for i in range(200)]
    along[150] = (7, 150, 0.001, along[150][3])
    assert (simplify(make_fixes(along), 5).time_us / 1e6).tolist()[1:-1] == [149, 150, 151]


@pytest.mark.parametrize("max_points", [2, 3, 10, 999, 1000])
def test_no_more_than_asked_for_and_both_ends(max_points: int) -> None:
    track = walk(1000)
    kept = simplify(track, max_points)
    assert kept.size == max_points
    assert (kept.time_us[0], kept.time_us[-1]) == (track.time_us[0], track.time_us[-1])
    assert (np.diff(kept.time_us) > 0).all()


def test_a_person_who_never_moves_is_simplified_too(make_fixes: MakeFixes) -> None:
    assert simplify(make_fixes([(7, i, 47.0, 8.0) for i in range(500)]), 10).size == 10


def test_a_long_track_is_simplified_in_a_few_passes_over_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def counted(points: Floats) -> Floats:
        looked_at.append(points.shape[1])
        return triangles(points)

    triangles = _triangles
    monkeypatch.setattr("connection_service.simplify._triangles", counted)
    track = walk(100_000)
    assert simplify(track, 1000).size == 1000
    assert len(looked_at) < 30
    assert sum(looked_at) < 6 * track.size
