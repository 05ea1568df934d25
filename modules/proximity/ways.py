"""Estimated ways: where persons most likely were between and around their fixes, and how well that is known.

Each window of time (windows.py) is estimated for itself; what is said of it is the same whatever else is asked.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.room import QUICK_M_S
from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.instants import SECOND_US
from proximity.lanes import Lanes, lanes
from proximity.parts import WALKING_M_S, Parts, parts
from proximity.windows import WINDOW_US, Windows, windows_around

UNSURE_S = 8.0  # for how long it is left open when people went from one stay to the next
LEAST_TURN_S = 4.0  # in less than that nobody gets far from the straight line


class Ways(NamedTuple):
    """n pieces of ways, by person and time; those of one person do not overlap. Each is steady motion.

    The variance on one axis at the fraction f of a piece is (1-f)² `start_m2` + f² `end_m2` + f (1-f) `bend_m2`.
    """

    person_id: Ints
    start_us: Ints  # microseconds since 1970-01-01 UTC
    end_us: Ints  # the same as start_us where a fix stands alone
    start: Floats  # metres, geocentric: float64[3, n]
    end: Floats
    start_m2: Floats
    end_m2: Floats
    bend_m2: Floats
    fixes: Ints  # how many the piece is made of
    is_stay: NDArray[np.bool_]  # nobody went anywhere

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "Ways":
        """The pieces at these positions, in the order given."""
        return Ways._make(column[..., where] for column in self)


class Placed(NamedTuple):
    """Where k persons most likely were."""

    points: Floats  # metres, geocentric: float64[3, k]
    variance_m2: Floats  # on one axis


def ways(fixes: Fixes, start_us: int, until_us: int) -> Ways:
    """The most likely ways from start_us until before until_us. Fixes of any number of persons, by person and time.

    There is no piece where nobody knows: between two fixes too far apart in time, before the first and after the last.
    All fixes of windows.needed(start_us, until_us) are there.
    """
    return within(ways_in(fixes, windows_around(fixes, start_us, until_us)), start_us, until_us)


def ways_in(fixes: Fixes, windows: Windows) -> Ways:
    """The most likely ways in these windows of persons. All fixes of `windows.spans()` are there, at least."""
    found = [_clipped(*_pieces(some, parts(some)), some) for some in lanes(fixes, windows)]
    if not found:
        return NOWHERE
    every = Ways._make(np.concatenate(column, axis=-1) for column in zip(*found, strict=True))
    return every.at(np.lexsort((every.start_us, every.person_id)))


def within(pieces: Ways, from_us: Ints | int, until_us: Ints | int) -> Ways:
    """What of each piece lies in a span of time, or each in its own; what only touches it is left out."""
    start_us, end_us = np.maximum(pieces.start_us, from_us), np.minimum(pieces.end_us, until_us)
    alone = (pieces.start_us == pieces.end_us) & (from_us <= pieces.start_us) & (pieces.start_us < until_us)
    kept = np.flatnonzero((start_us < end_us) | alone)
    return cut(pieces.at(kept), start_us[kept], end_us[kept])


def cut(pieces: Ways, start_us: Ints, end_us: Ints) -> Ways:
    """The pieces from there to there, both in them. An end that stays where it is stays so to the last bit."""
    same_start, same_end = start_us == pieces.start_us, end_us == pieces.end_us
    if same_start.all() and same_end.all():
        return pieces
    starts, ends, half = placed(pieces, start_us), placed(pieces, end_us), placed(pieces, (start_us + end_us) / 2)
    bend_m2 = 4 * half.variance_m2 - starts.variance_m2 - ends.variance_m2
    return pieces._replace(
        start_us=start_us,
        end_us=end_us,
        start=np.where(same_start, pieces.start, starts.points),
        end=np.where(same_end, pieces.end, ends.points),
        start_m2=np.where(same_start, pieces.start_m2, starts.variance_m2),
        end_m2=np.where(same_end, pieces.end_m2, ends.variance_m2),
        bend_m2=np.where(same_start & same_end, pieces.bend_m2, bend_m2),
    )


def placed(pieces: Ways, at_us: Ints | Floats) -> Placed:
    """Where each of the persons was at a time of the piece, and how well that is known."""
    lasts_us = pieces.end_us - pieces.start_us
    done = (at_us - pieces.start_us) / np.maximum(lasts_us, 1)
    left = 1 - done
    variance = left * left * pieces.start_m2 + done * done * pieces.end_m2 + left * done * pieces.bend_m2
    return Placed(pieces.start + (pieces.end - pieces.start) * done, variance)


def _pieces(some: Lanes, cut_up: Parts) -> tuple[Ways, Ints]:
    """Pieces of all lanes, whole, and the lane of each: one a part of several fixes, one between each two parts."""
    lane, first, last = cut_up.lane, cut_up.first, cut_up.last
    first_us, last_us = some.time_us[first, lane], some.time_us[last, lane]
    starts, ends = cut_up.at(first_us), cut_up.at(last_us)
    alone = np.ones(lane.size, bool)
    before = np.flatnonzero((lane[1:] == lane[:-1]) & (first_us[1:] - last_us[:-1] <= some.longest_gap_us[lane[1:]]))
    after = before + 1
    alone[before] = alone[after] = False
    kept = np.flatnonzero((last_us > first_us) | alone)
    middle_m2 = cut_up.at((first_us + last_us) // 2).variance_m2
    metres = np.linalg.norm(starts.points[:, after] - ends.points[:, before], axis=0)
    come_us, leave_us = _lingering(first_us, last_us, ~cut_up.is_walk & (last_us > first_us), before, metres)
    between_s = (come_us[after] - leave_us[before]) / SECOND_US
    astray = np.minimum(between_s, 10.0) * between_s / 4 * np.minimum(between_s / LEAST_TURN_S, 1.0) ** 2
    pieces = Ways(
        person_id=some.person_id[np.concatenate([lane[kept], lane[before]])],
        start_us=np.concatenate([come_us[kept], leave_us[before]]),
        end_us=np.concatenate([leave_us[kept], come_us[after]]),
        start=np.concatenate([starts.points[:, kept], ends.points[:, before]], axis=1),
        end=np.concatenate([ends.points[:, kept], starts.points[:, after]], axis=1),
        start_m2=np.concatenate([starts.variance_m2[kept], ends.variance_m2[before]]),
        end_m2=np.concatenate([ends.variance_m2[kept], starts.variance_m2[after]]),
        bend_m2=np.concatenate(
            [(4 * middle_m2 - starts.variance_m2 - ends.variance_m2)[kept], WALKING_M_S**2 * astray]
        ),
        fixes=np.concatenate([(last - first + 1)[kept], np.full(before.size, 2)]),
        is_stay=np.concatenate([~cut_up.is_walk[kept], np.zeros(before.size, bool)]),
    )
    return pieces, np.concatenate([lane[kept], lane[before]])


def _lingering(
    first_us: Ints, last_us: Ints, stays: NDArray[np.bool_], before: Ints, metres: Floats
) -> tuple[Ints, Ints]:
    """When people came to each part and left it: who needs less time for the way than passed between has stood longer.

    The part after each of `before` follows it, so many metres away. Two stays get half of the time each.
    """
    after = before + 1
    idle_us = first_us[after] - last_us[before] - (metres / QUICK_M_S + UNSURE_S) * SECOND_US
    each_us = (np.maximum(idle_us, 0.0) / (1 + (stays[before] & stays[after]))).astype(np.int64)
    come_us, leave_us = first_us.copy(), last_us.copy()
    leave_us[before] += np.where(stays[before], each_us, 0)
    come_us[after] -= np.where(stays[after], each_us, 0)
    return come_us, leave_us


def _clipped(pieces: Ways, lane: Ints, some: Lanes) -> Ways:
    """What of the pieces lies in the window of their lane."""
    from_us = some.window[lane] * WINDOW_US
    return within(pieces, from_us, from_us + WINDOW_US)


NOWHERE = Ways(
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty((3, 0)),
    np.empty((3, 0)),
    np.empty(0),
    np.empty(0),
    np.empty(0),
    np.empty(0, np.int64),
    np.empty(0, bool),
)
