"""Meetings: runs of near fixes of one person; and what they add up to."""

from typing import NamedTuple

import numpy as np

from proximity.certainty import Certainties
from proximity.fixes import Floats, Ints, Where
from proximity.near_fixes import NearFixes


class Encounters(NamedTuple):
    """n meetings. A single near fix is one too, that begins when it ends."""

    person_id: Ints
    started_us: Ints  # microseconds since 1970-01-01 UTC: the first near moment
    ended_us: Ints  # the last near moment
    closest_m: Floats  # metres
    closest_us: Ints  # when that was, the first time
    latitude: Floats  # where the other was then
    longitude: Floats
    fixes: Ints  # number of near fixes
    certainty: Certainties  # of the surest of them

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "Encounters":
        """The meetings at these positions, in the order given."""
        return Encounters._make(column[where] for column in self)


class Contacts(NamedTuple):
    """n persons that were met."""

    person_id: Ints
    encounters: Ints  # how often
    duration_us: Ints  # altogether
    closest_m: Floats
    first_met_us: Ints  # when the first meeting began
    last_met_us: Ints  # when the last one ended

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "Contacts":
        """The persons at these positions, in the order given."""
        return Contacts._make(column[where] for column in self)


def encounter_per_fix(near: NearFixes) -> Encounters:
    """Each near fix as a meeting of its own."""
    once = np.ones(near.size, dtype=np.int64)
    return Encounters(
        near.person_id,
        near.moment_us,
        near.moment_us,
        near.distance_m,
        near.moment_us,
        near.latitude,
        near.longitude,
        once,
        near.certainty,
    )


def joined(parts: list[Encounters], gap_us: int | None) -> Encounters:
    """Join meetings of one person whose neighbours are at most `gap_us` apart (None: however far).

    The parts may come in any order, and overlap in time: what is joined bit by bit is what is joined at once. The
    answer is ordered by person and time.
    """
    apart = Encounters._make(map(np.concatenate, zip(*parts, strict=True)))
    while (together := _neighbours_joined(apart, gap_us)).size < apart.size:
        apart = together
    return together


def _neighbours_joined(meetings: Encounters, gap_us: int | None) -> Encounters:
    """Join each meeting with the one that began before it; which, in between, may not be the one that ends last."""
    if not meetings.size:
        return meetings
    order = np.lexsort((meetings.started_us, meetings.person_id))
    person, started, ended = (column[order] for column in meetings[:3])
    begins = np.ones(person.size, dtype=bool)
    begins[1:] = person[1:] != person[:-1]
    if gap_us is not None:
        begins[1:] |= started[1:] - ended[:-1] > gap_us
    first = np.flatnonzero(begins)
    count = np.diff(np.append(first, person.size))
    distance = meetings.closest_m[order]
    closest_m = np.minimum.reduceat(distance, first)
    closest_us = np.where(distance == np.repeat(closest_m, count), meetings.closest_us[order], np.iinfo(np.int64).max)
    first_closest_us = np.minimum.reduceat(closest_us, first)
    as_close = np.flatnonzero(closest_us == np.repeat(first_closest_us, count))
    closest = order[as_close[np.searchsorted(as_close, first)]]
    return Encounters(
        person_id=person[first],
        started_us=started[first],
        ended_us=np.maximum.reduceat(ended, first),
        closest_m=closest_m,
        closest_us=first_closest_us,
        latitude=meetings.latitude[closest],
        longitude=meetings.longitude[closest],
        fixes=np.add.reduceat(meetings.fixes[order], first),
        certainty=np.maximum.reduceat(meetings.certainty[order], first),
    )


def contacts(met: Encounters) -> Contacts:
    """Add up the meetings, ordered by person, with each person."""
    if not met.size:
        nothing = met.person_id
        return Contacts(nothing, nothing, nothing, met.closest_m, nothing, nothing)
    first = np.flatnonzero(np.diff(met.person_id, prepend=met.person_id[0] - 1))
    return Contacts(
        person_id=met.person_id[first],
        encounters=np.diff(np.append(first, met.size)),
        duration_us=np.add.reduceat(met.ended_us - met.started_us, first),
        closest_m=np.minimum.reduceat(met.closest_m, first),
        first_met_us=np.minimum.reduceat(met.started_us, first),
        last_met_us=np.maximum.reduceat(met.ended_us, first),
    )
