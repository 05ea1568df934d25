"""How errors repeat, and what is left of a fix that the fixes before it in its part do not tell already.

Errors of a law are predicted from the ones before (Levinson and Durbin); what that leaves over is independent.
So the squares about a mean or a line stay sums over fixes, of values that are filtered: least squares under errors that
repeat. The j-th fix of a part has j fixes before it to go by: a filter for each of HEADS.
"""

import numpy as np

from proximity.cutting import kernel
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

HEADS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)
ORDER = HEADS[-1]
FILTERED_BY = np.asarray(HEADS)[np.searchsorted(HEADS, np.arange(ORDER + 1), side="right") - 1]
SLOW = 0.5  # of the variance of an error, the share that repeats
SWINGS_S = np.linspace(60.0, 300.0, 100)
FADES_S = (20.0, 60.0)
LAWS = 1 + len(FADES_S)


def correlations(interval_s: Floats) -> Floats:
    """By each law, of errors that are 0 to ORDER intervals apart: [LAWS, ORDER + 1, m].

    By the first they swing and average away, with a period that nobody knows; by the others they fade.
    """
    interval_s, of_lane = np.unique(np.maximum(interval_s, 0.1), return_inverse=True)
    correlation = np.empty((LAWS, ORDER + 1, interval_s.size))
    turned = np.cos(2 * np.pi * interval_s[:, None] / SWINGS_S)
    before, swing = turned, np.ones_like(turned)
    for lag in range(ORDER + 1):
        correlation[0, lag] = swing.mean(axis=1)
        before, swing = swing, 2 * turned * swing - before  # the cosine of one more turn, from the last two
    for law, fades_s in enumerate(FADES_S, 1):
        correlation[law] = np.exp(-np.arange(ORDER + 1)[:, None] * interval_s / fades_s)
    correlation *= SLOW
    correlation[:, 0] = 1 + 1e-9
    return correlation[:, :, of_lane]


def sums_of(some: Lanes, correlation: Floats, lane: Ints, first: Ints, last: Ints) -> Floats:
    """The sums of each of k parts over its filtered fixes: float64[11, k].

    Of w, u, uu, zz, x, y, z, ux, uy and uz, where ones, seconds u since the lane began and metres x, y and z have been
    divided by the deviation and filtered; and of the logarithms of the variance that the filters leave.
    """
    return kernel.sums_of(some, correlation, FILTERED_BY, lane, first, last)
