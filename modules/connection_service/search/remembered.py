"""Meetings of a slice from what is remembered, where that covers the question, and by the engine for the rest.

What is remembered of a window is what the engine says of it, to the last bit (meeting_finder). It covers a window that
is settled, as a whole in the range, with the distance and the probability that meetings are remembered for. A day ends
a microsecond before its last window does: what goes on is cut there.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from connection_service.search.estimate_slice import EstimateSearch
from connection_service.search.one_slice import Locations, SliceResult
from connection_service.search.questions import EstimateQuestion
from connection_service.store.meetings import Remembered
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Ints
from proximity.instants import DAY_US
from proximity.slices import FEW_ROWS
from proximity.windows import WINDOW_US

# Read at once of what is remembered: a month is some hundred rows, a year some thousand.
FOR_A_FEW_ROWS_US: Final = 31 * DAY_US
AT_ONCE_US: Final = 366 * DAY_US


class MeetingSearch:
    """As EstimateSearch, which it asks for what is not remembered."""

    def __init__(self, locations: Locations, person_id: int, question: EstimateQuestion, start_us: int) -> None:
        """The search begins at `start_us`, the range of the question perhaps before it."""
        self.locations, self.person_id, self.question = locations, person_id, question
        self.engine = EstimateSearch(locations, person_id, question)
        self.first = start_us // WINDOW_US
        # A window in which the range begins or ends is cut there.
        whole = max(self.first, -(-question.start_us // WINDOW_US)), (question.end_us + 1) // WINDOW_US
        self.known = locations.remembered(*whole, question.distance_m, question.min_probability)

    @property
    def first_slice_us(self) -> int:
        """How much of the beginning is remembered, up to a year, or a month where few rows are wanted; 0: nothing."""
        known = self.known
        until = int(known.due.min(initial=known.until))
        at_once_us = AT_ONCE_US if self.question.limit > FEW_ROWS else FOR_A_FEW_ROWS_US
        return min(at_once_us, (until - self.first) * WINDOW_US) if known.first <= self.first < until else 0

    def search(self, low_us: int, high_us: int) -> SliceResult[EstimatedMeetings]:
        """Meetings in the windows from the one instant to the other, both inclusive, and in the question's range."""
        first, until = low_us // WINDOW_US, high_us // WINDOW_US + 1
        begin, end = max(first, self.known.first), min(until, self.known.until)
        if begin >= end:
            return self.engine.search(low_us, high_us)
        due = self.known.due[(begin <= self.known.due) & (self.known.due < end)]
        met = self.locations.meetings(self.person_id, begin * WINDOW_US, end * WINDOW_US)
        if due.size:
            met = met.at(~np.isin(met.started_us // WINDOW_US, due))
        reduced, loaded = [_cut(met, self.question.end_us)], met.size
        for missing, next_known in _missing(Remembered(begin, end, due), first, until):
            found = self.engine.search(missing * WINDOW_US, next_known * WINDOW_US - 1)
            reduced += found.reduced
            loaded += found.loaded
        return SliceResult(reduced, loaded)


def _cut(met: EstimatedMeetings, end_us: int) -> EstimatedMeetings:
    """What goes on at the last instant of the range ends there."""
    over = met.ended_us <= end_us
    if over.all():
        return met
    met = met.at(over | (met.started_us < end_us))
    beyond_us = np.maximum(met.ended_us - end_us, 0)
    return met._replace(
        ended_us=met.ended_us - beyond_us,
        duration_us=met.duration_us - beyond_us,
        closest_us=np.minimum(met.closest_us, end_us),
    )


def _missing(known: Remembered, first: int, until: int) -> Iterator[tuple[int, int]]:
    """Windows that are not remembered, in runs: the first, and the one behind the last."""
    if first < known.first:
        yield first, known.first
    for run in _runs(known.due):
        yield int(run[0]), int(run[-1]) + 1
    if known.until < until:
        yield known.until, until


def _runs(numbers: Ints) -> list[Ints]:
    """Numbers that follow one upon the other."""
    return np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if numbers.size else []
