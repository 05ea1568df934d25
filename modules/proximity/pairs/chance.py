"""The chance that two were within a distance of each other, where both are known only so well.

With a the distance of the two means and s² the sum of both variances on one axis, the distance r has a Rice
distribution: density r/s² exp(-(r² + a²)/2s²) I0(r a/s²). People seek company: before anything is seen, the way from
one to the other has the density 1 + COMPANY exp(-r²/2 COMPANY_M²) rather than 1, which makes it a mixture of two.

What is known to KNOWN_M is taken as known: then the chance is 1 up to the distance and 0 beyond.
"""

import ctypes
import math

import numpy as np

from proximity.compiled import address, check, columns, fields, library
from proximity.fixes import Floats

LIBRARY = library(__file__, "chance")
LIBRARY.chances_within.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_int64, *(3 * (ctypes.c_void_p,))]

COMPANY, COMPANY_M = 7.0, 1.0
KNOWN_M = 0.1

# The Rice distribution is tabulated over (a - d) / s and log(d / s); what is read from the table is 0.002 off at most.
MOST_OFF, COLUMNS = 8.0, 257
LEAST_REACH, MOST_REACH, ROWS = 0.02, 100.0, 161
ROWS_A_FOLD = (ROWS - 1) / math.log(MOST_REACH / LEAST_REACH)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


class Chance(ctypes.Structure):
    """What chance.h reads."""

    _fields_ = fields(
        ("rows", "columns"),
        ("company", "company_m2", "known_m2", "most_off", "columns_a_deviation", "rows_a_fold", "least_row"),
        ("table", "slopes"),
    )


def chance_within(distance_m: float, apart_m: Floats, variance_m2: Floats) -> Floats:
    """Of being within the distance, for means so far apart; the variance is the sum of both persons', on one axis."""
    check(apart_m.shape == variance_m2.shape)
    apart_m, variance_m2 = columns(np.float64, (apart_m, variance_m2))
    found = np.empty(apart_m.shape)
    LIBRARY.chances_within(ctypes.byref(CHANCE), distance_m, found.size, *map(address, (apart_m, variance_m2, found)))
    return found


def _tables() -> tuple[Floats, Floats]:
    """A row for each reach, a column for how much further than that they are apart; and the differences along it.

    Both row after row, ROWS * COLUMNS.
    """
    reach = np.geomspace(LEAST_REACH, MOST_REACH, ROWS)[:, None]
    table = rice(np.abs(reach + np.linspace(-MOST_OFF, MOST_OFF, COLUMNS)), reach)  # the share is even in what is apart
    return table.ravel(), np.diff(table, axis=1, append=table[:, -1:]).ravel()


def rice(apart: Floats, reach: Floats) -> Floats:
    """The share of the Rice distribution up to `reach`, by Gauss-Legendre quadrature where its mass is."""
    low, high = np.clip(apart - MOST_OFF, 0.0, reach), np.clip(apart + MOST_OFF, 0.0, reach)
    half = (high - low) / 2
    share = np.zeros_like(half)
    for node, weight in zip(NODES.tolist(), WEIGHTS.tolist(), strict=True):
        r = low + half * (1 + node)
        share += weight * r * np.exp(-((r - apart) ** 2) / 2) * _bessel(r * apart)
    return np.clip(share * half, 0.0, 1.0)


def _bessel(x: Floats) -> Floats:
    """I0(x) exp(-x) for x of 0 and more, to 2e-7 (Abramowitz and Stegun 9.8.1 and 9.8.2)."""
    near, far = np.minimum(x, 3.75), np.maximum(x, 3.75)
    small = np.polynomial.polynomial.polyval((near / 3.75) ** 2, SMALL) * np.exp(-near)
    large = np.polynomial.polynomial.polyval(3.75 / far, LARGE) / np.sqrt(far)
    scaled: Floats = np.where(x < 3.75, small, large)  # noqa: PLR2004  where the two expansions meet
    return scaled


SMALL = (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813)
LARGE = (
    0.39894228,
    0.01328592,
    0.00225319,
    -0.00157565,
    0.00916281,
    -0.02057706,
    0.02635537,
    -0.01647633,
    0.00392377,
)

# With the module, and for as long: of what is made by the first to ask, two who ask at once make one each, and C reads
# on in that which is forgotten.
_TABLES = _tables()
CHANCE = Chance(
    ROWS,
    COLUMNS,
    COMPANY,
    COMPANY_M**2,
    KNOWN_M**2,
    MOST_OFF,
    (COLUMNS - 1) / (2 * MOST_OFF),
    ROWS_A_FOLD,
    math.log(LEAST_REACH) * ROWS_A_FOLD,
    *map(address, _TABLES),
)
