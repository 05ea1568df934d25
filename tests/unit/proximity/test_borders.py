"""Borders: found where they are, each for itself, and with few looks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity.fixes import Floats, Ints
from proximity.pairs.borders import TOLERANCE_S, border

LONG_S = 1200.0
moments = st.lists(st.tuples(st.floats(0.0, LONG_S), st.floats(0.01, 50.0), st.booleans()), min_size=1, max_size=20)


def looked_for(at_s: Floats, steepness: Floats, rises: Floats) -> tuple[Floats, int]:
    """Borders of logistic curves at these moments, and how many looks it took for the longest."""
    looks = 0

    def value(seconds: Floats, some: Ints) -> Floats:
        nonlocal looks
        looks += 1
        sign = np.where(rises[some], 1.0, -1.0)
        return np.tanh(sign * (seconds - at_s[some]) * steepness[some]) + 1e-12

    every = np.arange(at_s.size)
    inside, outside = np.where(rises, LONG_S + 1, -1.0), np.where(rises, -1.0, LONG_S + 1)
    return border(value, (inside, value(inside, every)), (outside, value(outside, every))), looks


@given(moments)
def test_a_border_is_found_where_it_is_and_on_the_inner_side(some: list[tuple[float, float, bool]]) -> None:
    at_s, steepness, rises = (np.array(column) for column in zip(*some, strict=True))
    found, _ = looked_for(at_s, steepness, rises)
    into = np.where(rises, found - at_s, at_s - found)
    assert (np.abs(into) <= 2 * TOLERANCE_S).all()
    assert (into > -1e-9).all()


@given(moments)
def test_a_border_does_not_depend_on_which_others_are_looked_for(some: list[tuple[float, float, bool]]) -> None:
    columns = [np.array(column) for column in zip(*some, strict=True)]
    together, _ = looked_for(*columns)
    alone = [looked_for(*(column[at : at + 1] for column in columns))[0][0] for at in range(len(some))]
    assert together.tolist() == alone


def test_a_smooth_border_takes_few_looks_and_a_jump_no_more_than_halving() -> None:
    smooth = looked_for(np.array([432.1]), np.array([0.003]), np.array([True]))
    jump = looked_for(np.array([432.1]), np.array([1e12]), np.array([False]))
    assert smooth[0] == pytest.approx(jump[0], abs=1e-6)
    assert smooth[1] <= 14
    assert jump[1] <= 45


def test_no_border_is_looked_for_where_there_is_none() -> None:
    assert not looked_for(np.empty(0), np.empty(0), np.empty(0, bool))[0].size
