"""A track cut into stays and straight walks, and what is known of each.

Optimal partitioning: the cut with the smallest sum of squares about the parts' means (or lines) plus a price for each
part, found by dynamic programming with PELT's pruning (R. Killick, P. Fearnhead, I. Eckley, Optimal detection of
changepoints with a linear computational cost, JASA 107, 2012). All lanes go forward in step.

Errors repeat: of their variance a share WHITE is new with each fix, the rest fades with MEMORY_S (Gauss-Markov). So the
price of a part grows with how little a fix adds, and the mean of a part is less sure than the mean of as many
independent fixes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth. For where to cut it is safer to think that errors repeat for longer.
WHITE, MEMORY_S = 0.85, 20.0
CUT_WHITE, CUT_MEMORY_S = 0.7, 30.0
NEVER_AVERAGES = 0.1  # the part of a phone's deviation that no mean takes away
PRICE, PRICE_OF_VELOCITY = 6.0, 3.0
MOST_INFLATION = 4.0
FASTEST_M_S, SLOWEST_WALK_M_S = 2.5, 0.2
FEWEST_OF_A_WALK = 3
WALKING_M_S, FIDGETING_M2_S = 0.9, 0.0005
QUICK_M_S = 1.3  # nobody gets from one stay to the next any faster,
MOST_ON_THE_WAY, FEWEST_TO_TRIM = 8, 4  # so up to so many fixes between them were taken on the way
OPEN = 24  # candidates for where the last part began

# What a phone says of its accuracy is corrected where its own stays say otherwise.
FEWEST_TO_LEARN, MEDIAN_OF_RAYLEIGH, SHARE_OF_JUMPS = 20, 1.1774, 0.85
HONEST = 0.7, 1.4
CORRECTION = 0.5, 4.0


class Sums(NamedTuple):
    """Sums of W = 1/deviation² over fixes; z metres from the lane's origin, u seconds from its first fix."""

    w: Floats
    u: Floats
    uu: Floats
    zz: Floats
    x: Floats
    y: Floats
    z: Floats
    ux: Floats
    uy: Floats
    uz: Floats


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
    inflation = _inflation(some.interval_s)
    sums = _sums(some)
    began, walks = _cut(some, sums, inflation)
    factor = _learned(some, began, walks)
    wrong = np.flatnonzero(factor != 1)
    if wrong.size:
        some = some._replace(deviation_m=some.deviation_m * factor)
        sums = _sums(some)
        began[:, wrong], walks[:, wrong] = _cut(
            some.at(wrong), Sums._make(column[:, wrong] for column in sums), inflation[wrong]
        )
    _make_room_to_walk(some, sums, began, walks)
    return _described(some, sums, began, walks)


