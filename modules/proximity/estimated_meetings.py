"""Meetings by estimate: when two were within a distance of each other, at the same instant, by their most likely ways.

While both move steadily the way between them is D + V t and its variance a parabola, so the chance of being within the
distance is a smooth function of time; a meeting is where it is at least `min_chance`. Its borders are the roots, to the
microsecond; there is no grid of times.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.chance import chance_within
from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.geocentric import geodetic
from proximity.instants import SECOND_US
from proximity.ways import Ways, placed

PAIRS_AT_ONCE = 1 << 16  # bounds the memory, about 500 bytes a pair
MOST_DEVIATIONS = 4.0  # further beyond the distance, nothing is likely
HALVINGS = 34  # of at most a window, down to less than a microsecond
PARTS_OF_A_MEAN = 4  # the chance is averaged over the middles of so many parts of a stretch


class EstimatedMeetings(NamedTuple):
    """n meetings of one person with others."""

    person_id: Ints
    started_us: Ints  # microseconds since 1970-01-01 UTC
    ended_us: Ints
    duration_us: Ints  # within the distance; less than from start to end where a short absence was bridged
    chance_ns: Ints  # the chance of being within the distance, summed over that time; over 1 µs where it is an instant
    closest_m: Floats  # by the most likely ways
    closest_sd_m: Floats  # its standard error
    closest_us: Ints  # when that was, the first time
    latitude: Floats  # where the other was then
    longitude: Floats
    own_fixes: Ints  # taken while they were within the distance
    other_fixes: Ints

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "EstimatedMeetings":
        """The meetings at these positions, in the order given."""
        return EstimatedMeetings._make(column[where] for column in self)

    @property
    def probability(self) -> Floats:
        """Of meetings given 0.8, eight of ten are true."""
        mean: Floats = self.chance_ns / (1000 * np.maximum(self.duration_us, 1))
        return np.clip(mean, 0.0, 1.0)


NO_MEETINGS = EstimatedMeetings._make(
    np.empty(0, kind)
    for kind in (
        np.int64,
        np.int64,
        np.int64,
        np.int64,
        np.int64,
        np.float64,
        np.float64,
        np.int64,
        np.float64,
        np.float64,
        np.int64,
        np.int64,
    )
)


def estimated_meetings(  # noqa: PLR0913, PLR0917  both sides, and what is asked
    own: Ways,
    others: Ways,
    own_fixes: Fixes,
    other_fixes: Fixes,
    distance_m: float,
    min_chance: float,
) -> EstimatedMeetings:
    """Every stretch in which one of the others was within the distance, by person and time; nothing is joined yet.

    `own` are the ways of one person, `others` of any number; the fixes are those that they were made of, by person and
    time.
    """
    found = [_together(pairs, distance_m, min_chance) for pairs in _pairs(own, others, distance_m)]
    if not found:
        return NO_MEETINGS
    met = EstimatedMeetings._make(map(np.concatenate, zip(*found, strict=True)))
    met = met.at(np.lexsort((met.started_us, met.person_id)))
    return met._replace(
        own_fixes=_taken(np.zeros_like(own_fixes.time_us), own_fixes.time_us, np.zeros_like(met.person_id), met),
        other_fixes=_taken(other_fixes.person_id, other_fixes.time_us, met.person_id, met),
    )


def joined(parts: list[EstimatedMeetings], bridge_us: int) -> EstimatedMeetings:
    """Join stretches with one person that are at most `bridge_us` apart.

    The parts may come in any order: what is joined bit by bit is what is joined at once. By person and time.
    """
    met = EstimatedMeetings._make(map(np.concatenate, zip(*parts, strict=True))) if parts else NO_MEETINGS
    if not met.size:
        return met
    met = met.at(np.lexsort((met.started_us, met.person_id)))
    begins = np.ones(met.size, bool)
    begins[1:] = (met.person_id[1:] != met.person_id[:-1]) | (met.started_us[1:] - met.ended_us[:-1] > bridge_us)
    first = np.flatnonzero(begins)
    group = np.cumsum(begins) - 1
    # Not the smallest of many unsure distances: that would be too small. The smallest of those that are well known.
    closest = np.lexsort((met.closest_us, np.hypot(met.closest_m, met.closest_sd_m), group))[first]
    return EstimatedMeetings(
        person_id=met.person_id[first],
        started_us=met.started_us[first],
        ended_us=np.maximum.reduceat(met.ended_us, first),
        duration_us=np.add.reduceat(met.duration_us, first),
        chance_ns=np.add.reduceat(met.chance_ns, first),
        closest_m=met.closest_m[closest],
        closest_sd_m=met.closest_sd_m[closest],
        closest_us=met.closest_us[closest],
        latitude=met.latitude[closest],
        longitude=met.longitude[closest],
        own_fixes=np.add.reduceat(met.own_fixes, first),
        other_fixes=np.add.reduceat(met.other_fixes, first),
    )


class _Pairs(NamedTuple):
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

    def at(self, where: Ints | NDArray[np.bool_]) -> "_Pairs":
        return _Pairs._make([*(column[..., where] for column in self[:-1]), self.others.at(where)])

    @property
    def lasts_s(self) -> Floats:
        lasts: Floats = (self.until_us - self.from_us) / SECOND_US
        return lasts

    def seen(self, at_s: Floats) -> tuple[Floats, Floats]:
        """How far apart so many seconds after the beginning, and the variance."""
        way = self.apart + self.change * at_s
        lasts = self.lasts_s
        done = at_s / np.where(lasts > 0, lasts, 1.0)
        left = 1 - done
        variance = left * left * self.start_m2 + done * done * self.end_m2 + left * done * self.bend_m2
        return np.sqrt((way * way).sum(axis=0)), variance

    def closest_s(self, from_s: Floats, until_s: Floats) -> Floats:
        """When they were closest, from there to there."""
        speed_squared = (self.change * self.change).sum(axis=0)
        at_s = -(self.apart * self.change).sum(axis=0) / np.where(speed_squared > 0, speed_squared, 1.0)
        closest_s: Floats = np.clip(at_s, from_s, until_s)
        return closest_s


def _pairs(own: Ways, others: Ways, distance_m: float) -> Iterator[_Pairs]:
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
            yield _compared(own.at(mine), others.at(theirs), distance_m)


def _compared(own: Ways, others: Ways, distance_m: float) -> _Pairs:
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
    pairs = _Pairs(
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


def _together(pairs: _Pairs, distance_m: float, min_chance: float) -> EstimatedMeetings:
    """The stretches of each pair in which the chance is large enough."""
    if not pairs.person_id.size:
        return NO_MEETINGS
    lasts = pairs.lasts_s
    closest = pairs.closest_s(np.zeros_like(lasts), lasts)
    # Before and after the closest moment the chance falls, or nearly: five times between which it crosses once at most.
    times = np.stack([0 * lasts, closest / 2, closest, (closest + lasts) / 2, lasts])
    likely = np.stack([chance_within(distance_m, *pairs.seen(time)) >= min_chance for time in times])
    pair, bounds = _stretches(pairs, times, likely, distance_m, min_chance)
    pairs, (from_s, until_s) = pairs.at(pair), bounds
    started_us = pairs.from_us + np.rint(from_s * SECOND_US).astype(np.int64)
    ended_us = pairs.from_us + np.rint(until_s * SECOND_US).astype(np.int64)
    kept = np.flatnonzero((ended_us > started_us) | (pairs.from_us == pairs.until_us))
    pairs, from_s, until_s = pairs.at(kept), from_s[kept], until_s[kept]
    started_us, ended_us = started_us[kept], ended_us[kept]
    closest = pairs.closest_s(from_s, until_s)
    closest_m, closest_m2 = pairs.seen(closest)
    closest_us = pairs.from_us + np.rint(closest * SECOND_US).astype(np.int64)
    latitude, longitude = geodetic(placed(pairs.others, closest_us).points)
    duration_us = ended_us - started_us
    none = np.zeros_like(duration_us)
    return EstimatedMeetings(
        person_id=pairs.person_id,
        started_us=started_us,
        ended_us=ended_us,
        duration_us=duration_us,
        chance_ns=np.rint(1000 * _mean_chance(pairs, from_s, until_s, distance_m) * np.maximum(duration_us, 1)).astype(
            np.int64
        ),
        closest_m=closest_m,
        closest_sd_m=np.sqrt(closest_m2),
        closest_us=closest_us,
        latitude=latitude,
        longitude=longitude,
        own_fixes=none,
        other_fixes=none,
    )


def _stretches(
    pairs: _Pairs, times: Floats, likely: NDArray[np.bool_], distance_m: float, min_chance: float
) -> tuple[Ints, tuple[Floats, Floats]]:
    """The pair, the beginning and the end (seconds) of each stretch; those of a pair do not touch."""
    step, pair = np.nonzero(likely[1:] != likely[:-1])
    low, high = times[step, pair], times[step + 1, pair]
    rises = likely[step + 1, pair]
    crossing = pairs.at(pair)
    for _ in range(HALVINGS):
        half = (low + high) / 2
        beyond = (chance_within(distance_m, *crossing.seen(half)) >= min_chance) == rises
        low, high = np.where(beyond, low, half), np.where(beyond, half, high)
    starts_at_once, lasts_to_the_end = np.flatnonzero(likely[0]), np.flatnonzero(likely[-1])
    begin_pair = np.concatenate([starts_at_once, pair[rises]])
    begin_s = np.concatenate([times[0, starts_at_once], high[rises]])
    end_pair = np.concatenate([lasts_to_the_end, pair[~rises]])
    end_s = np.concatenate([times[-1, lasts_to_the_end], low[~rises]])
    begin, end = np.lexsort((begin_s, begin_pair)), np.lexsort((end_s, end_pair))
    return begin_pair[begin], (begin_s[begin], end_s[end])


def _mean_chance(pairs: _Pairs, from_s: Floats, until_s: Floats, distance_m: float) -> Floats:
    total = np.zeros_like(from_s)
    for part in range(PARTS_OF_A_MEAN):
        middle_s = from_s + (until_s - from_s) * ((part + 0.5) / PARTS_OF_A_MEAN)
        total += chance_within(distance_m, *pairs.seen(middle_s))
    mean: Floats = total / PARTS_OF_A_MEAN
    return mean


def _taken(person: Ints, time_us: Ints, whose: Ints, met: EstimatedMeetings) -> Ints:
    """How many fixes, by person and time, were taken in [started, ended); a meeting of an instant has one."""
    if not time_us.size:
        return np.zeros_like(met.person_id)
    persons, first = np.unique(person, return_index=True)
    low_us = time_us.min()
    lasts_us = time_us.max() - low_us + 3
    key = np.repeat(np.arange(persons.size), np.diff(np.append(first, person.size))) * lasts_us + (time_us - low_us + 1)
    base = np.searchsorted(persons, whose) * lasts_us
    until_us = np.where(met.ended_us == met.started_us, met.ended_us + 1, met.ended_us)
    ends = base + np.clip(until_us - low_us + 1, 0, lasts_us - 1)
    begins = base + np.clip(met.started_us - low_us + 1, 0, lasts_us - 1)
    taken: Ints = np.searchsorted(key, ends) - np.searchsorted(key, begins)
    return taken
