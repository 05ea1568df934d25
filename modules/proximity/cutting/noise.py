"""How errors repeat, and so what is left of a fix that the fixes before it in its part do not tell already.

Errors of a law are predicted from the ones before (Levinson and Durbin); what that leaves over is independent.
So the squares about a mean or a line stay sums over fixes, of values that are filtered: least squares under errors that
repeat. The j-th fix of a part has j fixes before it to go by, up to ORDER: see cutting.c.
"""

from ctypes import c_double, c_int64, c_void_p

import numpy as np

from proximity.compiled import address, columns, library
from proximity.fixes import Floats

LIBRARY = library(__file__, "noise")
SIZES = c_int64, c_int64
LIBRARY.correlations_of.argtypes = [*SIZES, c_void_p, c_double, *(2 * (c_int64, c_void_p)), c_void_p, c_void_p]
ORDER = 40
# By each law: of the variance of an error, the share that repeats, and in how many seconds it fades.
FADING = (0.5, 20.0), (0.5, 60.0), (0.5, 120.0), (0.9, 20.0), (0.9, 60.0), (0.9, 120.0)
SHARES, FADES_S = np.array(FADING).T.copy()
SWINGING, SWINGS_S = 0.5, np.linspace(60.0, 300.0, 100)  # the first one: it swings, with a period that nobody knows
LAWS = 1 + len(FADING)


def correlations(interval_s: Floats, fixes: int = ORDER + 1) -> Floats:
    """By each law, of errors that are 0 to ORDER intervals apart, or to as many as so many fixes: [LAWS, …, m]."""
    order = min(ORDER, max(fixes - 1, 0))
    some_s, of_lane = np.unique(np.maximum(interval_s, 0.1), return_inverse=True)  # windows of a phone are alike
    [some_s] = columns(np.float64, [some_s])
    found = np.empty((LAWS, order + 1, some_s.size))
    swings, fades = (SWINGS_S.size, address(SWINGS_S)), (len(FADING), address(SHARES), address(FADES_S))
    if LIBRARY.correlations_of(some_s.size, order, address(some_s), SWINGING, *swings, *fades, address(found)):
        raise MemoryError
    return found.take(of_lane, axis=2)
