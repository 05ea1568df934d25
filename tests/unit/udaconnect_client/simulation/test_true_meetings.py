from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from udaconnect_client.simulation.conference import Conference
from udaconnect_client.simulation.paths import Paths
from udaconnect_client.simulation.programme import Stretch
from udaconnect_client.simulation.true_meetings import pairs_within, true_meetings

Row = tuple[int, int, float, float, float]


def rows_of(stretches: list[Stretch], distance_m: float, lasts_s: float, step_s: float) -> set[Row]:
    return {
        (int(person), int(other), float(started), float(ended), round(float(closest), 9))
        for meetings in true_meetings(stretches, distance_m=distance_m, lasts_s=lasts_s, step_s=step_s)
        for person, other, started, ended, closest in zip(*meetings, strict=True)
    }


def brute_force(stretches: list[Stretch], distance_m: float, lasts_s: float, step_s: float) -> set[Row]:
    """The definition, pair by pair and step by step."""
    ends_s = stretches[-1].ends_s
    times = [number * step_s for number in range(int(ends_s / step_s) + 2) if number * step_s < ends_s]
    tracks = [next(s for s in stretches if s.begins_s <= t < s.ends_s).paths.everybody_at(t) for t in times]
    rows = set()
    for person, other in combinations(range(len(tracks[0])), 2):
        run: list[tuple[float, float]] = []
        for time, track in [*zip(times, tracks, strict=True), (0.0, None)]:
            apart = np.inf if track is None else float(np.hypot(*(track[person] - track[other])))
            if apart <= distance_m:
                run.append((time, apart))
                continue
            if run and run[-1][0] - run[0][0] >= lasts_s:
                rows.add((person, other, run[0][0], run[-1][0], round(min(apart for _, apart in run), 9)))
            run = []
    return rows


@pytest.mark.parametrize(
    ("conference", "distance_m", "lasts_s", "step_s"),
    [
        (Conference(people=25, minutes=45), 2.0, 120, 5),
        (Conference(people=12, minutes=100, seed=3), 1.0, 60, 7),
        (Conference(people=30, minutes=3, seed=4), 5.0, 0, 1),
    ],
)
def test_the_truth_equals_brute_force(conference: Conference, distance_m: float, lasts_s: float, step_s: float) -> None:
    stretches = list(conference.stretches())
    expected = brute_force(stretches, distance_m, lasts_s, step_s)
    assert expected
    assert rows_of(stretches, distance_m, lasts_s, step_s) == expected


def line(*x: float) -> NDArray[np.float64]:
    """Positions on a line, one knot each."""
    return np.column_stack([x, np.zeros(len(x))])


def test_a_meeting_known_from_its_making_is_found() -> None:
    # One stands at 0 m; the other comes from 10 m away at 1 m/s, stays 1 m apart from second 9 to 60, and leaves.
    paths = Paths(np.array([[0.0, 9, 60, 69], [0, 0, 0, 0]]), np.array([line(10, 1, 1, 10), line(0, 0, 0, 0)]))
    assert rows_of([Stretch(0, 100, paths)], distance_m=2, lasts_s=50, step_s=1) == {(0, 1, 8.0, 61.0, 1.0)}
    assert rows_of([Stretch(0, 100, paths)], distance_m=2, lasts_s=54, step_s=1) == set()


def test_pairs_are_found_across_the_borders_of_cells() -> None:
    random = np.random.default_rng(1)
    position = random.uniform(-20, 20, (300, 2))
    person, other, apart = pairs_within(position, 2.0)
    expected = {
        (one, two) for one, two in combinations(range(300), 2) if np.hypot(*(position[one] - position[two])) <= 2
    }
    assert set(zip(person.tolist(), other.tolist(), strict=True)) == expected
    assert len(person) == len(expected)
    assert apart.max() <= 2


def test_nobody_meets_himself() -> None:
    assert not list(pairs_within(np.zeros((1, 2)), 2.0)[0])
    assert rows_of(list(Conference(people=1, minutes=5).stretches()), 2.0, 0, 5) == set()
