"""Meetings by estimate: when two were within a distance of each other at the same instant, by their likeliest ways."""

from typing import NamedTuple

import numpy as np

from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.geocentric import geodetic
from proximity.pairs.stretches import WHENEVER, Ranges, Stretches, stretches
from proximity.tracks.between import taken_between
from proximity.ways import Ways, placed

UNSURE = 0.6
"""How much of its standard error counts as if a distance were larger, where the closest of several is looked for."""


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
        """The meetings at these positions, in the order given. Where all are wanted, as mostly, none is copied."""
        if isinstance(where, np.ndarray) and where.dtype == bool and where.all():
            return self
        return EstimatedMeetings._make([column[where] for column in self])

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
    span_us: tuple[int, int] = WHENEVER,
) -> EstimatedMeetings:
    """Every stretch in which one of the others was within the distance, by person and time; nothing is joined yet.

    `own` are the ways of one person, `others` of any number; the fixes are those that they were made of, by person and
    time. What goes on before or after a span of time is cut there, both ends inclusive.
    """
    persons, first = np.unique(others.person_id, return_index=True)
    whole = np.zeros(persons.size, np.int64)
    pairs = Ranges(whole, whole + own.size, first, np.append(first, others.size)[1:])
    near = stretches(own, others, pairs, distance_m, min_chance, span_us)
    found = [met_in(some, persons, others) for some in near]
    if not found:
        return NO_MEETINGS
    met = EstimatedMeetings._make(map(np.concatenate, zip(*found, strict=True)))
    met = _in_order(met)
    return met._replace(
        own_fixes=fixes_taken(own_fixes, np.full_like(met.person_id, own_fixes.person_id[0]), met),
        other_fixes=fixes_taken(other_fixes, met.person_id, met),
    )


def met_in(found: Stretches, person_of: Ints, others: Ways) -> EstimatedMeetings:
    """The stretches with the other of each pair, and where that one was; their fixes are not counted yet."""
    latitude, longitude = geodetic(placed(others.at(found.other), found.closest_us).points)
    none = np.zeros_like(found.pair)
    return EstimatedMeetings(
        person_id=person_of[found.pair],
        started_us=found.started_us,
        ended_us=found.ended_us,
        duration_us=found.ended_us - found.started_us,
        chance_ns=found.chance_ns,
        closest_m=found.closest_m,
        closest_sd_m=found.closest_sd_m,
        closest_us=found.closest_us,
        latitude=latitude,
        longitude=longitude,
        own_fixes=none,
        other_fixes=none,
    )


def joined(parts: list[EstimatedMeetings], bridge_us: int, cut_us: int | None = None) -> EstimatedMeetings:
    """Join stretches with one person that are at most `bridge_us` apart, but none over a multiple of `cut_us`.

    The parts may come in any order: what is joined bit by bit is what is joined at once. By person and time.
    """
    some = [part for part in parts if part.size]
    if not some:
        return NO_MEETINGS
    all_ = some[0] if len(some) == 1 else EstimatedMeetings._make(map(np.concatenate, zip(*some, strict=True)))
    met = _in_order(all_)
    group = joined_into(met, bridge_us, cut_us)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    if first.size == met.size:
        return met
    # Not the smallest of many unsure distances, which would be too small; nor only the well known ones: who comes and
    # goes passes others more closely than he sits.
    away_m = np.hypot(met.closest_m, UNSURE * met.closest_sd_m)
    least = np.flatnonzero(away_m == np.minimum.reduceat(away_m, first)[group])
    closest = least[np.flatnonzero(np.diff(group[least], prepend=-1))]
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


def _in_order(met: EstimatedMeetings) -> EstimatedMeetings:
    """By person and time."""
    person, later = np.diff(met.person_id), np.diff(met.started_us)
    in_order = bool(((person > 0) | ((person == 0) & (later >= 0))).all())
    return met if in_order else met.at(np.lexsort((met.started_us, met.person_id)))


def joined_into(met: EstimatedMeetings, bridge_us: int, cut_us: int | None = None) -> Ints:
    """Of stretches, by person and time: the position of what each is joined into."""
    begins = np.ones(met.size, bool)
    begins[1:] = (met.person_id[1:] != met.person_id[:-1]) | (met.started_us[1:] - met.ended_us[:-1] > bridge_us)
    if cut_us is not None:
        begins[1:] |= np.diff(met.started_us // cut_us) != 0
    position: Ints = np.cumsum(begins) - 1
    return position


def fixes_taken(fixes: Fixes, whose: Ints, met: EstimatedMeetings) -> Ints:
    """How many fixes of `whose`, by person and time, were taken in [started, ended); an instant has one."""
    until_us = np.where(met.ended_us == met.started_us, met.ended_us + 1, met.ended_us)
    _, taken = taken_between(fixes, whose, met.started_us, until_us)
    return taken
