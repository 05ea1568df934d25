"""For how long people stay, and so what it costs that a part lasts so long: before anything is known, and after a cut.

Empirical Bayes (H. Robbins, An empirical Bayes approach to statistics, 1956): the stays of a track's first cut have a
median and a spread; for its next cut durations are lognormal about them, but for a share that may last for any time.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.room import ranges
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth.
USUAL_STAY_S, MOST_FOR_LENGTH = 400.0, 2.0  # stays last minutes; what is half as long is half as likely
SPREAD, WORTH = 0.3, 2.0  # of the logarithms of durations, before any is known; it counts as so many stays do
FARTHEST = 1.0  # no stay adds more to the spread's square
ANYTHING, DOUBT = 0.1, 1.0  # the share that may last for any time; and as one of how many stays more do so
BLUR = 0.41  # intervals: the deviation of a duration, as its ends lie between two fixes each


def usual(some: Lanes) -> Floats:
    """What it costs that a part holds one fix, two, and so on: [n, m]."""
    cost: Floats = -np.log(_any_length(some))
    return cost


def learned(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Floats:
    """The same, after a first cut: [n, m]."""
    interval_s = np.maximum(some.interval_s, 1.0)
    count, median_s, spread = _of_stays(interval_s, *_whole_stays(some, began, walks))
    wide = np.hypot(spread, BLUR * interval_s / median_s)
    lasts_s = _lasts_s(some)
    density = np.exp(-((np.log(lasts_s / median_s) / wide) ** 2) / 2) / (wide * np.sqrt(2 * np.pi)) / lasts_s
    share = (1 - ANYTHING) * count / (count + DOUBT)
    cost: Floats = -np.log(share * density * USUAL_STAY_S + (1 - share) * _any_length(some))
    return cost


def _of_stays(interval_s: Floats, lane: Ints, fixes: Ints) -> tuple[Ints, Floats, Floats]:
    """The number of stays of each lane, in which half of its time at stays is spent, and the spread about that."""
    order = np.lexsort((fixes, lane))
    lane, fixes = lane[order], fixes[order]
    count = np.bincount(lane, minlength=interval_s.size)
    total = np.zeros_like(count)
    np.add.at(total, lane, fixes)
    until = np.cumsum(fixes) - (np.cumsum(total) - total)[lane]
    below = np.bincount(lane[2 * until - fixes < total[lane]], minlength=interval_s.size)
    middle = np.append(fixes, 0)[np.minimum(np.cumsum(count) - count + below, fixes.size)]
    median_s = np.where(count > 0, middle * interval_s, USUAL_STAY_S)
    off = np.minimum(np.log(fixes * interval_s[lane] / median_s[lane]) ** 2, FARTHEST)
    mean_off = np.bincount(lane, off * fixes, interval_s.size) / np.maximum(total, 1)
    return count, median_s, np.sqrt((WORTH * SPREAD**2 + count * mean_off) / (WORTH + count))


def _whole_stays(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Lane and number of fixes of each stay whose begin and end have been seen."""
    lane, first, last = ranges(some, began)
    starts = some.starts_anew()
    ends = np.minimum(last + 1, starts.shape[0] - 1)
    whole = (first > 0) & (last > first) & (last < some.held[lane] - 1) & ~walks[first, lane]
    whole &= ~starts[first, lane] & ~starts[ends, lane]
    return lane[whole], (last - first + 1)[whole]


def _lasts_s(some: Lanes) -> Floats:
    lasts_s: Floats = np.arange(1, some.time_us.shape[0] + 1)[:, None] * np.maximum(some.interval_s, 1.0)
    return lasts_s


def _any_length(some: Lanes) -> Floats:
    likely: Floats = np.minimum(_lasts_s(some) / USUAL_STAY_S, np.exp(MOST_FOR_LENGTH))
    return likely
