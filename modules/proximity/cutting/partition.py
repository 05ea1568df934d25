"""Optimal partitioning: stays and straight walks, so that the squares about them and a price for each are smallest.

Dynamic programming with PELT's pruning (R. Killick, P. Fearnhead, I. Eckley, Optimal detection of changepoints with a
linear computational cost, JASA 107, 2012), in cutting.c; here are the prices.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.cutting import kernel
from proximity.cutting.durations import USUAL_STAY_S
from proximity.fixes import Floats
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth. Stays are somewhere in a room; a fix on the way is anywhere.
ROOM_M2, FLOOR_M2 = 400.0, 2_000.0
LEAST_ON_THE_WAY = 1.0


def partition(some: Lanes, correlation: Floats, lasting: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each.

    `correlation` is one of noise.correlations(), and `lasting` of durations.py. A fix may be on the way from one part
    to the next: then it is a part alone.
    """
    return kernel.cheapest_cut(some, correlation, some.starts_anew(), *_prices(some), lasting)


def evidence(some: Lanes, correlation: Floats, likely: Floats) -> Floats:
    """How likely each of k laws of how long parts last makes the fixes, over all ways to cut them: [m, k], up to 1.

    By each it is so `likely` [n, m, k] that a part holds one fix, two, and so on.
    """
    return kernel.evidence(some, correlation, some.starts_anew(), *_prices(some), likely)


def _prices(some: Lanes) -> tuple[Floats, Floats]:
    """What one more part costs, and a fix of none: [m] each."""
    interval_s = np.maximum(some.interval_s, 1.0)
    held = np.maximum(some.held, 1)
    is_held = np.arange(some.time_us.shape[0])[:, None] < held
    # Added up one after the other: a sum of numpy's would depend on the lanes beside it.
    precision = np.cumsum(np.where(is_held, some.deviation_m**-2, 0.0), axis=0)[-1] / held
    # What naming a place costs, and that a stay ends. The better a phone knows, the more is claimed by naming a place
    # in a room (G. Schwarz, Estimating the dimension of a model, 1978, with the prior written out).
    price = np.log(np.maximum(USUAL_STAY_S / interval_s, 1.5)) + np.log(ROOM_M2 / (2 * np.pi))
    on_the_way = np.maximum(np.log(FLOOR_M2 * precision / (2 * np.pi)), LEAST_ON_THE_WAY)
    return price, on_the_way
