"""Meetings of a slice from what is remembered, where that covers the question, and by the engine for the rest.

What is remembered of a window is what the engine says of it, to the last bit (meeting_finder). It covers a window that
is settled, as a whole in the range, with the distance and the probability that meetings are remembered for.
"""

from collections.abc import Iterator

import numpy as np

from connection_service.search.estimate_slice import EstimateSearch
from connection_service.search.one_slice import Locations, SliceResult
from connection_service.search.questions import EstimateQuestion
from connection_service.store.meetings import Remembered
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Ints
from proximity.windows import WINDOW_US


class MeetingSearch:
    """As EstimateSearch, which it asks for what is not remembered."""

    def __init__(self, locations: Locations, person_id: int, question: EstimateQuestion) -> None:
        self.locations, self.person_id, self.question = locations, person_id, question
        self.engine = EstimateSearch(locations, person_id, question)

    def search(self, low_us: int, high_us: int) -> SliceResult[EstimatedMeetings]:
        """Meetings in the windows from the one instant to the other, both inclusive, and in the question's range."""
        asked = self.question
        first, until = low_us // WINDOW_US, high_us // WINDOW_US + 1
        # A window in which the range begins or ends is cut there.
        whole = max(first, -(-asked.start_us // WINDOW_US)), min(until, asked.end_us // WINDOW_US)
        known = self.locations.remembered(*whole, asked.distance_m, asked.min_probability)
        if known.first >= known.until:
            return self.engine.search(low_us, high_us)
        met = self.locations.meetings(self.person_id, known.first * WINDOW_US, known.until * WINDOW_US)
        met = met.at(~np.isin(met.started_us // WINDOW_US, known.due))
        reduced, loaded = [met], met.size
        for begin, end in _missing(known, first, until):
            found = self.engine.search(begin * WINDOW_US, end * WINDOW_US - 1)
            reduced += found.reduced
            loaded += found.loaded
        return SliceResult(reduced, loaded)


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
