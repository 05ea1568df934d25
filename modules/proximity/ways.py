"""Estimated ways: where persons most likely were between and around their fixes, and how well that is known.

Each window of time (windows.py) is estimated for itself; what is said of it is the same whatever else is asked.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.room import QUICK_M_S
from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.lanes import Lanes, lanes
from proximity.parts import WALKING_M_S, Parts, parts
from proximity.spans import Spans, how_many_until
from proximity.tracks.pieces import pieces_of
from proximity.windows import WINDOW_US, Windows, windows_around

REPEATS = 0.5  # of the variance of an error, what one fix has in common with the next
UNSURE_S = 8.0  # for how long it is left open when people went from one stay to the next
LEAST_TURN_S = 4.0  # in less than that nobody gets far from the straight line
RULES = {
    "window_us": WINDOW_US,
    "quick_m_s": QUICK_M_S,
    "unsure_s": UNSURE_S,
    "least_turn_s": LEAST_TURN_S,
    "walking_m_s": WALKING_M_S,
    "repeats": REPEATS,
}


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
    found = [_pieces(some, parts(some)) for some in lanes(fixes, windows)]
    if len(found) <= 1:
        return found[0] if found else NOWHERE
    every = Ways._make(np.concatenate(column, axis=-1) for column in zip(*found, strict=True))
    return every.at(np.lexsort((every.start_us, every.person_id)))


def within(pieces: Ways, from_us: Ints | int, until_us: Ints | int) -> Ways:
    """What of each piece lies in a span of time, or each in its own; what only touches it is left out."""
    if ((from_us <= pieces.start_us) & (pieces.start_us < until_us) & (pieces.end_us <= until_us)).all():
        return pieces
    start_us, end_us = np.maximum(pieces.start_us, from_us), np.minimum(pieces.end_us, until_us)
    alone = (pieces.start_us == pieces.end_us) & (from_us <= pieces.start_us) & (pieces.start_us < until_us)
    kept = np.flatnonzero((start_us < end_us) | alone)
    return cut(pieces.at(kept), start_us[kept], end_us[kept])


def without(pieces: Ways, hidden: Spans) -> Ways:
    """What of the pieces, by person and time, lies in none of the spans of their persons."""
    alone = pieces.start_us == pieces.end_us
    # Those of its person that end before a piece begins, and those that begin until it ends.
    over = how_many_until(hidden.person_id, hidden.end_us, pieces.person_id, pieces.start_us - 1)
    begun = how_many_until(hidden.person_id, hidden.start_us, pieces.person_id, pieces.end_us)
    left = begun - over + 1
    if (left == 1).all():
        return pieces
    of = np.repeat(np.arange(pieces.size), left)
    nth = np.arange(of.size) - np.repeat(np.cumsum(left) - left, left)
    is_first, is_last = nth == 0, nth == left[of] - 1
    start_us, end_us = pieces.start_us[of], pieces.end_us[of]
    start_us[~is_first] = hidden.end_us[(over[of] + nth - 1)[~is_first]] + 1
    end_us[~is_last] = hidden.start_us[(over[of] + nth)[~is_last]]
    kept = np.flatnonzero((start_us < end_us) | (alone[of] & (left[of] == 1)))
    return cut(pieces.at(of[kept]), start_us[kept], end_us[kept])


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


def _pieces(some: Lanes, cut_up: Parts) -> Ways:
    """One piece a part of several fixes, one between each two parts; of all what lies in the window of their lane."""
    of = some.person_id, some.window, some.longest_gap_us, some.time_us
    return Ways._make(pieces_of(of, cut_up, RULES))


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
