"""Pieces of ways from the parts of tracks, in C: as a plain program makes them."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.cutting.room import QUICK_M_S
from proximity.fixes import Floats, Ints
from proximity.parts import WALKING_M_S, Located, Parts
from proximity.tracks.pieces import pieces_of
from proximity.ways import LEAST_TURN_S, REPEATS, RULES, UNSURE_S, Ways, within
from proximity.windows import WINDOW_US

SECOND = 1_000_000
MINUTE = 60 * SECOND


class Cut(NamedTuple):
    """Lanes, and their parts."""

    person_id: Ints
    window: Ints
    longest_gap_us: Ints
    time_us: Ints
    parts: Parts

    def pieces(self) -> Ways:
        return Ways._make(pieces_of(self[:4], self.parts, RULES))


@st.composite
def cuts(draw: st.DrawFn, rows: int = 30, lanes: int = 3) -> Cut:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    window = random.integers(0, 3, lanes)
    passed_us = random.choice([1, 10 * SECOND, 60 * SECOND, 150 * SECOND, 400 * SECOND], (rows, lanes))
    time_us = np.cumsum(passed_us, axis=0) + window * WINDOW_US - random.integers(0, 10, lanes) * MINUTE
    began = random.uniform(size=(rows, lanes)) < draw(st.floats(0.05, 1.0))
    began[0] = True
    lane, first = np.nonzero(began.T)
    last = np.append(first[1:], 0) - 1
    last[np.append(lane[1:] != lane[:-1], True)] = rows - 1
    is_walk = random.uniform(size=lane.size) < draw(st.sampled_from([0.0, 0.3]))
    middle_us = (time_us[first, lane] + time_us[last, lane]) / 2
    parts = Parts(
        lane, first, last, is_walk, random.normal(0, 30, (3, lane.size)), middle_us,
        np.where(is_walk, random.normal(0, 1, (3, lane.size)), 0.0), random.uniform(0.1, 9, lane.size),
        np.where(is_walk, random.uniform(0, 0.1, lane.size), 0.0), np.where(is_walk, 10.0, np.inf),
    )  # fmt: skip
    return Cut(np.arange(1, lanes + 1), window, np.full(lanes, 200 * SECOND), time_us, parts)


def one(cut: Cut, part: int) -> Parts:
    return Parts._make(column[..., [part]] for column in cut.parts)


def whole(cut: Cut, lane: int) -> Ways:
    """All pieces of a lane, also what lies outside of its window."""
    parts = np.flatnonzero(cut.parts.lane == lane).tolist()
    times = [(int(cut.time_us[cut.parts.first[n], lane]), int(cut.time_us[cut.parts.last[n], lane])) for n in parts]
    stays = [bool(last > first and not cut.parts.is_walk[n]) for n, (first, last) in zip(parts, times, strict=True)]
    on_the_way = [bool(cut.parts.is_walk[n] or cut.parts.first[n] == cut.parts.last[n]) for n in parts]
    ends = [tuple(one(cut, n).at(np.array([at])) for at in time) for n, time in zip(parts, times, strict=True)]
    gaps = [bool(start - end > cut.longest_gap_us[lane]) for (_, end), (start, _) in pairwise(times)]
    followed = [*np.logical_not(gaps).tolist(), False]
    come, leave = [first for first, _ in times], [last for _, last in times]
    for n in np.flatnonzero(followed).tolist():
        metres = math.dist(ends[n][1].points[:, 0], ends[n + 1][0].points[:, 0])
        idle_us = times[n + 1][0] - times[n][1] - (metres / QUICK_M_S + UNSURE_S) * SECOND
        each_us = int(max(idle_us, 0) / (1 + (stays[n] and stays[n + 1])))
        leave[n] += stays[n] * each_us
        come[n + 1] -= stays[n + 1] * each_us
    rows = []
    for n, part in enumerate(parts):
        (first_us, last_us), (start, end) = times[n], ends[n]
        if last_us > first_us or not (followed[n] or (n and followed[n - 1])):
            half = one(cut, part).at(np.array([(first_us + last_us) // 2]))
            bend_m2 = float((4 * half.variance_m2 - start.variance_m2 - end.variance_m2)[0])
            fixes = int(cut.parts.last[part] - cut.parts.first[part]) + 1
            rows.append((come[n], leave[n], start, end, bend_m2, fixes, not cut.parts.is_walk[part]))
        if followed[n]:
            lasts_s = (come[n + 1] - leave[n]) / SECOND
            astray = min(lasts_s, 10) * lasts_s / 4 * min(lasts_s / LEAST_TURN_S, 1) ** 2
            bend_m2 = WALKING_M_S**2 * astray
            if on_the_way[n] and on_the_way[n + 1]:
                bend_m2 += 2 * REPEATS * math.sqrt(end.variance_m2[0] * ends[n + 1][0].variance_m2[0])
            rows.append((leave[n], come[n + 1], end, ends[n + 1][0], bend_m2, 2, False))
    start_us, end_us, starts, places, bend, fixes_of, is_stay = zip(*rows, strict=True)
    return Ways(
        np.full(len(rows), cut.person_id[lane]), np.array(start_us), np.array(end_us), points(starts), points(places),
        variances(starts), variances(places), np.array(bend), np.array(fixes_of), np.array(is_stay),
    )  # fmt: skip


def points(placed: tuple[Located, ...]) -> Floats:
    return np.concatenate([place.points for place in placed], axis=1)


def variances(placed: tuple[Located, ...]) -> Floats:
    return np.concatenate([place.variance_m2 for place in placed])


@given(cuts())
@settings(max_examples=100, deadline=None)
def test_parts_become_pieces_of_the_window(cut: Cut) -> None:
    found = cut.pieces()
    expected = [
        within(whole(cut, lane), number * WINDOW_US, (number + 1) * WINDOW_US)
        for lane, number in enumerate(cut.window.tolist())
    ]
    for name, column, wanted in zip(Ways._fields, found, zip(*expected, strict=True), strict=True):
        every = np.concatenate(wanted, axis=-1).astype(np.float64)
        np.testing.assert_allclose(column.astype(np.float64), every, atol=1e-6, rtol=1e-9, err_msg=name)


@given(cuts(rows=9, lanes=2), st.data())
@settings(max_examples=30, deadline=None)
def test_what_does_not_fit_is_refused(cut: Cut, data: st.DataObject) -> None:
    parts = cut.parts
    strange = data.draw(
        st.sampled_from(
            [
                cut._replace(person_id=cut.person_id[:1]),
                cut._replace(time_us=cut.time_us[:4]),
                cut._replace(longest_gap_us=cut.longest_gap_us[:1]),
                cut._replace(parts=parts._replace(lane=parts.lane + 1)),
                cut._replace(parts=parts._replace(first=parts.first - 1)),
                cut._replace(parts=parts._replace(last=parts.last + 1)),
                cut._replace(parts=parts._replace(middle=parts.middle[:2])),
                cut._replace(parts=parts._replace(most_m2=parts.most_m2[:-1])),
            ]
        )
    )
    with pytest.raises(ValueError, match="do not fit"):
        strange.pieces()
