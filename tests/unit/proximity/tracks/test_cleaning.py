"""What of a lane's fixes is kept, in C: as a plain program says it, and nothing can make it crash."""

from statistics import median, median_low

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.fixes import Fixes, Floats
from proximity.lanes import (
    EXACT_M,
    LEAST_M,
    LONGEST_GAP_INTERVALS,
    LONGEST_GAP_S,
    MOST_M,
    OUTLIER_DEVIATIONS,
    OUTLIER_M_S,
    OUTLIER_S,
    RADIUS_68,
    RULES,
    UNKNOWN_M,
)
from proximity.tracks.cleaning import Cleaned, cleaned

SECOND = 1_000_000
ACCURACIES = [np.nan, 0.0, 1e-30, 0.05, 0.1, 3.0, 8.0, 100.0, 1e6, 3e38]


@st.composite
def reported(draw: st.DrawFn, most: int = 40) -> tuple[Fixes, Floats]:
    """Fixes of one phone, some of them far off, and where they are in space."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, most))
    time_us = np.cumsum(random.choice([1, SECOND, 10 * SECOND, 11 * SECOND, 300 * SECOND], count))
    accuracy_m = random.choice(draw(st.lists(st.sampled_from(ACCURACIES), min_size=1)), count).astype(np.float32)
    points = np.cumsum(random.normal(0, 5, (3, count)), axis=1)
    points += np.where(random.uniform(size=count) < draw(st.sampled_from([0.0, 0.1, 0.4])), 1000.0, 0.0)
    none = np.zeros(count)
    return Fixes(np.ones(count, np.int64), time_us, none, none, accuracy_m), points


def one_lane(fixes: Fixes, points: Floats) -> Cleaned:
    return cleaned(fixes, points, np.array([0]), np.array([fixes.size]), RULES)


def deviations(fixes: Fixes) -> list[float]:
    said = [float(accuracy_m) for accuracy_m in fixes.accuracy_m if accuracy_m > 0]
    usual_m = median_low(said) if said else UNKNOWN_M
    accuracies = [min(float(accuracy_m) if accuracy_m > 0 else usual_m, MOST_M) for accuracy_m in fixes.accuracy_m]
    return [max(one, EXACT_M / 2 if one <= EXACT_M else LEAST_M) / RADIUS_68 for one in accuracies]


def is_outlier(fixes: Fixes, points: Floats, deviation_m: float, at: int) -> bool:
    last = fixes.size - 1
    nearby = points[:, max(at - 2, 0) : at + 3]
    off_m = float(np.linalg.norm([median(axis) - axis_of[at] for axis, axis_of in zip(nearby, points, strict=True)]))
    since_s = float(fixes.time_us[min(at + 1, last)] - fixes.time_us[max(at - 1, 0)]) / SECOND / 2
    is_exact = deviation_m <= EXACT_M / RADIUS_68
    too_far = off_m > OUTLIER_DEVIATIONS * deviation_m + OUTLIER_M_S * min(since_s, OUTLIER_S)
    return not is_exact and last > 1 and too_far


@given(reported())
@settings(max_examples=200)
def test_all_but_outliers_are_kept_with_how_far_they_may_be_off(reports: tuple[Fixes, Floats]) -> None:
    fixes, points = reports
    expected = deviations(fixes)
    kept = [at for at in range(fixes.size) if not is_outlier(fixes, points, expected[at], at)]
    found, held = one_lane(fixes, points), slice(0, len(kept))
    assert found.held.tolist() == [len(kept)]
    assert found.time_us[held, 0].tolist() == fixes.time_us[kept].tolist()
    np.testing.assert_allclose(found.points[:, held, 0] + found.origin, points[:, kept], atol=1e-9)
    np.testing.assert_allclose(found.deviation_m[held, 0], np.array(expected)[kept], rtol=1e-12)
    assert found.is_exact[held, 0].tolist() == [expected[at] <= EXACT_M / RADIUS_68 for at in kept]


@given(reported())
def test_a_gap_is_longer_than_two_minutes_and_three_intervals(reports: tuple[Fixes, Floats]) -> None:
    found = one_lane(*reports)
    passed_us = np.diff(found.time_us[: int(found.held[0]), 0])
    interval_s = median_low(passed_us.tolist()) / SECOND if passed_us.size else 0.0
    longest_us = max(LONGEST_GAP_S, LONGEST_GAP_INTERVALS * interval_s) * SECOND
    assert found.interval_s.tolist() == [interval_s]
    assert found.longest_gap_us.tolist() == [int(longest_us)]
    assert np.flatnonzero(found.gap_before[:, 0]).tolist() == (np.flatnonzero(passed_us > longest_us) + 1).tolist()


@given(st.lists(reported(), min_size=2, max_size=4))
def test_a_lane_is_the_same_alone_and_among_others(several: list[tuple[Fixes, Floats]]) -> None:
    count = np.array([fixes.size for fixes, _ in several])
    begin = np.cumsum(count) - count
    fixes = Fixes.concatenate([fixes for fixes, _ in several])
    together = cleaned(fixes, np.concatenate([points for _, points in several], axis=1), begin, count, RULES)
    for lane, reports in enumerate(several):
        for alone, among in zip(one_lane(*reports), together, strict=True):
            rows = slice(0, int(together.held[lane]))
            own, other = alone[..., 0], among[..., lane]
            assert np.array_equal(own[..., rows], other[..., rows]) if alone.ndim > 1 else own == other


@given(reported(), st.sampled_from([1e300, np.inf, -np.inf, np.nan]), st.integers(0, 39))
def test_figures_that_are_none_are_looked_through_somehow(
    reports: tuple[Fixes, Floats], strange: float, at: int
) -> None:
    fixes, points = reports
    points[:, at % fixes.size] = strange
    found = one_lane(fixes._replace(time_us=fixes.time_us * -(2**20)), points)
    assert 0 <= found.held[0] <= fixes.size


@pytest.mark.parametrize(("begin", "count"), [(-1, 2), (0, 0), (0, -1), (3, 2), (5, 1), (0, 2**62), (2**62, 2**62)])
def test_lanes_beyond_the_fixes_are_refused(begin: int, count: int) -> None:
    none = np.zeros(4)
    fixes = Fixes(none.astype(np.int64), np.arange(4), none, none, none.astype(np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        cleaned(fixes, np.zeros((3, 4)), np.array([begin]), np.array([count]), RULES)
    with pytest.raises(ValueError, match="do not fit"):
        cleaned(fixes, np.zeros((3, 3)), np.array([0]), np.array([4]), RULES)
