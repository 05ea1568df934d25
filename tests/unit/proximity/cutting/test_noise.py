"""The laws by which errors repeat, in C: what their formulas say, for as many intervals as are asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from proximity.cutting.noise import FADING, LAWS, ORDER, SWINGING, SWINGS_S, correlations

LAGS = np.arange(ORDER + 1)
INTERVALS = st.floats(0.1, 1e5)


@given(INTERVALS)
def test_errors_swing_or_fade(interval_s: float) -> None:
    found = correlations(np.array([interval_s]))[:, 1:, 0]
    since_s = LAGS[1:] * interval_s
    swings = SWINGING * np.cos(2 * np.pi * since_s[:, None] / SWINGS_S).mean(axis=1)
    fades = [share * np.exp(-since_s / fades_s) for share, fades_s in FADING]
    np.testing.assert_allclose(found, [swings, *fades], atol=1e-8)


@given(st.lists(INTERVALS, max_size=5), st.integers(0, 2 * ORDER))
def test_a_lane_has_as_many_as_are_asked_for_whatever_the_others_do(intervals_s: list[float], fixes: int) -> None:
    found, number = correlations(np.array(intervals_s), fixes), min(max(fixes, 1), ORDER + 1)
    assert found.shape == (LAWS, number, len(intervals_s))
    for lane, interval_s in enumerate(intervals_s):
        assert np.array_equal(found[..., lane], correlations(np.array([interval_s]))[:, :number, 0])
