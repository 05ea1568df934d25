"""For how long people stay where a fix a minute is all there is: said by all ways to cut the track."""

import numpy as np
import pytest

from proximity.cutting.noise import correlations
from proximity.cutting.weighing import untold, weighed
from proximity.fixes import Floats
from proximity.lanes import Lanes

ROWS, INTERVAL_S, APART_M = 40, 60.0, 8.0


def lanes(*stays: int) -> Lanes:
    """For each of these, somebody who goes to another place after so many fixes, seen to 2 m."""
    random = np.random.default_rng(1)
    shape = ROWS, len(stays)
    place = np.stack([np.arange(ROWS) // fixes for fixes in stays], axis=1)
    points = 2.0 * random.normal(0, 1, (3, *shape))
    points[0] += APART_M * (place % 2)
    points[1] += APART_M * (place // 2 % 2)
    none, no = np.zeros(len(stays), np.int64), np.zeros(shape, bool)
    return Lanes(
        person_id=none,
        window=none,
        held=np.full(len(stays), ROWS),
        origin=np.zeros((3, len(stays))),
        time_us=np.repeat(np.arange(ROWS)[:, None] * 60_000_000, len(stays), axis=1),
        points=points,
        deviation_m=np.full(shape, 2.0),
        is_exact=no,
        gap_before=no,
        interval_s=np.full(len(stays), INTERVAL_S),
        longest_gap_us=none,
    )


def costs(some: Lanes) -> Floats:
    return weighed(some, correlations(some.interval_s)[0])


@pytest.mark.parametrize("fixes", [5, 10])
def test_what_is_usual_is_found_with_a_fix_a_minute(fixes: int) -> None:
    cost = costs(lanes(fixes))[:, 0]
    assert cost.argmin() + 1 == pytest.approx(fixes, abs=1)
    assert cost[2 * fixes - 1] > cost[fixes - 1] + 1


def test_any_length_stays_possible() -> None:
    assert costs(lanes(5)).max() < 10


def test_what_a_track_says_is_the_same_beside_others() -> None:
    some = lanes(5, 8, 20)
    alone = [costs(some.at(np.array([lane]))) for lane in range(3)]
    assert np.array_equal(np.concatenate(alone, axis=1), costs(some))


def test_only_tracks_without_holes_of_which_one_cut_tells_little_are_weighed() -> None:
    some = lanes(5, 5, 5, 5)
    holes = some.gap_before.copy()
    holes[20, 1] = True
    often = np.array([INTERVAL_S, INTERVAL_S, 10.0, 10.0])
    assert untold(some._replace(gap_before=holes, interval_s=often), np.array([0, 0, 0, 2])).tolist() == [0, 3]
    assert untold(some._replace(held=np.array([40, 5, 40, 5])), np.zeros(4, np.int64)).tolist() == [0, 2]
