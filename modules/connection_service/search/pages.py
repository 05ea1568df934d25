"""The search: who was near, slice by slice of the range, and what a page shows of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np

from connection_service.limits import TooMany
from connection_service.search.one_slice import FixSearch, InterpolatedSearch, Locations, Reduced
from connection_service.search.questions import (
    ConnectionQuestion,
    ContactQuestion,
    EncounterQuestion,
    Key,
    SearchQuestion,
)
from proximity.encounters import Contacts, Encounters, contacts, encounter_per_fix, joined
from proximity.fixes import Ints, Where
from proximity.near_fixes import NO_NEAR_FIXES, NearFixes
from proximity.slices import Slices

MICROMETRES = 1e6


class Rows(Protocol):
    """Columns of what a page shows."""

    @property
    def person_id(self) -> Ints: ...

    def at(self, where: Where) -> Self: ...


Shown = TypeVar("Shown", bound=Rows)


class Page(NamedTuple, Generic[Shown]):
    rows: Shown
    next_after: Key | None  # None: the last page


def connection_page(locations: Locations, person_id: int, question: ConnectionQuestion) -> Page[NearFixes]:
    """One page of the fixes of others that were near, by time or by distance. Raises what `locations` raises."""
    after = question.after(person_id)
    start_us = after[1] if after and not question.by_distance else question.start_us

    def first_of(near: NearFixes) -> NearFixes:
        key = _connection_key(near, question)
        near = near.at(_later(key, after))
        return near.at(_order(_connection_key(near, question))[: question.limit + 1])

    found = NO_NEAR_FIXES
    slices = Slices(start_us, question.end_us, None if question.by_distance else question.limit)
    for portions, _ in _search(locations, person_id, question, slices, first_of):
        found = first_of(NearFixes.concatenate([found, *portions]))
        if found.size > question.limit and not question.by_distance:
            break
    return _page(found, _connection_key(found, question), question.limit)


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
        settled = met if known_until_us > question.end_us else met.at(_settled(met, question.gap_us, known_until_us))
        ready = settled.at(settled.ended_us - settled.started_us >= question.min_duration_us)
        ready = ready.at(_later((ready.started_us, ready.person_id), after))
        if ready.size > question.limit:
            break
    return _page(ready, (ready.started_us, ready.person_id), question.limit)


def contact_page(locations: Locations, person_id: int, question: ContactQuestion) -> Page[Contacts]:
    """One page of the persons met, by the time spent together. Raises what `locations` raises."""
    after = question.after(person_id)
    met = encounter_per_fix(NO_NEAR_FIXES)
    for so_far, _ in _meetings(locations, person_id, question, Slices(question.start_us, question.end_us)):
        met = so_far
    found = contacts(met.at(met.ended_us - met.started_us >= question.min_duration_us))
    found = found.at(_later((-found.duration_us, found.person_id), after))
    return _page(found, (-found.duration_us, found.person_id), question.limit)


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


def _settled(met: Encounters, gap_us: int | None, known_until_us: int) -> Where:
    """Meetings that won't change any more, and before which none will be found."""
    unsettled = np.ones(met.size, bool) if gap_us is None else known_until_us - met.ended_us <= gap_us
    settled: Where = met.started_us < met.started_us[unsettled].min(initial=known_until_us)
    return settled


def _connection_key(near: NearFixes, question: ConnectionQuestion) -> Sequence[Ints]:
    time_us, person_id = near.fixes.time_us, near.fixes.person_id
    if not question.by_distance:
        return np.zeros_like(time_us), time_us, person_id
    # As it is shown: rows that look equally near are ordered by what else is seen of them.
    return np.rint(near.distance_m * MICROMETRES).astype(np.int64), time_us, person_id


def _later(key: Sequence[Ints], after: Key | None) -> Where:
    if after is None:
        return slice(None)
    later, equal = np.zeros(key[0].size, bool), np.ones(key[0].size, bool)
    for column, value in zip(key, after, strict=True):
        later |= equal & (column > value)
        equal &= column == value
    return later


def _order(key: Sequence[Ints]) -> Ints:
    order: Ints = np.lexsort(key[::-1])
    return order


def _page(rows: Shown, key: Sequence[Ints], limit: int) -> Page[Shown]:
    order = _order(key)
    shown = order[:limit]
    return Page(rows.at(shown), tuple(int(column[shown[-1]]) for column in key) if order.size > limit else None)
