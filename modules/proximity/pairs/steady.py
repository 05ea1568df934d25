"""Pairs of people while both move steadily: the way between them is D + V t, and its variance a parabola."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.ways import Ways, placed

PAIRS_AT_ONCE = 1 << 16  # bounds the memory, about 500 bytes a pair
MOST_DEVIATIONS = 4.0  # further beyond the distance, nothing is likely


class Pairs(NamedTuple):
    """k spans of time in which both move steadily."""

    person_id: Ints
    from_us: Ints
    until_us: Ints
    apart: Floats  # the way from one to the other at the beginning, metres: float64[3, k]
    change: Floats  # metres a second
    start_m2: Floats  # variances of that way on one axis, as in Ways
    end_m2: Floats
    bend_m2: Floats
    others: Ways

    def at(self, where: Ints | NDArray[np.bool_]) -> "Pairs":
        """The pairs at these positions, in the order given."""
        return Pairs._make([*(column[..., where] for column in self[:-1]), self.others.at(where)])

    @property
    def lasts_s(self) -> Floats:
        """How long each goes on, in seconds."""
        lasts: Floats = (self.until_us - self.from_us) / SECOND_US
        return lasts

    def seen(self, at_s: Floats) -> tuple[Floats, Floats]:
        """How far apart so many seconds after the beginning, and the variance; `at_s` float64[k] or [any, k]."""
        way = [apart + change * at_s for apart, change in zip(self.apart, self.change, strict=True)]
        lasts = self.lasts_s
        done = at_s / np.where(lasts > 0, lasts, 1.0)
        left = 1 - done
        variance = left * left * self.start_m2 + done * done * self.end_m2 + left * done * self.bend_m2
        return np.sqrt(way[0] * way[0] + way[1] * way[1] + way[2] * way[2]), variance

    def closest_s(self, from_s: Floats, until_s: Floats) -> Floats:
        """When they were closest, from there to there."""
        speed_squared = (self.change * self.change).sum(axis=0)
        at_s = -(self.apart * self.change).sum(axis=0) / np.where(speed_squared > 0, speed_squared, 1.0)
        closest_s: Floats = np.clip(at_s, from_s, until_s)
        return closest_s


def pairs_of(own: Ways, others: Ways, distance_m: float) -> Iterator[Pairs]:
    """Pieces at the same time that may be near enough, in portions."""
    first = np.searchsorted(own.end_us, others.start_us, side="left")
    count = np.searchsorted(own.start_us, others.end_us, side="right") - first
    met = np.flatnonzero(count > 0)
    portion = np.cumsum(count[met]) // PAIRS_AT_ONCE
    for chosen in np.split(met, np.flatnonzero(np.diff(portion)) + 1):
        if chosen.size:
            theirs = np.repeat(chosen, count[chosen])
            begins = np.cumsum(count[chosen]) - count[chosen]
            mine = np.arange(theirs.size) - np.repeat(begins, count[chosen]) + np.repeat(first[chosen], count[chosen])
            yield compared(own.at(mine), others.at(theirs), distance_m)


def compared(own: Ways, others: Ways, distance_m: float) -> Pairs:
    """Each piece of `own` with the one of `others` at its position, as far as they may be near enough."""
    from_us = np.maximum(own.start_us, others.start_us)
    until_us = np.minimum(own.end_us, others.end_us)
    # Who only touches is together for no time, but where a fix stands alone.
    alone = (own.start_us == own.end_us) | (others.start_us == others.end_us)
    at_all = (until_us > from_us) | (alone & (until_us == from_us))
    lasts_s = (until_us - from_us) / SECOND_US
    starts = [placed(some, from_us) for some in (own, others)]
    ends = [placed(some, until_us) for some in (own, others)]
    halves = [placed(some, (from_us + until_us) / 2) for some in (own, others)]
    start_m2, end_m2, half_m2 = (mine.variance_m2 + theirs.variance_m2 for mine, theirs in (starts, ends, halves))
    apart = starts[1].points - starts[0].points
    pairs = Pairs(
        others.person_id,
        from_us,
        until_us,
        apart,
        ((ends[1].points - ends[0].points) - apart) / np.where(lasts_s > 0, lasts_s, 1.0),
        start_m2,
        end_m2,
        4 * half_m2 - start_m2 - end_m2,
        others,
    )
    closest_m, _ = pairs.seen(pairs.closest_s(np.zeros_like(lasts_s), lasts_s))
    most_m2 = np.maximum(np.maximum(start_m2, end_m2), half_m2)
    return pairs.at(np.flatnonzero(at_all & (closest_m <= distance_m + MOST_DEVIATIONS * np.sqrt(most_m2))))