def parts_of(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Parts:
    """The parts of lanes that are cut already: whether one begins at a fix, and whether the fix belongs to a walk."""
    return _described(some, _sums(some), began, walks)


def _inflation(interval_s: Floats) -> Floats:
    """How many fixes tell as much as one would, if errors did not repeat."""
    kept = np.exp(-interval_s / CUT_MEMORY_S)
    with np.errstate(divide="ignore"):
        inflation: Floats = np.minimum(MOST_INFLATION, CUT_WHITE + (1 - CUT_WHITE) * (1 + kept) / (1 - kept))
    return inflation


def _sums(some: Lanes) -> Sums:
    """Sums over the fixes before each row: [n + 1, m]."""
    weight = 1 / some.deviation_m**2
    since_s = (some.time_us - some.time_us[0]) / SECOND_US
    x, y, z = some.points

    def before(column: Floats) -> Floats:
        total = np.zeros((column.shape[0] + 1, column.shape[1]))
        np.cumsum(column, axis=0, out=total[1:])
        return total

    wx, wy, wz, wu = weight * x, weight * y, weight * z, weight * since_s
    return Sums(
        before(weight),
        before(wu),
        before(wu * since_s),
        before(wx * x + wy * y + wz * z),
        before(wx),
        before(wy),
        before(wz),
        before(wu * x),
        before(wu * y),
        before(wu * z),
    )


def _cut(some: Lanes, sums: Sums, inflation: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each."""
    rows, lanes = some.time_us.shape
    price = PRICE * inflation
    slots = min(OPEN, rows)
    best = -price  # of all fixes so far
    stacked = np.stack(sums)  # [10, n + 1, m]
    opened = np.zeros((10, slots, lanes))
    opened_at = np.full((slots, lanes), -rows - 1)
    opened_best = np.full((slots, lanes), np.inf)
    score = np.full((slots, lanes), np.inf)
    chosen = np.zeros((rows, lanes), np.int64)
    chosen_walk = np.zeros((rows, lanes), bool)
    every = np.arange(lanes)
    alive = np.searchsorted(-some.held, -np.arange(rows), side="left")  # lanes with more than `row` fixes
    alone = some.is_exact.copy()
    alone[1:] |= some.is_exact[:-1]
    new_start = some.gap_before | alone
    for row in range(rows):
        live = int(alive[row])
        lane = every[:live]
        now = slice(0, live)
        if new_start[row, now].any():
            opened_best[:, now][:, new_start[row, now]] = np.inf
            score[:, now][:, new_start[row, now]] = np.inf
        slot = score[:, now].argmax(axis=0)
        opened[:, slot, lane] = stacked[:, row, now]
        opened_at[slot, lane] = row
        opened_best[slot, lane] = best[now]
        stay, walk = _squares(stacked[:, row + 1, None, now] - opened[:, :, now])
        many = row + 1 - opened_at[:, now] >= FEWEST_OF_A_WALK
        walk = np.where(many, walk, np.inf)
        as_walk = walk / 2 + PRICE_OF_VELOCITY
        cost = opened_best[:, now] + np.minimum(stay / 2, as_walk)
        winner = cost.argmin(axis=0)
        best[now] = cost[winner, lane] + price[now]
        chosen[row, now] = opened_at[winner, lane]
        chosen_walk[row, now] = as_walk[winner, lane] < stay[winner, lane] / 2
        least = opened_best[:, now] + np.minimum(stay, walk) / 2
        closed = (least > best[now]) & many
        opened_best[:, now] = np.where(closed, np.inf, opened_best[:, now])
        score[:, now] = np.where(closed, np.inf, cost)
    return _traced(some.held, chosen, chosen_walk)


def _squares(part: Floats) -> tuple[Floats, Floats]:
    """Weighted squares about the mean, and about a line at a person's speed; infinite where nobody walks."""
    w, u, uu, zz, x, y, z, ux, uy, uz = part
    stay = np.maximum(zz - (x * x + y * y + z * z) / w, 0.0)
    mean_u = u / w
    spread = uu - u * mean_u
    cx, cy, cz = ux - mean_u * x, uy - mean_u * y, uz - mean_u * z
    cross = np.sqrt(cx * cx + cy * cy + cz * cz)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = cross / spread
        limited = np.minimum(1.0, FASTEST_M_S / speed)
        walk = stay - cross * speed * limited * (2 - limited)
    walks = speed > SLOWEST_WALK_M_S
    return stay, np.where(walks, np.maximum(walk, 0.0), np.inf)


def _traced(count: Ints, chosen: Ints, chosen_walk: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Follow the choices back from the last fix of each lane."""
    began, ended_walk = np.zeros(chosen.shape, bool), np.zeros(chosen.shape, bool)
    lane = np.flatnonzero(count > 0)
    row = count[lane] - 1
    while lane.size:
        start = chosen[row, lane]
        began[start, lane] = True
        ended_walk[start, lane] = chosen_walk[row, lane]
        on = start > 0
        lane, row = lane[on], start[on] - 1
    part = np.cumsum(began, axis=0)  # from 1
    walks = np.zeros_like(began)
    starts = np.nonzero(began)
    by_part = np.zeros((chosen.shape[0] + 1, chosen.shape[1]), bool)
    by_part[part[starts], starts[1]] = ended_walk[starts]
    walks[:] = np.take_along_axis(by_part, part, axis=0)
    return began, walks


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


def _make_room_to_walk(some: Lanes, sums: Sums, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> None:
    """Take from the ends of stays what must have been on the way from one to the next: it takes time to get there."""
    for _ in range(MOST_ON_THE_WAY):
        lane, first, last = _ranges(some, began)
        stays = np.flatnonzero((last - first + 1 >= FEWEST_TO_TRIM) & ~walks[first, lane])
        lane, first, last = lane[stays], first[stays], last[stays]
        weight = sums.w[last + 1, lane] - sums.w[first, lane]
        mean = np.stack([axis[last + 1, lane] - axis[first, lane] for axis in (sums.x, sums.y, sums.z)]) / weight
        metres = np.linalg.norm(np.diff(mean, axis=1), axis=0)
        between_s = (some.time_us[first[1:], lane[1:]] - some.time_us[last[:-1], lane[:-1]]) / SECOND_US
        tight = np.flatnonzero((lane[1:] == lane[:-1]) & (metres > between_s * QUICK_M_S))
        if not tight.size:
            return
        leaving, coming = last[tight], first[tight + 1]
        on = lane[tight]
        off_before = (
            np.linalg.norm(some.points[:, leaving, on] - mean[:, tight], axis=0) / some.deviation_m[leaving, on]
        )
        off_after = (
            np.linalg.norm(some.points[:, coming, on] - mean[:, tight + 1], axis=0) / some.deviation_m[coming, on]
        )
        before = off_before >= off_after
        began[leaving[before], on[before]] = True
        began[coming[~before] + 1, on[~before]] = True


def _ranges(some: Lanes, began: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Lane, first and last row of each part."""
    lane, first = (axis.astype(np.int64) for axis in np.nonzero(began.T))
    last = np.append(first[1:], 0) - 1
    ends = np.append(lane[1:] != lane[:-1], True)[: lane.size]
    last[ends] = some.held[lane[ends]] - 1
    return lane, first, last


def _described(some: Lanes, sums: Sums, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> Parts:
    lane, first, last = _ranges(some, began)
    w, u, uu, _, x, y, z, ux, uy, uz = (column[last + 1, lane] - column[first, lane] for column in sums)
    is_walk = walks[first, lane]
    number = last - first + 1
    lasts_s = (some.time_us[last, lane] - some.time_us[first, lane]) / SECOND_US
    variance = number / w  # of one of the fixes
    faded = lasts_s / MEMORY_S
    with np.errstate(divide="ignore", invalid="ignore"):
        repeated = np.where(faded > 0, 2 / faded * (1 - (1 - np.exp(-faded)) / faded), 1.0)
    repeated = np.where(faded > 1e-4, repeated, 1.0)  # noqa: PLR2004  where the difference would be rounding
    of_mean = variance * (WHITE / number + (1 - WHITE) * repeated + NEVER_AVERAGES**2)
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
        variance_m2=of_mean + FIDGETING_M2_S * np.where(is_walk, 10.0, lasts_s / 3),
        velocity_m2_s2=turning,
        most_m2=np.where(is_walk, variance * (1 + NEVER_AVERAGES**2) + 10 * FIDGETING_M2_S, np.inf),
    )
