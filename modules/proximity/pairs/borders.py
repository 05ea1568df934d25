"""The moments at which something begins or ends to be so, many at once.

Each is bracketed, and found by inverse quadratic interpolation where that is safe and by halving where it is not
(T. R. Chandrupatla, A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function without
using derivatives, Advances in Engineering Software 28, 1997): a smooth border takes six or seven looks, one at a jump
thirty. Each goes its own way, so that no border depends on which others are looked for beside it.
"""

from collections.abc import Callable

import numpy as np

from proximity.fixes import Floats, Ints

TOLERANCE_S = 1e-7  # well below the microsecond that times are rounded to
MOST_LOOKS = 100  # it never takes a third more than halving would

Valued = tuple[Floats, Floats]  # moments, in seconds, and the values there


def border(value: Callable[[Floats, Ints], Floats], inside: Valued, outside: Valued) -> Floats:
    """The last moment inside of each of n brackets, where the value is 0 or more; outside it is less.

    `value(at_s, some)` looks at these moments of some of the brackets.
    """
    found = inside[0].copy()
    some = np.flatnonzero(np.abs(inside[0] - outside[0]) > TOLERANCE_S)
    # x1 was looked at last, the border is between x1 and x2, and x3 was given up for x1.
    (x1, f1), (x2, f2) = ((at_s[some], values[some]) for at_s, values in (inside, outside))
    part = np.full(some.size, 0.5)
    for _ in range(MOST_LOOKS):
        if not some.size:
            break
        x = x1 + part * (x2 - x1)
        f = value(x, some)
        same = (f >= 0) == (f1 >= 0)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, f
        found[some] = np.where(f1 >= 0, x1, x2)
        least = TOLERANCE_S / np.abs(x2 - x1)
        left = np.flatnonzero(least < 1)
        some = some[left]
        x1, x2, x3, f1, f2, f3, least = (column[left] for column in (x1, x2, x3, f1, f2, f3, least))
        part = np.clip(_interpolated(x1, x2, x3, f1, f2, f3), least / 2, 1 - least / 2)
    return found


def _interpolated(x1: Floats, x2: Floats, x3: Floats, f1: Floats, f2: Floats, f3: Floats) -> Floats:  # noqa: PLR0913, PLR0917  three points
    """The part of the way from x1 to x2 at which to look next."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        safe = (phi * phi < xi) & ((1 - phi) ** 2 < 1 - xi)
        alpha = (x3 - x1) / (x2 - x1)
        part = f1 / (f1 - f2) * f3 / (f3 - f2) - alpha * f1 / (f3 - f1) * f2 / (f2 - f3)
    return np.where(safe, part, 0.5)
