"""Everybody's meetings in a window: for all persons at once what a question about each of them would find.

A question looks for those who reported from near a way (circles.py), then compares their ways with it
(estimated_meetings.py). So does this, with the same functions, on columns that hold many persons at once.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, fixes_taken, joined, met_in
from proximity.everybody.near import Pairs, who_was_near
from proximity.fixes import Fixes, Ints
from proximity.pairs.stretches import Ranges, Stretches, stretches
from proximity.spans import NO_SPANS, Spans
from proximity.ways import Ways, ways, without
from proximity.windows import WINDOW_US

ESTIMATOR = 10
"""Its version: another one where any meeting is estimated otherwise, so that what is remembered is not mixed."""


class Met(NamedTuple):
    """Meetings of many persons: each of two who met has one of them, by person, other and time."""

    person_id: Ints
    meetings: EstimatedMeetings  # its person_id is the other


def met_by_everybody(  # noqa: PLR0913  where, and what is asked
    fixes: Fixes,
    window: int,
    distance_m: float,
    min_chance: float,
    *,
    whose: Collection[int] | None = None,
    hidden: Spans = NO_SPANS,
) -> Met:
    """Stretches of a window (its number) in which two were within the distance; where one of both is of `whose`.

    Joined are those that touch, and nothing else: `joined` of them is what it is of the stretches of a question, also
    over the borders of windows. All fixes of `told_by(window)` are there, by person and time. Nobody is met in what is
    hidden, though others know where they were before and after it.
    """
    low_us, until_us = window * WINDOW_US, (window + 1) * WINDOW_US
    inside = without(ways(fixes, low_us, until_us), hidden)
    reported = fixes.at(np.flatnonzero((fixes.time_us >= low_us) & (fixes.time_us < until_us)))
    pairs = who_was_near(inside, reported, distance_m, whose)
    found = list(_met(inside, pairs, distance_m, min_chance))
    met = EstimatedMeetings._make(map(np.concatenate, zip(NO_MEETINGS, *found, strict=True)))
    met = met._replace(
        own_fixes=fixes_taken(fixes, pairs.person_id[met.person_id], met),
        other_fixes=fixes_taken(fixes, pairs.other_id[met.person_id], met),
    )
    met = joined([met], 0)
    return Met(pairs.person_id[met.person_id], met._replace(person_id=pairs.other_id[met.person_id]))


def _met(inside: Ways, pairs: Pairs, distance_m: float, min_chance: float) -> Iterator[EstimatedMeetings]:
    """Meetings of all pairs; their person_id is the position of the pair, and their fixes are not counted yet.

    Where both were near the other's way, they are compared once: all but the place is the same for both.
    """
    back = pairs.turned()
    once = np.flatnonzero(back <= np.arange(back.size))
    turned = back[once]
    ranges = Ranges(*_pieces(inside, pairs.person_id[once]), *_pieces(inside, pairs.other_id[once]))
    for found in stretches(inside, inside, ranges, distance_m, min_chance):
        yield met_in(found, once, inside)
        both = np.flatnonzero(turned[found.pair] >= 0)
        theirs = Stretches._make(values[both] for values in found)._replace(other=found.own[both])
        yield met_in(theirs, turned, inside)


def _pieces(inside: Ways, persons: Ints) -> tuple[Ints, Ints]:
    """The positions of the pieces of each of these persons, from the first to before the second."""
    return np.searchsorted(inside.person_id, persons), np.searchsorted(inside.person_id, persons, side="right")
