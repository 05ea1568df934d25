"""Optimal partitioning: stays and straight walks, so that the squares about them and a price for each are smallest.

Dynamic programming with PELT's pruning (R. Killick, P. Fearnhead, I. Eckley, Optimal detection of changepoints with a
linear computational cost, JASA 107, 2012), in cutting.c; here are the prices.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting import kernel
from proximity.cutting.noise import FILTERED_BY
from proximity.fixes import Floats
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth. Stays last minutes, somewhere in a room; a fix on the way is anywhere.
USUAL_STAY_S, ROOM_M2, FLOOR_M2 = 400.0, 600.0, 2_000.0
SHORT_STAYS, MOST_FOR_LENGTH = 1.0, 2.0  # how much unlikelier a stay is of half the length, as a power
LEAST_ON_THE_WAY = 1.0


def partition(some: Lanes, correlation: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each.

    `correlation` is one of noise.correlations(). A fix may be on the way from one part to the next: then it is a part
    alone.
    """
    interval_s = np.maximum(some.interval_s, 1.0)
    starts = some.gap_before | some.is_exact
    starts[1:] |= some.is_exact[:-1]
    price, on_the_way = _prices(some, interval_s)
    return kernel.cheapest_cut(
        some, correlation, FILTERED_BY, starts, price, on_the_way, _lasting(some.time_us.shape[0], interval_s)
    )


def _prices(some: Lanes, interval_s: Floats) -> tuple[Floats, Floats]:
    """Of one more part, and of a fix on the way, by lane: what naming a place costs, and that a stay ends.

    The better a phone knows, the more is claimed by naming a place in a room (G. Schwarz, Estimating the dimension of a
    model, 1978, with the prior written out).
    """
    held = np.maximum(some.held, 1)
    is_held = np.arange(some.time_us.shape[0])[:, None] < held
    # Added up one after the other: a sum of numpy's would depend on the lanes beside it.
    precision = np.cumsum(np.where(is_held, some.deviation_m**-2, 0.0), axis=0)[-1] / held
    price = np.log(np.maximum(USUAL_STAY_S / interval_s, 1.5)) + np.log(ROOM_M2 / (2 * np.pi))
    return price, np.maximum(np.log(FLOOR_M2 * precision / (2 * np.pi)), LEAST_ON_THE_WAY)


def _lasting(rows: int, interval_s: Floats) -> Floats:
    """What it costs that a part lasts for 1 to `rows` intervals: [rows, m]."""
    lasts_s = np.arange(1, rows + 1)[:, None] * interval_s
    cost: Floats = -np.minimum(SHORT_STAYS * np.log(lasts_s / USUAL_STAY_S), MOST_FOR_LENGTH)
    return cost
