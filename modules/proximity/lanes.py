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
from proximity.instants import SECOND_US
from proximity.windows import CONTEXT_US, WINDOW_US, Windows

RADIUS_68 = float(np.sqrt(-2 * np.log(0.32)))  # the radius that holds 68 % of the errors, in deviations on one axis
UNKNOWN_M = 5.0  # the accuracy of a phone that has never said one
LEAST_M = 0.3  # no phone knows its place better
MOST_M = 1_000.0  # worse is nowhere at all, and so light beside other fixes that sums of weights would lose it
EXACT_M = 0.1  # unless it was not a phone that measured it: then the way leads through it
LONGEST_GAP_S, LONGEST_GAP_INTERVALS = 120.0, 3.0

# An outlier is further from the median of the five fixes around than noise and walking explain.
OUTLIER_DEVIATIONS, OUTLIER_M_S, OUTLIER_S = 5.0, 2.5, 20.0

CELLS_AT_ONCE = 1 << 15  # bounds the memory: a cell takes about 0.3 kB


class Lanes(NamedTuple):
    """m lanes of up to n fixes; arrays [n, m], of which the first `held` rows of a lane hold fixes. Longest first."""

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
    """Cut fixes of several persons, by person and time, into a lane for each of the windows."""
    begin, count = _spans(fixes, windows)
    by_count = np.argsort(-count, kind="stable")
    by_count = by_count[count[by_count] > 0]
    at = 0
    while at < by_count.size:
        some = by_count[at : at + max(1, CELLS_AT_ONCE // int(count[by_count[at]]))]
        at += some.size
        yield _side_by_side(fixes, windows.person_id[some], windows.number[some], begin[some], count[some])


def _spans(fixes: Fixes, windows: Windows) -> tuple[Ints, Ints]:
    """The first fix of each window's context, and their number."""
    begins = np.flatnonzero(np.diff(fixes.person_id, prepend=fixes.person_id[:1] - 1))
    persons = fixes.person_id[begins]
    count = np.diff(np.append(begins, fixes.size))
    rank = np.searchsorted(persons, windows.person_id)
    rank = np.where(np.isin(windows.person_id, persons), rank, persons.size)
    # One ascending key for all persons: their times one after the other.
    low_us = fixes.time_us.min(initial=0)
    lasts_us = fixes.time_us.max(initial=0) - low_us + 2
    key = np.repeat(np.arange(persons.size) * lasts_us, count) + (fixes.time_us - low_us)
    from_us = windows.number * WINDOW_US - CONTEXT_US
    first, end = (
        np.searchsorted(key, rank * lasts_us + np.clip(at_us - low_us, 0, lasts_us - 1))
        for at_us in (from_us, from_us + WINDOW_US + 2 * CONTEXT_US)
    )
    return first, end - first


def _side_by_side(fixes: Fixes, person: Ints, window: Ints, begin: Ints, count: Ints) -> Lanes:
    row = np.arange(int(count.max()))[:, None]
    held = row < count
    at = np.where(held, begin + row, begin)
    accuracy = np.where(held, fixes.accuracy_m[at], np.nan).astype(np.float64)
    accuracy[~(accuracy > 0)] = np.nan  # 0 is what phones say that do not know
    known = np.sum(~np.isnan(accuracy), axis=0)
    usual = np.where(known > 0, _median(np.where(np.isnan(accuracy), np.inf, accuracy), known), UNKNOWN_M)
    accuracy = np.minimum(np.where(np.isnan(accuracy), usual, accuracy), MOST_M)
    is_exact = accuracy <= EXACT_M
    deviation_m = np.maximum(accuracy, np.where(is_exact, EXACT_M / 2, LEAST_M)) / RADIUS_68
    placed = geocentric(fixes.latitude[at], fixes.longitude[at])
    kept = held & (is_exact | ~_outliers(placed, fixes.time_us[at], deviation_m, count))
    # The kept ones move up; the order stays. An outlier is never the only fix.
    order = np.argsort(~kept, axis=0, kind="stable")
    count = kept.sum(axis=0)
    by_count = np.argsort(-count, kind="stable")
    order, count, lane = order[:, by_count], count[by_count], by_count
    time_us = fixes.time_us[at][order, lane]
    points = placed[:, order, lane]
    origin = points[:, 0].copy()
    beyond = row >= count
    interval_us = np.where(beyond[1:], np.iinfo(np.int64).max, np.diff(time_us, axis=0))
    interval_s = _median(interval_us.astype(np.float64), count - 1) / SECOND_US
    longest_gap_us = np.maximum(LONGEST_GAP_S, LONGEST_GAP_INTERVALS * interval_s) * SECOND_US
    gap_before = np.zeros(beyond.shape, bool)
    gap_before[1:] = (interval_us > longest_gap_us) & ~beyond[1:]
    return Lanes(
        person_id=person[lane],
        window=window[lane],
        held=count,
        origin=origin,
        time_us=time_us,
        points=points - origin[:, None],
        deviation_m=deviation_m[order, lane],
        is_exact=is_exact[order, lane],
        gap_before=gap_before,
        interval_s=interval_s,
        longest_gap_us=longest_gap_us.astype(np.int64),
    )


def _median(columns: Floats, count: Ints) -> Floats:
    """The lower median of the `count` smallest of each column; 0 where there are none."""
    if not columns.shape[0]:
        return np.zeros(count.size)
    at = np.maximum(count - 1, 0) // 2
    median = np.sort(columns, axis=0)[at, np.arange(count.size)]
    return np.where(count > 0, median, 0.0)


def _outliers(placed: Floats, time_us: Ints, deviation_m: Floats, count: Ints) -> NDArray[np.bool_]:
    """Fixes far from the median of the five around them (of three at the ends)."""
    rows, lanes = time_us.shape
    row, lane = np.arange(rows)[:, None], np.arange(lanes)
    median = placed.copy()
    median[:, 2:-2] = _median_of_five(*(placed[:, at : max(rows - 4 + at, at)] for at in range(5)))
    ends = np.concatenate([np.minimum(row[:2], count - 1), np.maximum(count - 2 + row[:2], 0)])
    median[:, ends, lane] = _median_around(placed, ends, count)
    off = np.sqrt(((median - placed) ** 2).sum(axis=0))
    next_us, last_us = time_us[np.minimum(row + 1, count - 1), lane], time_us[np.clip(row - 1, 0, count - 1), lane]
    since_s = np.abs(next_us - last_us) / SECOND_US / 2
    allowed = OUTLIER_DEVIATIONS * deviation_m + OUTLIER_M_S * np.minimum(since_s, OUTLIER_S)
    outlier: NDArray[np.bool_] = (off > allowed) & (count > 2)  # noqa: PLR2004  of two nobody knows which
    return outlier


def _median_of_five(a: Floats, b: Floats, c: Floats, d: Floats, e: Floats) -> Floats:
    low = np.maximum(np.minimum(a, b), np.minimum(c, d))  # neither the smallest of the five nor the largest,
    high = np.minimum(np.maximum(a, b), np.maximum(c, d))  # and as many below the one as above the other
    median: Floats = np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), e))
    return median


def _median_around(placed: Floats, row: Ints, count: Ints) -> Floats:
    """Of up to five fixes around each of these rows: [3, rows, m]."""
    around = np.arange(-2, 3)[:, None, None] + row
    inside = (around >= 0) & (around < count)
    nearby = np.where(inside, placed[:, np.clip(around, 0, count - 1), np.arange(count.size)], np.inf)
    known = inside.sum(axis=0)
    middle = np.sort(nearby, axis=1)
    low = np.take_along_axis(middle, ((known - 1) // 2).clip(0)[None, None], axis=1)[:, 0]
    high = np.take_along_axis(middle, (known // 2).clip(0, 4)[None, None], axis=1)[:, 0]
    median: Floats = (low + high) / 2
    return median
