"""Room to walk between stays, in C: as a plain program makes it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from proximity.cutting.room import FEWEST_TO_TRIM, MOST_ON_THE_WAY, QUICK_M_S, make_room_to_walk, ranges
from proximity.fixes import Floats
from proximity.lanes import Lanes

SECOND = 1_000_000
Flags = NDArray[np.bool_]


@st.composite
def cut_lanes(draw: st.DrawFn, rows: int = 40, lanes: int = 3) -> tuple[Lanes, Flags, Flags]:
    """People who jump from place to place, and tracks that are cut near those moments."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = rows, lanes
    jumps = random.uniform(size=shape) < draw(st.floats(0.02, 0.3))
    place = np.cumsum(np.where(jumps, random.normal(0, draw(st.sampled_from([3.0, 30.0])), (3, *shape)), 0), axis=1)
    held = random.integers(1, rows, lanes, endpoint=True)
    none, no = np.zeros(lanes, np.int64), np.zeros(shape, bool)
    some = Lanes(
        none, none, held, np.zeros((3, lanes)), np.cumsum(random.integers(SECOND, 12 * SECOND, shape), axis=0),
        place + random.normal(0, 2, (3, *shape)), random.uniform(0.3, 5, shape), no, no, np.ones(lanes), none,
    )  # fmt: skip
    began = np.where(random.uniform(size=shape) < draw(st.sampled_from([0.0, 0.3])), random.permuted(jumps), jumps)
    began[0] = True
    began &= np.arange(rows)[:, None] < held
    walks = np.maximum.accumulate(np.where(began, np.arange(rows)[:, None], 0), axis=0) % 5 == 1
    return some, began, walks


def mean(some: Lanes, lane: int, first: int, last: int) -> Floats:
    weights = some.deviation_m[first : last + 1, lane] ** -2
    found: Floats = some.points[:, first : last + 1, lane] @ weights / weights.sum()
    return found


def trimmed(some: Lanes, lane: int, begins: set[int], walks: Flags) -> set[int]:
    """Once."""
    ordered = [*sorted(begins), int(some.held[lane])]
    parts = [(first, until - 1) for first, until in pairwise(ordered)]
    stays = [(a, b) for a, b in parts if b - a + 1 >= FEWEST_TO_TRIM and not walks[a, lane]]
    more = set()
    for (a, b), (c, d) in pairwise(stays):
        here, there = mean(some, lane, a, b), mean(some, lane, c, d)
        passed_s = (some.time_us[c, lane] - some.time_us[b, lane]) / SECOND
        if np.linalg.norm(there - here) > passed_s * QUICK_M_S:
            leaving = np.linalg.norm(some.points[:, b, lane] - here) / some.deviation_m[b, lane]
            coming = np.linalg.norm(some.points[:, c, lane] - there) / some.deviation_m[c, lane]
            more.add(b if leaving >= coming else c + 1)
    return begins | more


@given(cut_lanes())
@settings(max_examples=100, deadline=None)
def test_ends_of_stays_are_taken_while_there_is_no_time_to_walk(cut: tuple[Lanes, Flags, Flags]) -> None:
    some, began, walks = cut
    expected = [set(np.flatnonzero(one).tolist()) for one in began.T]
    make_room_to_walk(some, began, walks)
    for lane, begins in enumerate(expected):
        wanted = begins
        for _ in range(MOST_ON_THE_WAY):
            wanted = trimmed(some, lane, wanted, walks)
        assert set(np.flatnonzero(began[:, lane]).tolist()) == wanted


@given(cut_lanes())
@settings(deadline=None)
def test_a_part_lasts_until_the_next_one_begins(cut: tuple[Lanes, Flags, Flags]) -> None:
    some, began, _ = cut
    expected = []
    for lane, held in enumerate(some.held.tolist()):
        ordered = [*np.flatnonzero(began[:, lane]).tolist(), held]
        expected += [(lane, first, until - 1) for first, until in pairwise(ordered)]
    assert list(zip(*(column.tolist() for column in ranges(some, began)), strict=True)) == expected


@given(cut_lanes(lanes=2), st.data())
@settings(max_examples=20, deadline=None)
def test_what_does_not_fit_is_refused(cut: tuple[Lanes, Flags, Flags], data: st.DataObject) -> None:
    some, began, walks = cut
    strange = data.draw(
        st.sampled_from(
            [
                (some._replace(held=some.held + 40), began, walks),
                (some._replace(held=some.held[:1]), began, walks),
                (some._replace(points=some.points[:2]), began, walks),
                (some, began[:9], walks),
                (some, began, walks[:9]),
                (some, began.astype(np.int64), walks),
            ]
        )
    )
    with pytest.raises(ValueError, match="do not fit"):
        make_room_to_walk(*strange)
    with pytest.raises(ValueError, match="do not fit"):
        ranges(some._replace(held=some.held + 40), began)
    with pytest.raises(ValueError, match="do not fit"):
        ranges(some, began[:9])
