"""Where and when somebody reports who is near a way: circles along it.

Who is within the distance has a fix around that time, which is off by what phones are off. So the search for candidates
looks further than the distance; which of them was near is decided by their ways (estimated_meetings.py).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric
from proximity.instants import SECOND_US
from proximity.ways import Ways, placed
from proximity.windows import WINDOW_US

REPORTS_US = 15 * SECOND_US  # how long before or after a moment another's fix may be that tells of it, in its window
# How far off that fix may be: the deviation of a phone of 6 m. One fix of a whole meeting has to be within that.
OFF_M = 4.0
LONGEST_M = 60.0  # of the way in one circle
# Nobody is looked for where nobody can be met: on a way faster than anybody travels, as to a fix in another country, or
# where so little is known of somebody that the chance is below 0.1, the least `min_probability`. So what a phone makes
# up costs no more than a traveller does.
FASTEST_M_S = 350.0
MOST_UNSURE_M, MOST_UNSURE_TIMES = 6.0, 2.2  # and the distance so many times


class Circles(NamedTuple):
    """n circles on the ground (balls in space), each for a span of time, both ends inclusive; by time."""

    start_us: Ints
    end_us: Ints
    points: Floats  # metres, geocentric: float64[3, n]
    radius_m: Floats


def circles(own: Ways, distance_m: float) -> Circles:
    """Circles that hold whoever reports from within `distance_m` of these ways of one person."""
    found, _ = circles_of(own, distance_m)
    return found


def circles_of(own: Ways, distance_m: float) -> tuple[Circles, Ints]:
    """The same of the ways of many persons, and the position of the piece that each circle is of."""
    metres = np.linalg.norm(own.end - own.start, axis=0)
    lasts_s = (own.end_us - own.start_us) / SECOND_US
    half_way_m2 = (own.start_m2 + own.end_m2 + own.bend_m2) / 4
    best_m2 = np.minimum(half_way_m2, np.minimum(own.start_m2, own.end_m2)) / 2  # in between it may be less
    most_unsure_m = MOST_UNSURE_M + MOST_UNSURE_TIMES * distance_m
    kept = np.flatnonzero((metres <= FASTEST_M_S * lasts_s) & (best_m2 <= most_unsure_m**2))
    count = np.maximum(np.ceil(metres[kept] / LONGEST_M), 1).astype(np.int64)
    piece = np.repeat(kept, count)
    pieces = own.at(piece)
    number = np.arange(pieces.size) - np.repeat(np.cumsum(count) - count, count)
    share = np.repeat(count, count)
    lasts_us = pieces.end_us - pieces.start_us
    middle = placed(pieces, pieces.start_us + lasts_us * ((2 * number + 1) / (2 * share)))
    unsure_m = np.sqrt(np.maximum(middle.variance_m2, np.maximum(pieces.start_m2, pieces.end_m2)))
    half_m = np.linalg.norm(pieces.end - pieces.start, axis=0) / share / 2
    window_us = pieces.start_us // WINDOW_US * WINDOW_US
    found = Circles(
        np.maximum(pieces.start_us + lasts_us * number // share - REPORTS_US, window_us),
        np.minimum(pieces.start_us + lasts_us * (number + 1) // share + REPORTS_US, window_us + (WINDOW_US - 1)),
        middle.points,
        half_m + distance_m + np.hypot(np.minimum(unsure_m, most_unsure_m), OFF_M),
    )
    return found, piece


def reported_inside(around: Circles, fixes: Fixes) -> NDArray[np.bool_]:
    """Whether each of the fixes is in one of the circles, at its time."""
    points = geocentric(fixes.latitude, fixes.longitude)
    # The ends rise along a way as the starts do.
    first = np.searchsorted(around.end_us, fixes.time_us, side="left")
    count = np.maximum(np.searchsorted(around.start_us, fixes.time_us, side="right") - first, 0)
    inside = np.zeros(fixes.size, bool)
    for nth in range(int(count.max(initial=0))):
        some = np.flatnonzero(count > nth)
        circle = first[some] + nth
        off = points[:, some] - around.points[:, circle]
        inside[some] |= (off * off).sum(axis=0) <= around.radius_m[circle] ** 2
    return inside
