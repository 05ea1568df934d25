"""Optimal partitioning: stays and straight walks, so that the squares about them and a price for each are smallest.

Dynamic programming with PELT's pruning (R. Killick, P. Fearnhead, I. Eckley, Optimal detection of changepoints with a
linear computational cost, JASA 107, 2012). All lanes go forward in step.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.sums import Sums
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth. For where to cut it is safer to think that errors repeat for longer.
CUT_WHITE, CUT_MEMORY_S = 0.7, 30.0
PRICE, PRICE_OF_VELOCITY = 6.0, 3.0
# That is for a fix each half minute at least, off by two metres on an axis.
SELDOM_S, BY_INTERVAL = 30.0, 2.5
USUAL_DEVIATION_M, BY_DEVIATION = 2.0, 2.0
LEAST_PRICE, MOST_PRICE = 3.0, 9.0
MOST_INFLATION = 4.0
FASTEST_M_S, SLOWEST_WALK_M_S = 2.5, 0.2
FEWEST_OF_A_WALK = 3
OPEN = 24  # candidates for where the last part began


def inflation_of(interval_s: Floats) -> Floats:
    """How many fixes tell as much as one would, if errors did not repeat."""
    kept = np.exp(-interval_s / CUT_MEMORY_S)
    with np.errstate(divide="ignore"):
        inflation: Floats = np.minimum(MOST_INFLATION, CUT_WHITE + (1 - CUT_WHITE) * (1 + kept) / (1 - kept))
    return inflation


def _price(some: Lanes, sums: Sums) -> Floats:
    """What a part must save in log-likelihood, by lane.

    A change is the likelier the more time goes by between two fixes; and the less a phone knows of a place, the less is
    claimed by naming one: both are logarithms, one of a duration and one of an area.
    """
    held = np.maximum(some.held, 1)
    deviation_m = np.sqrt(held / sums.w[held, np.arange(held.size)])
    seldom = BY_INTERVAL * np.log(np.maximum(some.interval_s / SELDOM_S, 1.0))
    vague = BY_DEVIATION * np.log(deviation_m / USUAL_DEVIATION_M)
    price: Floats = np.clip(PRICE - seldom - vague, LEAST_PRICE, MOST_PRICE)
    return price


def partition(some: Lanes, sums: Sums, inflation: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each."""
    rows, lanes = some.time_us.shape
    price = _price(some, sums) * inflation
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
    alive = np.searchsorted(-some.held, -np.arange(rows), side="left").tolist()  # lanes with more than `row` fixes
    alone = some.is_exact.copy()
    alone[1:] |= some.is_exact[:-1]
    new_start = some.gap_before | alone
    starts_somewhere = set(np.flatnonzero(new_start.any(axis=1)).tolist())
    for row, live in enumerate(alive):
        lane = every[:live]
        # No more slots than rows are in use. An operation on a short lane costs what numpy's call costs.
        now = slice(0, row + 1), slice(0, live)
        open_best, open_score, open_at = opened_best[now], score[now], opened_at[now]
        if row in starts_somewhere:
            open_best[:, new_start[row, :live]] = np.inf
            open_score[:, new_start[row, :live]] = np.inf
        slot = open_score.argmax(axis=0)
        opened[:, slot, lane] = stacked[:, row, :live]
        open_at[slot, lane] = row
        open_best[slot, lane] = best[:live]
        stay, walk = _squares(stacked[:, row + 1, None, :live] - opened[:, : row + 1, :live])
        many = open_at <= row + 1 - FEWEST_OF_A_WALK
        walk[~many] = np.inf
        stay /= 2
        walk /= 2
        as_walk = walk + PRICE_OF_VELOCITY
        cost = open_best + np.minimum(stay, as_walk)
        winner = cost.argmin(axis=0)
        best[:live] = cost[winner, lane] + price[:live]
        chosen[row, :live] = open_at[winner, lane]
        chosen_walk[row, :live] = as_walk[winner, lane] < stay[winner, lane]
        closed = (open_best + np.minimum(stay, walk) > best[:live]) & many
        open_score[...] = cost
        open_best[closed] = np.inf
        open_score[closed] = np.inf
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
