"""Meetings by estimate: when two were within a distance of each other, at the same instant, by their most likely ways.

While both move steadily the way between them is D + V t and its variance a parabola, so the chance of being within the
distance is a smooth function of time; a meeting is where it is at least `min_chance`. Its borders are the roots, to the
microsecond; there is no grid of times.
"""

from typing import NamedTuple

import numpy as np

from proximity.chance import chance_within
from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.geocentric import geodetic
from proximity.instants import SECOND_US
from proximity.pairs.borders import border
from proximity.pairs.steady import Pairs, pairs_of
from proximity.ways import Ways, placed

# The chance is averaged over a stretch by Gauss-Legendre quadrature. Where a stretch is cut in two the mean changes by
# 0.0007 at most in 99 of 100 cuts; with as many middles of equal parts it would by 0.006.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)


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
    found = [together(pairs, distance_m, min_chance) for pairs in pairs_of(own, others, distance_m)]
    if not found:
        return NO_MEETINGS
    met = EstimatedMeetings._make(map(np.concatenate, zip(*found, strict=True)))
    met = met.at(np.lexsort((met.started_us, met.person_id)))
    return met._replace(
        own_fixes=fixes_taken(own_fixes, np.full_like(met.person_id, own_fixes.person_id[0]), met),
        other_fixes=fixes_taken(other_fixes, met.person_id, met),
    )


def joined(parts: list[EstimatedMeetings], bridge_us: int, cut_us: int | None = None) -> EstimatedMeetings:
    """Join stretches with one person that are at most `bridge_us` apart, but none over a multiple of `cut_us`.

    The parts may come in any order: what is joined bit by bit is what is joined at once. By person and time.
    """
    met = EstimatedMeetings._make(map(np.concatenate, zip(*parts, strict=True))) if parts else NO_MEETINGS
    if not met.size:
        return met
    met = met.at(np.lexsort((met.started_us, met.person_id)))
    group = joined_into(met, bridge_us, cut_us)
    first = np.flatnonzero(np.diff(group, prepend=-1))
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


def joined_into(met: EstimatedMeetings, bridge_us: int, cut_us: int | None = None) -> Ints:
    """Of stretches, by person and time: the position of what each is joined into."""
    begins = np.ones(met.size, bool)
    begins[1:] = (met.person_id[1:] != met.person_id[:-1]) | (met.started_us[1:] - met.ended_us[:-1] > bridge_us)
    if cut_us is not None:
        begins[1:] |= np.diff(met.started_us // cut_us) != 0
    position: Ints = np.cumsum(begins) - 1
    return position


def together(pairs: Pairs, distance_m: float, min_chance: float) -> EstimatedMeetings:
    """The stretches of each pair in which the chance is large enough; their fixes are not counted yet."""
    if not pairs.person_id.size:
        return NO_MEETINGS
    lasts = pairs.lasts_s
    closest = pairs.closest_s(np.zeros_like(lasts), lasts)
    # Before and after the closest moment the chance falls, or nearly: five times between which it crosses once at most.
    times = np.stack([0 * lasts, closest / 2, closest, (closest + lasts) / 2, lasts])
    chances = chance_within(distance_m, *pairs.seen(times))
    pair, bounds = _stretches(pairs, times, chances, distance_m, min_chance)
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
    pairs: Pairs, times: Floats, chances: Floats, distance_m: float, min_chance: float
) -> tuple[Ints, tuple[Floats, Floats]]:
    """The pair, the beginning and the end (seconds) of each stretch; those of a pair do not touch."""
    likely = chances >= min_chance
    step, pair = np.nonzero(likely[1:] != likely[:-1])
    rises = likely[step + 1, pair]
    crossing = pairs.at(pair)
    # The one end of what may hold the border is inside the meeting, the other is not.
    inside, outside = np.where(rises, step + 1, step), np.where(rises, step, step + 1)
    border_s = border(
        lambda at_s, some: chance_within(distance_m, *crossing.at(some).seen(at_s)) - min_chance,
        (times[inside, pair], chances[inside, pair] - min_chance),
        (times[outside, pair], chances[outside, pair] - min_chance),
    )
    starts_at_once, lasts_to_the_end = np.flatnonzero(likely[0]), np.flatnonzero(likely[-1])
    begin_pair = np.concatenate([starts_at_once, pair[rises]])
    begin_s = np.concatenate([times[0, starts_at_once], border_s[rises]])
    end_pair = np.concatenate([lasts_to_the_end, pair[~rises]])
    end_s = np.concatenate([times[-1, lasts_to_the_end], border_s[~rises]])
    begin, end = np.lexsort((begin_s, begin_pair)), np.lexsort((end_s, end_pair))
    return begin_pair[begin], (begin_s[begin], end_s[end])


def _mean_chance(pairs: Pairs, from_s: Floats, until_s: Floats, distance_m: float) -> Floats:
    at_s = from_s + (until_s - from_s) * (1 + NODES[:, None]) / 2
    mean: Floats = WEIGHTS / 2 @ chance_within(distance_m, *pairs.seen(at_s))
    return mean


def fixes_taken(fixes: Fixes, whose: Ints, met: EstimatedMeetings) -> Ints:
    """How many fixes of `whose`, by person and time, were taken in [started, ended); an instant has one."""
    person, time_us = fixes.person_id, fixes.time_us
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
