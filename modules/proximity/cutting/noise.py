"""How errors repeat, and so what is left of a fix that the fixes before it in its part do not tell already.

Errors of a law are predicted from the ones before (Levinson and Durbin); what that leaves over is independent.
So the squares about a mean or a line stay sums over fixes, of values that are filtered: least squares under errors that
repeat. The j-th fix of a part has j fixes before it to go by, up to ORDER: see cutting.c.
"""

import numpy as np

from proximity.fixes import Floats

ORDER = 40
# By each law: of the variance of an error, the share that repeats, and in how many seconds it fades.
FADING = ((0.5, 20.0), (0.5, 60.0), (0.5, 120.0), (0.9, 20.0), (0.9, 60.0), (0.9, 120.0))
SWINGING, SWINGS_S = 0.5, np.linspace(60.0, 300.0, 100)  # the first one: it swings, with a period that nobody knows
LAWS = 1 + len(FADING)


def correlations(interval_s: Floats) -> Floats:
    """By each law, of errors that are 0 to ORDER intervals apart: [LAWS, ORDER + 1, m]."""
    interval_s, of_lane = np.unique(np.maximum(interval_s, 0.1), return_inverse=True)
    correlation = np.empty((LAWS, ORDER + 1, interval_s.size))
    turned = np.cos(2 * np.pi * interval_s[:, None] / SWINGS_S)
    before, swing = turned, np.ones_like(turned)
    for lag in range(ORDER + 1):
        correlation[0, lag] = SWINGING * np.add.reduce(swing, axis=1) / SWINGS_S.size
        before, swing = swing, 2 * turned * swing - before  # the cosine of one more turn, from the last two
    for law, (share, fades_s) in enumerate(FADING, 1):
        correlation[law] = share * np.exp(-np.arange(ORDER + 1)[:, None] * interval_s / fades_s)
    correlation[:, 0] = 1 + 1e-9
    return correlation[:, :, of_lane]
