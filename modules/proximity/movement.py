"""Between fixes: who was near while both were moving.

A person moves in a straight line, at a steady speed, between two successive fixes that are at most `window_us` and
MAX_STEP_M apart; elsewhere the person is where a fix says, at that instant only. This is MobilityDB's tgeompoint with
linear interpolation, as tgeompointSeqSetGaps(…, maxt, maxdist) makes it; and the distance of two persons is that of its
nearestApproachDistance: the smallest at equal times.
https://mobilitydb.github.io/MobilityDB/master/

In a span of time in which both move steadily, with D the way from one to the other at its beginning and V how fast that
changes, they are |D + V t| apart at t. That is smallest at t = -D·V / V·V, moved into the span.

The lines are chords in geocentric coordinates, so that no place on the globe is special. The chord of a step of s
metres runs at most s² / (8 R) below the ellipsoid: 1.2 mm for 250 m.
"""

from typing import NamedTuple

import numpy as np

from proximity.certainty import Radii, known
from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric

SECOND_US = 1_000_000

# Nobody knows how a person got from one place to another that is further away than this. It also bounds how far a
# search has to look for the other end of a step that comes near in its middle.
MAX_STEP_M = 250.0

PAIRS_AT_ONCE = 1 << 16  # bounds the memory, about 300 bytes a pair


class Steps(NamedTuple):
    """A step for each of n fixes: from it to the next one, or to itself where nothing is known in between."""

    start_us: Ints
    end_us: Ints
    start: Floats  # metres, geocentric: float64[3, n]
    end: Floats
    accuracy_m: Radii  # the larger one of both ends; NaN where one is not known

    def at(self, where: Ints | slice) -> "Steps":
        """The steps at these positions."""
        start_us, end_us, start, end, accuracy_m = self
        return Steps(start_us[where], end_us[where], start[:, where], end[:, where], accuracy_m[where])


class Approaches(NamedTuple):
    """k steps whose closest approach was within reach."""

    step: Ints  # positions among the steps, ascending
    distance_m: Floats
    moment_us: Ints  # when: the first such moment
    points: Floats  # where the other was then: float64[3, k]
    own_accuracy_m: Radii  # of the own step at that moment


def steps(fixes: Fixes, span: Ints, window_us: int) -> Steps:
    """How persons moved within each span of time: successive fixes of the same number, of which none is left out."""
    start = geocentric(fixes.latitude, fixes.longitude)
    following = np.minimum(np.arange(1, fixes.size + 1), fixes.size - 1)
    passed = (span[following] == span) & (fixes.time_us[following] - fixes.time_us <= window_us)
    passed &= np.linalg.norm(start[:, following] - start, axis=0) <= MAX_STEP_M
    following = np.where(passed, following, np.arange(fixes.size))
    radii = known(fixes.accuracy_m)
    return Steps(
        start_us=fixes.time_us,
        end_us=fixes.time_us[following],
        start=start,
        end=start[:, following],
        accuracy_m=np.maximum(radii, radii[following]),  # of NaN and a number: NaN
    )


def longest_step(moved: Steps) -> tuple[float, int]:
    """The longest way and the longest time of any step; 0 where there is none."""
    metres = np.linalg.norm(moved.end - moved.start, axis=0)
    return float(metres.max(initial=0.0)), int((moved.end_us - moved.start_us).max(initial=0))


def closest_approaches(own: Steps, others: Steps, reach_m: float) -> Approaches:
    """Find the steps of others that come within `reach_m` of the own movement. The own steps are ordered by time."""
    first = np.searchsorted(own.end_us, others.start_us, side="left")
    count = np.searchsorted(own.start_us, others.end_us, side="right") - first
    met = np.flatnonzero(count > 0)
    # The others in portions of about PAIRS_AT_ONCE pairs; a single one may have more.
    portion = np.cumsum(count[met]) // PAIRS_AT_ONCE
    found = []
    for chosen in np.split(met, np.flatnonzero(np.diff(portion)) + 1):
        if chosen.size:
            compared = np.repeat(np.arange(chosen.size), count[chosen])
            begins = np.cumsum(count[chosen]) - count[chosen]
            mine = np.arange(compared.size) - begins[compared] + first[chosen][compared]
            near = _closest(own.at(mine), others.at(chosen[compared]), begins, reach_m)
            found.append(near._replace(step=chosen[near.step]))
    if not found:
        return Approaches(met[:0], np.empty(0), met[:0], np.empty((3, 0)), np.empty(0, np.float32))
    return Approaches._make(np.concatenate(column, axis=-1) for column in zip(*found, strict=True))


def _closest(own: Steps, others: Steps, begins: Ints, reach_m: float) -> Approaches:
    """Of pairs of steps the closest approach of each group; a group begins at each of these positions."""
    from_us = np.maximum(others.start_us, own.start_us)
    span_s = (np.minimum(others.end_us, own.end_us) - from_us) / SECOND_US
    apart = _position(others, from_us) - _position(own, from_us)
    change = _velocity(others) - _velocity(own)
    speed_squared = (change * change).sum(axis=0)
    at_s = np.clip(-(apart * change).sum(axis=0) / np.where(speed_squared > 0, speed_squared, 1.0), 0.0, span_s)
    apart += change * at_s
    squared = (apart * apart).sum(axis=0)

    counts = np.diff(np.append(begins, squared.size))
    closest = np.minimum.reduceat(squared, begins)
    moment_us = from_us + np.rint(at_s * SECOND_US).astype(np.int64)
    moment_us[squared > np.repeat(closest, counts)] = np.iinfo(np.int64).max
    earliest = np.flatnonzero(moment_us == np.repeat(np.minimum.reduceat(moment_us, begins), counts))
    best = earliest[np.searchsorted(earliest, begins)]
    near = np.flatnonzero(closest <= reach_m**2)
    best = best[near]
    return Approaches(
        step=near,
        distance_m=np.sqrt(closest[near]),
        moment_us=moment_us[best],
        points=_position(others.at(best), moment_us[best]),
        own_accuracy_m=own.accuracy_m[best],
    )


def _velocity(steps: Steps) -> Floats:
    """Metres a second."""
    seconds = (steps.end_us - steps.start_us) / SECOND_US
    velocity: Floats = (steps.end - steps.start) / np.where(seconds > 0, seconds, 1.0)
    return velocity


def _position(steps: Steps, at_us: Ints) -> Floats:
    return steps.start + _velocity(steps) * ((at_us - steps.start_us) / SECOND_US)
