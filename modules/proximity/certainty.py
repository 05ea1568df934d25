"""How sure a row is, where both fixes say how accurate they are.

With d the distance between the two fixes, r the sum of their radii and D the distance asked for:

- certain: d + r <= D. Wherever within their radii the two were, they were that near.
- likely: d <= D otherwise, also where a radius is not known.
- possible: d - r <= D < d. They were that near only if the radii were used up; shown when asked for.
"""

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Floats

Certainties = NDArray[np.int8]
Radii = NDArray[np.float32]

NOT_NEAR, POSSIBLE, LIKELY, CERTAIN = range(-1, 3)
NAMES = ("possible", "likely", "certain")

# A fix less accurate than this, such as one by radio cell, makes nothing possible: half a town would be. It also bounds
# how far a search for the possible has to look.
LEAST_ACCURATE_M = 100.0


def known(accuracy_m: Radii) -> Radii:
    """What phones said of their accuracy: a 0 is of those that do not know (so Android has it), and becomes NaN."""
    return np.where(accuracy_m > 0, accuracy_m, np.float32(np.nan))


def reach_m(track: Fixes, distance_m: float, include_possible: bool) -> float:
    """How far from a fix of this track a row can be."""
    radii = known(track.accuracy_m)
    usable = radii[radii <= LEAST_ACCURATE_M] if include_possible else radii[:0]
    return distance_m + (float(usable.max()) + LEAST_ACCURATE_M if usable.size else 0.0)


def certainty(distance_m: Floats, own_accuracy_m: Radii, other_accuracy_m: Radii, within_m: float) -> Certainties:
    """Judge n pairs of fixes; radii that are not known compare as false."""
    own_accuracy_m, other_accuracy_m = known(own_accuracy_m), known(other_accuracy_m)
    radii = own_accuracy_m.astype(np.float64) + other_accuracy_m
    usable = (own_accuracy_m <= LEAST_ACCURATE_M) & (other_accuracy_m <= LEAST_ACCURATE_M)
    near = np.where(distance_m + radii <= within_m, CERTAIN, LIKELY)
    far = np.where(usable & (distance_m - radii <= within_m), POSSIBLE, NOT_NEAR)
    return np.where(distance_m <= within_m, near, far).astype(np.int8)
