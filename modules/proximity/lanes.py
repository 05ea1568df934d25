"""Fixes side by side: a lane for each person and window, so that one operation of numpy serves them all.

Whatever is computed of a lane is computed of its own fixes alone, in the same order of operations however many lanes
there are: see ways.py for why that matters.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric
from proximity.tracks.between import taken_between
from proximity.tracks.cleaning import cleaned
from proximity.windows import CONTEXT_US, WINDOW_US, Windows

RADIUS_68 = float(np.sqrt(-2 * np.log(0.32)))  # the radius that holds 68 % of the errors, in deviations on one axis
UNKNOWN_M = 5.0  # the accuracy of a phone that has never said one
LEAST_M = 0.3  # no phone knows its place better
MOST_M = 1_000.0  # worse is nowhere at all, and so light beside other fixes that sums of weights would lose it
EXACT_M = 0.1  # unless it was not a phone that measured it: then the way leads through it
LONGEST_GAP_S, LONGEST_GAP_INTERVALS = 120.0, 3.0

# An outlier is further from the median of the five fixes around than noise and walking explain.
OUTLIER_DEVIATIONS, OUTLIER_M_S, OUTLIER_S = 5.0, 2.5, 20.0

RULES = {
    "radius_68": RADIUS_68,
    "unknown_m": UNKNOWN_M,
    "least_m": LEAST_M,
    "most_m": MOST_M,
    "exact_m": EXACT_M,
    "longest_gap_s": LONGEST_GAP_S,
    "longest_gap_intervals": LONGEST_GAP_INTERVALS,
    "outlier_deviations": OUTLIER_DEVIATIONS,
    "outlier_m_s": OUTLIER_M_S,
    "outlier_s": OUTLIER_S,
}
CELLS_AT_ONCE = 1 << 15  # bounds the memory: a cell takes about 0.3 kB


class Lanes(NamedTuple):
    """m lanes of up to n fixes; arrays [n, m], of which the first `held` rows of a lane hold fixes."""

    person_id: Ints  # [m]
    window: Ints  # [m]
    held: Ints  # [m]
    origin: Floats  # metres, geocentric: [3, m]
    time_us: Ints
    points: Floats  # metres from the origin: [3, n, m]
    deviation_m: Floats  # on one axis
    is_exact: NDArray[np.bool_]
    gap_before: NDArray[np.bool_]  # nobody knows how the person came to this fix from the one before
    interval_s: Floats  # the median: [m]
    longest_gap_us: Ints  # [m]

    def at(self, lane: Ints) -> "Lanes":
        """Some of the lanes."""
        return Lanes._make(column[..., lane] for column in self)

    def starts_anew(self) -> NDArray[np.bool_]:
        """Whether nothing holds a fix and the one before together: after a gap, and on both sides of an exact fix."""
        starts = self.gap_before | self.is_exact
        starts[1:] |= self.is_exact[:-1]
        return starts


def lanes(fixes: Fixes, windows: Windows) -> Iterator[Lanes]:
    """Cut fixes of several persons, by person and time, into lanes for the windows, some at a time; those too."""
    from_us = windows.number * WINDOW_US - CONTEXT_US
    begin, count = taken_between(fixes, windows.person_id, from_us, from_us + (WINDOW_US + 2 * CONTEXT_US))
    by_count = np.argsort(-count, kind="stable")
    by_count = by_count[count[by_count] > 0]
    points = geocentric(fixes.latitude, fixes.longitude)
    at = 0
    while at < by_count.size:
        some = np.sort(by_count[at : at + max(1, CELLS_AT_ONCE // int(count[by_count[at]]))])
        at += some.size
        kept = cleaned(fixes, points, begin[some], count[some], RULES)
        yield Lanes(windows.person_id[some], windows.number[some], *kept)
