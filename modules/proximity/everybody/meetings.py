"""Everybody's meetings in a window: for all persons at once what a question about each of them would find.

A question looks for those who reported from near a way (circles.py), then compares their ways with it
(estimated_meetings.py). So does this, with the same functions, on columns that hold many persons at once.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, fixes_taken, joined, together
from proximity.everybody.near import Pairs, who_was_near
from proximity.everybody.portions import count_up, expanded
from proximity.fixes import Fixes, Ints
from proximity.geocentric import geodetic
from proximity.pairs.steady import PAIRS_AT_ONCE, compared
from proximity.ways import Ways, placed, ways, within
from proximity.windows import WINDOW_US

ESTIMATOR = 4
"""Its version: another one where any meeting is estimated otherwise, so that what is remembered is not mixed."""


class Met(NamedTuple):
    """Meetings of many persons: each of two who met has one of them, by person, other and time."""

    person_id: Ints
    meetings: EstimatedMeetings  # its person_id is the other


def met_by_everybody(
    fixes: Fixes, window: int, distance_m: float, min_chance: float, *, whose: Collection[int] | None = None
) -> Met:
    """Stretches of a window (its number) in which two were within the distance; where one of both is of `whose`.

    Joined are those that touch, and nothing else: `joined` of them is what it is of the stretches of a question, also
    over the borders of windows. All fixes of `told_by(window)` are there, by person and time.
    """
    low_us, until_us = window * WINDOW_US, (window + 1) * WINDOW_US
    around = ways(fixes, low_us - WINDOW_US, until_us + WINDOW_US)
    reported = fixes.at(np.flatnonzero((fixes.time_us >= low_us) & (fixes.time_us < until_us)))
    pairs = who_was_near(around, reported, distance_m, whose)
    inside = within(around, low_us, until_us)
    found = list(_stretches(inside, pairs, distance_m, min_chance))
    met = EstimatedMeetings._make(map(np.concatenate, zip(NO_MEETINGS, *found, strict=True)))
    met = met._replace(
        own_fixes=fixes_taken(fixes, pairs.person_id[met.person_id], met),
        other_fixes=fixes_taken(fixes, pairs.other_id[met.person_id], met),
    )
    met = joined([met], 0)
    return Met(pairs.person_id[met.person_id], met._replace(person_id=pairs.other_id[met.person_id]))


def _stretches(inside: Ways, pairs: Pairs, distance_m: float, min_chance: float) -> Iterator[EstimatedMeetings]:
    """Stretches of all pairs; their person_id is the position of the pair, and their fixes are not counted yet.

    Where both were near the other's way, they are compared once: all but the place is the same for both.
    """
    back = pairs.turned()
    for mine, theirs, pair in _at_the_same_time(inside, pairs, np.flatnonzero(back <= np.arange(back.size))):
        numbered = inside.at(theirs)._replace(person_id=np.arange(theirs.size))
        met = together(compared(inside.at(mine), numbered, distance_m), distance_m, min_chance)
        nth = met.person_id
        yield met._replace(person_id=pair[nth])
        both = np.flatnonzero(back[pair[nth]] >= 0)
        met, nth = met.at(both), nth[both]
        latitude, longitude = geodetic(placed(inside.at(mine[nth]), met.closest_us).points)
        yield met._replace(person_id=back[pair[nth]], latitude=latitude, longitude=longitude)


def _at_the_same_time(inside: Ways, pairs: Pairs, some: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Positions of a piece of the one and of a piece of the other at the same time, and of their pair, in portions.

    Of the pairs at `some` positions.
    """
    if not inside.size or not pairs.person_id.size:
        return
    persons, first = np.unique(inside.person_id, return_index=True)
    count = np.diff(np.append(first, inside.size))
    both = some[np.isin(pairs.person_id[some], persons) & np.isin(pairs.other_id[some], persons)]
    mine, theirs = (np.searchsorted(persons, of[both]) for of in pairs)
    pair = np.repeat(both, count[theirs])
    their_piece = np.repeat(first[theirs], count[theirs]) + count_up(count[theirs])
    first_us = inside.start_us.min()
    lasts_us = inside.end_us.max() - first_us + 1
    rank = np.repeat(np.arange(persons.size), count) * lasts_us
    base = np.repeat(mine, count[theirs]) * lasts_us
    ends, starts = rank + (inside.end_us - first_us), rank + (inside.start_us - first_us)
    begin = np.searchsorted(ends, base + (inside.start_us[their_piece] - first_us), side="left")
    many = np.searchsorted(starts, base + (inside.end_us[their_piece] - first_us), side="right") - begin
    for chosen, nth in expanded(np.maximum(many, 0), PAIRS_AT_ONCE):
        yield begin[chosen] + nth, their_piece[chosen], pair[chosen]
