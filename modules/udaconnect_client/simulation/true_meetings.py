"""Who truly met whom at a simulated conference: known from where people were, not from what their phones said.

A meeting: two people at most `distance_m` apart for at least `lasts_s`, looked at every `step_s`.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.paths import Floats
from udaconnect_client.simulation.programme import Stretch
from udaconnect_client.simulation.venue import Points

# The cell itself and half of those around it; the other half meets us from its own side.
NEIGHBOURS = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))
CELLS_ACROSS = 1 << 31


class Meetings(NamedTuple):
    """Meetings as columns. A person is a number from 0, the first one the lower."""

    person: NDArray[np.int64]
    other: NDArray[np.int64]
    started_s: Floats  # seconds from the start of the conference
    ended_s: Floats
    closest_m: Floats


class Together(NamedTuple):
    """Pairs that are near each other, as columns, by pair: person * number of people + other."""

    pair: NDArray[np.int64]
    since_s: Floats
    until_s: Floats
    closest_m: Floats

    @classmethod
    def at(cls, position: Points, time_s: float, distance_m: float) -> "Together":
        """Who is near whom at one moment."""
        person, other, apart_m = pairs_within(position, distance_m)
        pair = person * len(position) + other
        by_pair = np.argsort(pair)
        time = np.full(len(pair), time_s)
        return cls(pair[by_pair], time, time, apart_m[by_pair])

    def followed_by(self, later: "Together") -> tuple["Together", "Together"]:
        """Those that are over, and those of a moment later, who may have been together before."""
        before = np.searchsorted(self.pair, later.pair)
        known = before < len(self.pair)
        known[known] = self.pair[before[known]] == later.pair[known]
        before = before[known]
        since_s, closest_m = later.since_s.copy(), later.closest_m.copy()
        since_s[known] = self.since_s[before]
        closest_m[known] = np.minimum(closest_m[known], self.closest_m[before])
        over = np.ones(len(self.pair), bool)
        over[before] = False
        ended = Together(self.pair[over], self.since_s[over], self.until_s[over], self.closest_m[over])
        return ended, Together(later.pair, since_s, later.until_s, closest_m)

    def meetings(self, people: int, lasts_s: float) -> Meetings:
        """Those that were long enough."""
        met = self.until_s - self.since_s >= lasts_s
        person, other = np.divmod(self.pair[met], people)
        return Meetings(person, other, self.since_s[met], self.until_s[met], self.closest_m[met])


def true_meetings(
    stretches: Iterable[Stretch], *, distance_m: float = 2.0, lasts_s: float = 120.0, step_s: float = 5.0
) -> Iterator[Meetings]:
    """The meetings in the order of their ends, some at a time. Memory holds those that go on."""
    now = Together(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))
    people = 1
    for stretch in stretches:
        for step in range(ceil(stretch.begins_s / step_s), ceil(stretch.ends_s / step_s)):
            position = stretch.paths.everybody_at(step * step_s)
            people = len(position)
            over, now = now.followed_by(Together.at(position, step * step_s, distance_m))
            yield over.meetings(people, lasts_s)
    yield now.meetings(people, lasts_s)


def pairs_within(position: Points, distance_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """All pairs of points at most so far apart, each once, the lower number first; and how far.

    Points are sorted into square cells as wide as the distance, so that each has only its neighbours to look at.
    """
    cell = np.floor(position / distance_m).astype(np.int64)
    key = cell[:, 0] * CELLS_ACROSS + cell[:, 1]
    by_key = np.argsort(key, kind="stable")
    sorted_key = key[by_key]
    ones, others = [], []
    for east, north in NEIGHBOURS:
        wanted = sorted_key + east * CELLS_ACROSS + north
        first = np.searchsorted(sorted_key, wanted, side="left")
        count = np.searchsorted(sorted_key, wanted, side="right") - first
        one = np.repeat(np.arange(len(key)), count)
        other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count - first, count)
        apart = one < other if (east, north) == (0, 0) else slice(None)
        ones.append(by_key[one[apart]])
        others.append(by_key[other[apart]])
    one, other = np.concatenate(ones), np.concatenate(others)
    apart_m = np.hypot(*(position[one] - position[other]).T)
    near = apart_m <= distance_m
    one, other = one[near], other[near]
    return np.minimum(one, other), np.maximum(one, other), apart_m[near]
