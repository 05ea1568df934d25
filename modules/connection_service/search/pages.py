"""The search: who was near, slice by slice of the range, and what a page shows of it."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from connection_service.limits import TooMany
from connection_service.search.one_slice import FixSearch, InterpolatedSearch, Locations, Reduced
from connection_service.search.paging import Page, later, order_of, page_of, settled
from connection_service.search.questions import (
    ConnectionQuestion,
    ContactQuestion,
    EncounterQuestion,
    SearchQuestion,
)
from proximity.encounters import Contacts, Encounters, contacts, encounter_per_fix, joined
from proximity.fixes import Ints
from proximity.near_fixes import NO_NEAR_FIXES, NearFixes
from proximity.slices import Slices

MICROMETRES = 1e6


def connection_page(locations: Locations, person_id: int, question: ConnectionQuestion) -> Page[NearFixes]:
    """One page of the fixes of others that were near, by time or by distance. Raises what `locations` raises."""
    after = question.after(person_id)
    start_us = after[1] if after and not question.by_distance else question.start_us

    def first_of(near: NearFixes) -> NearFixes:
        key = _connection_key(near, question)
        near = near.at(later(key, after))
        return near.at(order_of(_connection_key(near, question))[: question.limit + 1])

    found = NO_NEAR_FIXES
    slices = Slices(start_us, question.end_us, None if question.by_distance else question.limit)
    for portions, _ in _search(locations, person_id, question, slices, first_of):
        found = first_of(NearFixes.concatenate([found, *portions]))
        if found.size > question.limit and not question.by_distance:
            break
    return page_of(found, _connection_key(found, question), question.limit)


def encounter_page(locations: Locations, person_id: int, question: EncounterQuestion) -> Page[Encounters]:
    """One page of meetings, by their start and the other person. Raises what `locations` raises."""
    after = question.after(person_id)
    start_us = question.start_us
    if after and question.gap_us is not None:
        # A meeting that began before and goes on has a near moment in the gap before; it is known by that.
        before_us = question.gap_us + (question.window_us or 0 if question.interpolate else 0)
        start_us = max(start_us, after[0] - before_us)
    ready = encounter_per_fix(NO_NEAR_FIXES)
    slices = Slices(start_us, question.end_us, question.limit)
    for met, known_until_us in _meetings(locations, person_id, question, slices):
        done = met if known_until_us > question.end_us else met.at(settled(met, question.gap_us, known_until_us))
        ready = done.at(done.ended_us - done.started_us >= question.min_duration_us)
        ready = ready.at(later((ready.started_us, ready.person_id), after))
        if ready.size > question.limit:
            break
    return page_of(ready, (ready.started_us, ready.person_id), question.limit)


def contact_page(locations: Locations, person_id: int, question: ContactQuestion) -> Page[Contacts]:
    """One page of the persons met, by the time spent together. Raises what `locations` raises."""
    after = question.after(person_id)
    met = encounter_per_fix(NO_NEAR_FIXES)
    for so_far, _ in _meetings(locations, person_id, question, Slices(question.start_us, question.end_us)):
        met = so_far
    found = contacts(met.at(met.ended_us - met.started_us >= question.min_duration_us))
    found = found.at(later((-found.duration_us, found.person_id), after))
    return page_of(found, (-found.duration_us, found.person_id), question.limit)


def _meetings(
    locations: Locations, person_id: int, question: EncounterQuestion, slices: Slices
) -> Iterator[tuple[Encounters, int]]:
    """Slice after slice all meetings so far, and the instant before which nobody else was near."""
    met = encounter_per_fix(NO_NEAR_FIXES)
    # A crowd's near fixes are many; the meetings that they make are few, and all that is kept.
    for portions, known_until_us in _search(
        locations, person_id, question, slices, lambda near: joined([encounter_per_fix(near)], question.gap_us)
    ):
        met = joined([met, *portions], question.gap_us)
        yield met, known_until_us


def _search(
    locations: Locations,
    person_id: int,
    question: SearchQuestion,
    slices: Slices,
    reduce: Callable[[NearFixes], Reduced],
) -> Iterator[tuple[list[Reduced], int]]:
    """Slice after slice what `reduce` makes of who was near, and the instant before which nobody else was."""
    search = (InterpolatedSearch if question.interpolate else FixSearch)(locations, person_id, question)
    while slices.more:
        try:
            reduced, loaded = search.search(slices.low_us, slices.high_us, reduce)
        except TooMany:
            if not slices.shorten():
                raise
            continue
        slices.advance(loaded)
        yield reduced, slices.low_us


def _connection_key(near: NearFixes, question: ConnectionQuestion) -> Sequence[Ints]:
    time_us, person_id = near.fixes.time_us, near.fixes.person_id
    if not question.by_distance:
        return np.zeros_like(time_us), time_us, person_id
    # As it is shown: rows that look equally near are ordered by what else is seen of them.
    return np.rint(near.distance_m * MICROMETRES).astype(np.int64), time_us, person_id
