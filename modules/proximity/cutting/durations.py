"""For how long people stay, and so what it costs that a part lasts so long: before anything is known, and after a cut.

Empirical Bayes (H. Robbins, An empirical Bayes approach to statistics, 1956): most stays of a track's first cut last
about as long as each other; for its next cut durations are lognormal about that, but for a share that may last for any
time. An hour among many short stays, or two that were taken for one, are such others.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.room import ranges
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth.
USUAL_STAY_S, MOST_FOR_LENGTH = 400.0, 2.0  # stays last minutes; what is half as long is half as likely
ALIKE = 1.65  # times the shortest of some stays is the longest that lasts about as long
SPREAD, WORTH = 0.2, 2.0  # of the logarithms of durations, before any is known; it counts as so many stays do
ANYTHING, DOUBT = 0.1, 0.3  # the share that may last for any time; and as one of how many stays more do so
BLUR = 0.41  # intervals: the deviation of a duration, as its ends lie between two fixes each
LANE_BITS = 32


def usual(some: Lanes) -> Floats:
    """What it costs that a part holds one fix, two, and so on: [n, m]."""
    cost: Floats = -np.log(any_length(some))
    return cost


def learned(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Floats:
    """The same, after a first cut: [n, m]."""
    interval_s = np.maximum(some.interval_s, 1.0)
    count, usual_s, spread = _most_alike(interval_s, *_whole_stays(some, began, walks))
    share = (1 - ANYTHING) * count / (count + DOUBT)
    cost: Floats = -np.log(share * about(some, usual_s, spread) + (1 - share) * any_length(some))
    return cost


def _most_alike(interval_s: Floats, lane: Ints, fixes: Ints) -> tuple[Ints, Floats, Floats]:
    """The most stays of each lane that last about as long: their number, geometric mean, and the spread about it."""
    order = np.lexsort((fixes, lane))
    lane, fixes = lane[order], fixes[order]
    row = np.arange(lane.size)
    # In whole numbers: nothing depends on the lanes beside.
    key, longest = lane << LANE_BITS, (fixes * ALIKE).astype(np.int64)
    alike = np.searchsorted(key + fixes, key + longest, side="right") - row
    by_number = np.lexsort((alike, lane))  # of as many, the longest are last
    most = by_number[np.append(lane[1:] != lane[:-1], True)[: lane.size]]
    first, count = np.zeros((2, interval_s.size), np.int64)
    first[lane[most]], count[lane[most]] = most, alike[most]
    taken = np.flatnonzero((row >= first[lane]) & (row < first[lane] + count[lane]))
    lane = lane[taken]
    log_s = np.log(fixes[taken] * interval_s[lane])
    mean = np.bincount(lane, log_s, interval_s.size) / np.maximum(count, 1)
    squares = np.bincount(lane, (log_s - mean[lane]) ** 2, interval_s.size)
    usual_s = np.where(count > 0, np.exp(mean), USUAL_STAY_S)
    return count, usual_s, np.sqrt((WORTH * SPREAD**2 + squares) / (WORTH + count))


def _whole_stays(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Lane and number of fixes of each stay whose begin and end have been seen."""
    lane, first, last = ranges(some, began)
    starts = some.starts_anew()
    ends = np.minimum(last + 1, starts.shape[0] - 1)
    whole = (first > 0) & (last > first) & (last < some.held[lane] - 1) & ~walks[first, lane]
    whole &= ~starts[first, lane] & ~starts[ends, lane]
    return lane[whole], (last - first + 1)[whole]


def about(some: Lanes, usual_s: Floats, spread: Floats | float) -> Floats:
    """How likely each length is where stays last about as long as is usual: [n, m], or more of such."""
    lasts_s = _lasts_s(some)
    wide = np.hypot(spread, BLUR * np.maximum(some.interval_s, 1.0) / usual_s)
    density = np.exp(-((np.log(lasts_s / usual_s) / wide) ** 2) / 2) / (wide * np.sqrt(2 * np.pi)) / lasts_s
    likely: Floats = density * USUAL_STAY_S
    return likely


def _lasts_s(some: Lanes) -> Floats:
    lasts_s: Floats = np.arange(1, some.time_us.shape[0] + 1)[:, None] * np.maximum(some.interval_s, 1.0)
    return lasts_s


def any_length(some: Lanes) -> Floats:
    likely: Floats = np.minimum(_lasts_s(some) / USUAL_STAY_S, np.exp(MOST_FOR_LENGTH))
    return likely
