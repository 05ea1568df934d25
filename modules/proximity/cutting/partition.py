"""Optimal partitioning: stays and straight walks, so that the squares about them and a price for each are smallest.

Dynamic programming with PELT's pruning (R. Killick, P. Fearnhead, I. Eckley, Optimal detection of changepoints with a
linear computational cost, JASA 107, 2012). All lanes go forward in step.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting.noise import HEAD_OF, ORDER
from proximity.cutting.sums import Sums
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth. Stays last minutes, somewhere in a room; a fix on the way is anywhere.
USUAL_STAY_S, ROOM_M2, FLOOR_M2 = 400.0, 600.0, 2_000.0
SHORT_STAYS, MOST_FOR_LENGTH = 1.0, 2.0  # how much unlikelier a stay is of half the length, as a power
PRICE_OF_WALK, WALKING_M_S = 3.0, 0.9
LEAST_ON_THE_WAY = 1.0
FASTEST_M_S, SLOWEST_WALK_M_S = 2.5, 0.2
FEWEST_OF_A_WALK = 3
OPEN = 24  # candidates for where the last part began


def partition(some: Lanes, sums: Sums, terms: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each.

    `terms` are those of cutting/noise.py. A fix may be on the way from one part to the next: then it is a part alone.
    """
    rows, lanes = some.time_us.shape
    interval_s = np.maximum(some.interval_s, 1.0)
    price, on_the_way = _prices(some, sums, interval_s)
    slots = min(OPEN, rows)
    best = np.zeros(lanes)  # of all fixes so far
    opened = np.zeros((terms.shape[1], slots, lanes))
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
        part, open_best, open_score, open_at = opened[:, *now], opened_best[now], score[now], opened_at[now]
        if row in starts_somewhere:
            open_best[:, new_start[row, :live]] = np.inf
            open_score[:, new_start[row, :live]] = np.inf
        slot = open_score.argmax(axis=0)
        part[:, slot, lane] = 0.0
        open_at[slot, lane] = row
        open_best[slot, lane] = best[:live]
        number = row - open_at
        part += terms[:, :, row, :live].transpose(1, 0, 2)[:, HEAD_OF[np.minimum(number, ORDER)], lane]
        stay, walk, as_walk = _costs(part, number + 1 >= FEWEST_OF_A_WALK)
        open_score[...] = open_best + np.minimum(stay, as_walk) + _naming(part, (number + 1) * interval_s[:live])
        winner = open_score.argmin(axis=0)
        alone_cost, together_cost = best[:live] + on_the_way[:live], open_score[winner, lane] + price[:live]
        is_alone = alone_cost < together_cost
        best[:live] = np.where(is_alone, alone_cost, together_cost)
        chosen[row, :live] = np.where(is_alone, row, open_at[winner, lane])
        chosen_walk[row, :live] = (as_walk[winner, lane] < stay[winner, lane]) & ~is_alone
        closed = (open_best + np.minimum(stay, walk) > best[:live]) & (number + 1 >= FEWEST_OF_A_WALK)
        open_best[closed] = np.inf
        open_score[closed] = np.inf
    return _traced(some.held, chosen, chosen_walk)


def _prices(some: Lanes, sums: Sums, interval_s: Floats) -> tuple[Floats, Floats]:
    """Of one more part, and of a fix on the way, by lane: what naming a place costs, and that a stay ends.

    The better a phone knows, the more is claimed by naming a place in a room (G. Schwarz, Estimating the dimension of a
    model, 1978, with the prior written out).
    """
    held = np.maximum(some.held, 1)
    precision = sums.w[held, np.arange(held.size)] / held
    price = np.log(np.maximum(USUAL_STAY_S / interval_s, 1.5)) + np.log(ROOM_M2 / (2 * np.pi))
    return price, np.maximum(np.log(FLOOR_M2 * precision / (2 * np.pi)), LEAST_ON_THE_WAY)


def _costs(part: Floats, is_long: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """What the fixes of each part cost as a stay, as a walk, and as a walk with its price, in log-likelihood."""
    stay, walk, spread = _squares(part[:-1])
    walk = np.where(is_long & np.isfinite(walk), walk / 2 + part[-1], np.inf)
    return stay / 2 + part[-1], walk, walk + PRICE_OF_WALK + np.log1p(np.maximum(spread, 0.0) * WALKING_M_S**2)


def _naming(part: Floats, lasts_s: Floats) -> Floats:
    """What it costs to name the place of each part as well as its fixes know it, and that it lasts so long."""
    longer = np.minimum(SHORT_STAYS * np.log(lasts_s / USUAL_STAY_S), MOST_FOR_LENGTH)
    cost: Floats = np.log(np.maximum(part[0], 1e-9)) - longer
    return cost


def _squares(part: Floats) -> tuple[Floats, Floats, Floats]:
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
    return stay, np.where(walks, np.maximum(walk, 0.0), np.inf), spread


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
