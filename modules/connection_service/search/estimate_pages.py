"""The search by estimate: who was together with P, slice by slice of the range, and what a page shows of it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from connection_service.limits import TooMany
from connection_service.search.estimate_slice import track_around
from connection_service.search.one_slice import Locations
from connection_service.search.paging import Page, later, page_of, settled
from connection_service.search.questions import EstimateQuestion, SummaryQuestion, WayQuestion
from connection_service.search.remembered import MeetingSearch
from proximity.estimated_contacts import EstimatedContacts, estimated_contacts
from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, joined, joined_into
from proximity.network.summaries import Summaries, summaries
from proximity.slices import Slices
from proximity.ways import NOWHERE, Ways, ways, within, without
from proximity.windows import WINDOW_US

Flags = NDArray[np.bool_]
Found = TypeVar("Found")


def meeting_page(locations: Locations, person_id: int, question: EstimateQuestion) -> Page[EstimatedMeetings]:
    """One page of meetings, by their start and the other person. Raises what `locations` raises."""
    after = question.after(person_id)
    # A meeting that began before this page, and goes on, has a moment in the gap before it; it is known by that.
    start_us = max(question.start_us, after[0] - question.gap_us) if after else question.start_us
    ready = NO_MEETINGS
    for met, known_until_us in _meetings(locations, person_id, question, start_us, question.limit):
        done = met if known_until_us > question.end_us else met.at(settled(met, question.gap_us, known_until_us))
        ready = done.at(_counted(done, question))
        ready = ready.at(later((ready.started_us, ready.person_id), after))
        if ready.size > question.limit:
            break
    return page_of(ready, (ready.started_us, ready.person_id), question.limit)


def met_page(locations: Locations, person_id: int, question: EstimateQuestion) -> Page[EstimatedContacts]:
    """One page of the persons met, by the time spent together. Raises what `locations` raises."""
    after = question.after(person_id)
    met = NO_MEETINGS
    for so_far, _ in _meetings(locations, person_id, question, question.start_us, None):
        met = so_far
    found = estimated_contacts(met.at(_counted(met, question)))
    found = found.at(later((-found.duration_us, found.person_id), after))
    return page_of(found, (-found.duration_us, found.person_id), question.limit)


def summary_page(locations: Locations, person_id: int, question: SummaryQuestion) -> Page[Summaries]:
    """One page of the persons met in each period, by period and person. Raises what `locations` raises.

    A meeting counts, or not, as a whole; its seconds count in the periods that they lie in.
    """
    after = question.after(person_id)
    parts = NO_MEETINGS
    for so_far, _ in _meetings(locations, person_id, question, question.start_us, None):
        parts = so_far
    meeting = joined_into(parts, question.gap_us)
    counted = _counted(joined([parts], question.gap_us), question)[meeting]
    found = summaries(parts.at(counted), meeting[counted], question.period)
    found = found.at(later((found.first_day, found.person_id), after))
    return page_of(found, (found.first_day, found.person_id), question.limit)


def way_page(locations: Locations, person_id: int, question: WayQuestion) -> Page[Ways]:
    """One page of the pieces of a person's own way, by time. Raises what `locations` raises."""
    after = question.after(person_id)

    def search(low_us: int, high_us: int) -> tuple[Ways, int]:
        track = track_around(locations, person_id, low_us, high_us + 1)
        hidden = locations.private(np.array([person_id]), low_us, high_us)
        way = _asked_for(without(ways(track, low_us, high_us + 1), hidden), question)
        return way.at(later((way.start_us,), after)), track.size

    found = NOWHERE
    start_us = after[0] if after else question.start_us
    for way, _ in _slices(search, start_us, question.end_us, question.limit):
        found = Ways._make(np.concatenate(column, axis=-1) for column in zip(found, way, strict=True))
        if found.size > question.limit:
            break
    return page_of(found, (found.start_us,), question.limit)


def _asked_for(way: Ways, question: WayQuestion) -> Ways:
    """What of the way lies in the question's range: it is cut at both ends; a lone fix at the end belongs to it."""
    alone = way.start_us == way.end_us
    return within(way, question.start_us, np.where(alone, question.end_us + 1, question.end_us))


def _counted(met: EstimatedMeetings, question: EstimateQuestion) -> Flags:
    counted: Flags = (met.duration_us >= question.min_duration_us) & (met.probability >= question.min_probability)
    return counted


def _meetings(
    locations: Locations, person_id: int, question: EstimateQuestion, start_us: int, rows_wanted: int | None
) -> Iterator[tuple[EstimatedMeetings, int]]:
    """Slice after slice all meetings so far, and the instant before which there is no other."""
    search = MeetingSearch(locations, person_id, question, start_us)
    met = NO_MEETINGS
    for found, known_until_us in _slices(search.search, start_us, question.end_us, rows_wanted, search.first_slice_us):
        met = joined([met, *found], question.gap_us, question.cut_us)
        yield met, known_until_us


def _slices(
    search: Callable[[int, int], tuple[Found, int]],
    start_us: int,
    end_us: int,
    rows_wanted: int | None,
    first_slice_us: int = 0,
) -> Iterator[tuple[Found, int]]:
    """What is found in each slice, of whole windows, and the instant until which that is all.

    `search` gets the first and the last instant of a slice, and returns what it found and how much it has loaded. The
    first slice may be longer than usual.
    """
    first, last = start_us // WINDOW_US, end_us // WINDOW_US
    slices = Slices(first * WINDOW_US, (last + 1) * WINDOW_US - 1, rows_wanted, WINDOW_US, first_slice_us)
    while slices.more:
        try:
            found, loaded = search(slices.low_us, slices.high_us)
        except TooMany:
            if not slices.shorten():
                raise
            continue
        slices.advance(loaded)
        yield found, slices.low_us
