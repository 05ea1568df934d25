"""A track cut into stays and straight walks, and what is known of each.

Where to cut is found by optimal partitioning (cutting/partition.py), which has to know how much a fix adds. Errors
repeat, by a law that a track's own stays speak for (cutting/noise.py): so the mean of a part is less sure than that of
as many independent fixes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.cutting import durations
from proximity.cutting.kernel import costs_of_stays, sums_of
from proximity.cutting.noise import correlations
from proximity.cutting.partition import partition
from proximity.cutting.room import make_room_to_walk, ranges
from proximity.cutting.weighing import FEW_S, untold, weighed
from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth.
USUAL_LAW, USUAL_LAW_OF_FEW = 2.5, 5.0  # how much likelier another law must make the stays; where fixes are few
FITTED, FEWEST_FITTED = 1.3, 3  # a stay holds what fits: so much more varies the mean of as many fixes or more
NEVER_AVERAGES = 0.03  # the part of a phone's deviation that no mean takes away
WALKING_M_S = 0.9  # standard deviation of a velocity on one axis
FIDGETING_M2_S, FIDGETS_S = 0.0002, 60.0  # how fast the variance of a place grows that is called one, and for how long

# What a phone says of its accuracy is corrected where its own stays say otherwise.
FEWEST_TO_LEARN, MEDIAN_OF_RAYLEIGH, SHARE_OF_JUMPS = 20, 1.1774, 0.85
HONEST = 0.7, 1.4
CORRECTION = 0.5, 4.0


class Located(NamedTuple):
    """Where k parts were at some time."""

    points: Floats  # metres, geocentric: float64[3, k]
    variance_m2: Floats  # on one axis


class Parts(NamedTuple):
    """k parts by lane and time."""

    lane: Ints
    first: Ints  # rows of the first and the last fix
    last: Ints
    is_walk: NDArray[np.bool_]
    middle: Floats  # the mean, metres, geocentric: float64[3, k]
    middle_us: Floats  # the mean time
    velocity: Floats  # metres a second: float64[3, k]; 0 for a stay
    variance_m2: Floats  # of the mean, on one axis
    velocity_m2_s2: Floats  # variance of the velocity
    most_m2: Floats  # a walk is never less sure than one of its fixes

    def at(self, time_us: Ints) -> Located:
        """Where each of the parts was at a time of it."""
        since_s = (time_us - self.middle_us) / SECOND_US
        variance = self.variance_m2 + self.velocity_m2_s2 * since_s * since_s
        return Located(self.middle + self.velocity * since_s, np.minimum(variance, self.most_m2))


def parts(some: Lanes) -> Parts:
    """Cut each of the lanes; where a phone's accuracies prove wrong, once more with better ones."""
    began, walks, correlation = _cut(some)
    factor = _learned(some, began, walks)
    wrong = np.flatnonzero(factor != 1)
    if wrong.size:
        some = some._replace(deviation_m=some.deviation_m * factor)
        began[:, wrong], walks[:, wrong], correlation[:, wrong] = _cut(some.at(wrong))
    make_room_to_walk(some, began, walks)
    return _described(some, correlation, began, walks)


def _cut(some: Lanes) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Cut, and once more by what the stays tell of the law of errors and of how long people stay; with that law."""
    laws = correlations(some.interval_s, some.time_us.shape[0])
    began, walks = partition(some, laws[0], durations.usual(some))
    law = _law(some, laws, began, walks)
    chosen: Floats = laws[law, :, np.arange(law.size)].T
    lasting = durations.learned(some, began, walks)
    unclear = untold(some, law)
    if unclear.size:
        lasting[:, unclear] = weighed(some.at(unclear), chosen[:, unclear])
    began, walks = partition(some, chosen, lasting)
    return began, walks, chosen


def _law(some: Lanes, laws: Floats, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Ints:
    """Which law of errors makes each lane's stays the likeliest."""
    lane, first, last = ranges(some, began)
    stays = np.flatnonzero(~walks[first, lane] & (last > first))
    lane, first, last = lane[stays], first[stays], last[stays]
    against = costs_of_stays(some, laws, lane, first, last)
    against[1:] += np.where(some.interval_s < FEW_S, USUAL_LAW, USUAL_LAW_OF_FEW)
    law: Ints = np.argmin(against, axis=0)
    return law


def _learned(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Floats:
    """By how much each phone's deviations are to be multiplied, from its jumps within stays."""
    rows, lanes = some.time_us.shape
    if rows <= FEWEST_TO_LEARN:
        return np.ones(lanes)
    jump = np.sqrt((np.diff(some.points, axis=1) ** 2).sum(axis=0))
    jump /= np.sqrt(some.deviation_m[1:] ** 2 + some.deviation_m[:-1] ** 2)
    usable = ~began[1:] & ~walks[1:] & (np.arange(1, rows)[:, None] < some.held)
    known = usable.sum(axis=0)
    jumps = np.sort(np.where(usable, jump, np.inf), axis=0)
    median = jumps[np.maximum(known - 1, 0) // 2, np.arange(lanes)]
    factor = np.where(known >= FEWEST_TO_LEARN, median, np.nan) / (MEDIAN_OF_RAYLEIGH * SHARE_OF_JUMPS)
    wrong = (factor < HONEST[0]) | (factor > HONEST[1])
    return np.where(wrong, np.clip(factor, *CORRECTION), 1.0)


def _described(some: Lanes, correlation: Floats, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Parts:
    lane, first, last = ranges(some, began)
    w, u, uu, _, x, y, z, ux, uy, uz, _ = sums_of(some, correlation, lane, first, last)
    is_walk = walks[first, lane]
    lasts_s = (some.time_us[last, lane] - some.time_us[first, lane]) / SECOND_US
    variance = some.deviation_m[first, lane] ** 2
    fitted = ~is_walk & (last - first + 1 >= FEWEST_FITTED)
    of_mean = np.where(fitted, FITTED, 1.0) / w + variance * NEVER_AVERAGES**2
    spread = np.maximum(uu - u * u / w, 0.0)
    mean = np.stack([x, y, z]) / w
    cross = np.stack([ux, uy, uz]) - mean * u
    velocity = np.where(is_walk, cross / (spread + 1 / WALKING_M_S**2), 0.0)
    turning = np.where(is_walk, of_mean * w / (spread + 1 / WALKING_M_S**2), 0.0)
    return Parts(
        lane=lane,
        first=first,
        last=last,
        is_walk=is_walk,
        middle=some.origin[:, lane] + mean,
        middle_us=some.time_us[0, lane] + u / w * SECOND_US,
        velocity=velocity,
        variance_m2=of_mean + FIDGETING_M2_S * np.where(is_walk, 10.0, np.minimum(lasts_s, FIDGETS_S) / 3),
        velocity_m2_s2=turning,
        most_m2=np.where(is_walk, variance * (1 + NEVER_AVERAGES**2) + 10 * FIDGETING_M2_S, np.inf),
    )
