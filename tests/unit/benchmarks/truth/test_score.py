"""The scoring, on meetings made by hand."""

import numpy as np
import pytest

from benchmarks.figures import Bound
from benchmarks.truth.figures import figures
from benchmarks.truth.measure import CEILING, OURS, Measured
from benchmarks.truth.plan import PHONES, REPORTED_SEEDS, TUNING_SEEDS
from benchmarks.truth.scene import Met
from benchmarks.truth.score import Score, added, score


def met(*rows: tuple[int, int, float, float, float, float]) -> Met:
    """person, other, from, until, closest_m, probability."""
    person, other, *columns = zip(*rows, strict=True) if rows else ((), (), (), (), (), ())
    return Met(np.array(person, np.int64), np.array(other, np.int64), *(np.array(one, float) for one in columns))


TRUTH = met((1, 2, 100, 300, 0.8, 1), (1, 3, 0, 200, 1.5, 1))


def test_the_truth_itself_is_right() -> None:
    perfect = score(TRUTH, TRUTH)
    assert (perfect.precision, perfect.recall, perfect.f1, perfect.iou) == (1, 1, 1, 1)
    assert (perfect.duration_bias, perfect.closest_bias_m, perfect.brier) == (0, 0, 0)


def test_nothing_found_of_something_is_worth_nothing() -> None:
    nothing = score(met(), TRUTH)
    assert (nothing.recall, nothing.f1, nothing.iou, nothing.found) == (0, 0, 0, 0)


def test_a_meeting_in_pieces_is_found_once_and_each_piece_is_right() -> None:
    pieces = score(met((1, 2, 100, 150, 1.0, 0.9), (1, 2, 250, 320, 0.9, 0.7)), TRUTH)
    assert (pieces.found, pieces.right, pieces.true, pieces.recalled) == (2, 2, 2, 1)
    assert pieces.iou == pytest.approx(100 / (200 + 20 + 200))
    assert pieces.duration_bias == pytest.approx((120 - 200) / 200)
    assert pieces.closest_bias_m == pytest.approx(0.1)


def test_a_meeting_of_the_right_pair_at_the_wrong_time_is_wrong() -> None:
    late = score(met((1, 2, 400, 600, 0.8, 0.6), (2, 3, 100, 300, 0.8, 0.8)), TRUTH)
    assert (late.right, late.recalled) == (0, 0)
    assert late.brier == pytest.approx((0.6**2 + 0.8**2) / 2)


def test_probabilities_are_honest_when_as_many_are_right_as_was_said() -> None:
    said = tuple((0.85, number < 85) for number in range(100)) + tuple((0.55, number < 35) for number in range(100))
    scored = Score(said=said)
    assert np.array(scored.reliability()) == pytest.approx(np.array([[0.55, 0.35, 100], [0.85, 0.85, 100]]))
    assert scored.calibration_error == pytest.approx(0.1)


def test_scores_add_up() -> None:
    one, other = score(TRUTH, TRUTH), score(met((1, 2, 400, 600, 0.8, 0.6)), TRUTH)
    both = added([one, other])
    assert (both.found, both.right, both.true, both.recalled) == (3, 2, 4, 2)
    assert both.either_s == one.either_s + other.either_s
    assert len(both.said) == 3


def test_a_target_above_the_ceiling_becomes_the_ceiling_less_something() -> None:
    phones = next(phones for phones in PHONES if phones.f1 == 0.92)
    low, high = (
        Score(found=100, right=right, true=100, recalled=right, both_s=right, either_s=100) for right in (90, 99)
    )
    for ceiling, target in ((low, 0.88), (high, 0.92)):
        f1 = next(iter(figures([Measured(phones, {OURS: low, CEILING: ceiling}, 1.0)], None)))
        assert f1.target == pytest.approx(target)
        assert (f1.bound, f1.ok) == (Bound.AT_LEAST, target < 0.9)
        assert ("ceiling" in f1.remark) == (target < 0.9)


def test_what_is_reported_was_never_tuned_on() -> None:
    assert not set(TUNING_SEEDS) & set(REPORTED_SEEDS)
