"""Where everybody is at an instant, from what was reported until then.

The estimate of a way (ways.py) needs what is reported afterwards, and takes its time. This one is a weighted mean for
who stands still, and for who walks the line that fits best, both in closed form: linear in the fixes. A fix counts
the less the older it is, as if it had been less accurate.
"""

from typing import Final, NamedTuple

import numpy as np

from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric
from proximity.instants import SECOND_US
from proximity.lanes import LEAST_M, MOST_M, RADIUS_68, UNKNOWN_M

# In these times a fix loses all but 1/e of its weight.
STANDS_S: Final = 20.0
WALKS_S: Final = 5.0
# Whoever's best line has a slope that is less likely than 1 % by chance (χ² of two degrees) walks.
WALKS_CHI2: Final = 9.2
WALKING_M_S: Final = 1.0  # standard deviation of a velocity on one axis, before anything is seen
AHEAD_S: Final = 5.0  # for so long after the last fix it is believed that somebody walks on
# How fast it is forgotten where somebody is who says nothing more.
STRAYS_M_S: Final = 0.5
STANDING_STRAYS_M_S: Final = 0.05


class Whereabouts(NamedTuple):
    """Where n persons are, by person; each once."""

    person_id: Ints
    points: Floats  # metres, geocentric: float64[3, n]
    variance_m2: Floats  # on one axis

    def where(self, person_id: Ints) -> tuple[Floats, Floats]:
        """Points and variances of these persons; NaN for those of whom nothing is known."""
        if not self.person_id.size:
            return np.full((3, person_id.size), np.nan), np.full(person_id.size, np.nan)
        at = np.searchsorted(self.person_id, person_id).clip(0, self.person_id.size - 1)
        known = self.person_id[at] == person_id
        return np.where(known, self.points[:, at], np.nan), np.where(known, self.variance_m2[at], np.nan)


class Line(NamedTuple):
    """The lines that fit best; times are counted from the instant that is asked about."""

    mean: Floats  # float64[3, n]
    mean_m2: Floats  # variance of the mean on one axis
    slope: Floats  # metres a second: float64[3, n]
    slope_m2_s2: Floats
    mean_s: Floats  # the mean time


def whereabouts(fixes: Fixes, at_us: int) -> Whereabouts:
    """Where those are who have reported something until then. Fixes by person and time."""
    fixes = fixes.at(fixes.time_us <= at_us)
    person_id, first, person = np.unique(fixes.person_id, return_index=True, return_inverse=True)
    if not person_id.size:
        return Whereabouts(person_id, np.empty((3, 0)), np.empty(0))
    origin = geocentric(fixes.latitude[first], fixes.longitude[first])
    offset = geocentric(fixes.latitude, fixes.longitude) - origin[:, person]
    since_s = (fixes.time_us - at_us) / SECOND_US
    radius_m = np.where(fixes.accuracy_m > 0, fixes.accuracy_m, UNKNOWN_M).astype(np.float64)
    weight = (RADIUS_68 / np.clip(radius_m, LEAST_M, MOST_M)) ** 2
    last_s = since_s[np.append(first[1:], fixes.size) - 1]
    older_s = since_s - last_s[person]
    stands = _line(person, since_s, offset, weight * np.exp(older_s / STANDS_S))
    walks = _line(person, since_s, offset, weight * np.exp(older_s / WALKS_S))
    is_walking = (stands.slope**2).sum(axis=0) > WALKS_CHI2 * stands.slope_m2_s2
    until_s = np.minimum(last_s + AHEAD_S, 0.0)
    ahead_s = until_s - walks.mean_s
    silent_s = -last_s
    walked = walks.mean + walks.slope * ahead_s
    walked_m2 = walks.mean_m2 + walks.slope_m2_s2 * ahead_s**2 + (STRAYS_M_S * silent_s) ** 2
    stood_m2 = stands.mean_m2 + (STANDING_STRAYS_M_S * silent_s) ** 2
    return Whereabouts(
        person_id,
        origin + np.where(is_walking, walked, stands.mean),
        np.where(is_walking, walked_m2, stood_m2),
    )


def _line(person: Ints, since_s: Floats, offset: Floats, weight: Floats) -> Line:
    """By weighted least squares, with a velocity that is not believed before it is seen."""
    weights = np.bincount(person, weight)
    mean_s = np.bincount(person, weight * since_s) / weights
    mean = np.stack([np.bincount(person, weight * axis) for axis in offset]) / weights
    from_mean_s = since_s - mean_s[person]
    spread = np.bincount(person, weight * from_mean_s**2) + WALKING_M_S**-2
    slope = np.stack([np.bincount(person, weight * from_mean_s * axis) for axis in offset]) / spread
    return Line(mean, 1 / weights, slope, 1 / spread, mean_s)
