"""One slice of the range, by estimate: who reported from near P's way, their ways, and when the two were together.

A slice is made of whole windows (windows.py): what is found in one of them follows from the fixes in and around it, and
not from how the range was cut. Others come some at a time, so that a crowd costs time, and no memory.
"""

from collections.abc import Iterator

import numpy as np

from connection_service.limits import TooMany
from connection_service.search.one_slice import Locations, SliceResult
from connection_service.search.questions import EstimateQuestion
from proximity.cells import probes_of_circles
from proximity.circles import Circles, circles, reported_inside
from proximity.estimated_meetings import EstimatedMeetings, estimated_meetings, joined
from proximity.fixes import Fixes
from proximity.instants import FIRST_US, LAST_US, SECOND_US
from proximity.ways import ways, ways_in, without
from proximity.windows import WINDOW_US, Windows, needed, windows_of

# Of others: with a fix each ten seconds, 512 windows have 120,000 locations. Where they have fewer, more come at once.
WINDOWS_AT_ONCE, LOCATIONS_AT_ONCE, MOST_GROWTH = 512, 120_000, 4.0


class EstimateSearch:
    """Estimated ways of others are compared with that of P."""

    def __init__(self, locations: Locations, person_id: int, question: EstimateQuestion) -> None:
        self.locations, self.person_id, self.question = locations, person_id, question

    def search(self, low_us: int, high_us: int) -> SliceResult[EstimatedMeetings]:
        """Meetings in the windows from the one instant to the other, both inclusive, and in the question's range."""
        asked = self.question
        track = track_around(self.locations, self.person_id, low_us, high_us + 1)
        own = ways(track, low_us, high_us + 1)
        near, loaded = self._near(circles(own, asked.distance_m), low_us, high_us)
        own = own.at((own.start_us <= asked.end_us) & (own.end_us >= asked.start_us))
        span_us = asked.start_us, asked.end_us
        loaded += track.size
        found: list[EstimatedMeetings] = []
        for some, fixes in self._followed(near):
            theirs = ways_in(fixes, some)
            hidden = self.locations.private(np.unique(np.append(some.person_id, self.person_id)), low_us, high_us)
            shown = without(own, hidden), without(theirs, hidden)
            met = estimated_meetings(*shown, track, fixes, asked.distance_m, asked.min_probability, span_us)
            found.append(joined([met], asked.gap_us, asked.cut_us))
            loaded += fixes.size
        return SliceResult(found, loaded)

    def _near(self, around: Circles, low_us: int, high_us: int) -> tuple[Windows, int]:
        """In which windows others reported from near P's way, and how many of their fixes were loaded to know."""
        probes = probes_of_circles(around, low_us, high_us)
        if not probes.cell_low.size:
            return _union([]), 0
        near: list[Windows] = []

        def receive(others: Fixes) -> None:
            inside = others.at(reported_inside(around, others))
            near.append(windows_of(inside.person_id, inside.time_us))

        try:
            count = self.locations.candidates(self.person_id, probes, low_us, high_us, receive)
        except TooMany:
            # A slice can be made shorter, a window cannot: it is looked through bit by bit.
            if high_us - low_us >= WINDOW_US or high_us - low_us < SECOND_US:
                raise
            middle_us = (low_us + high_us) // 2
            before, count = self._near(around, low_us, middle_us)
            after, more = self._near(around, middle_us + 1, high_us)
            return _union([before, after]), count + more
        return _union(near), count

    def _followed(self, near: Windows) -> Iterator[tuple[Windows, Fixes]]:
        """Some of the windows at a time, and all fixes that tell of them."""
        at, at_once, most_growth = 0, WINDOWS_AT_ONCE, MOST_GROWTH
        while at < near.number.size:
            some = near.at(slice(at, at + at_once))
            spans = some.spans()
            first_us, last_us = int(spans.start_us.min()), int(spans.end_us.max())
            try:
                fixes = self.locations.tracks(spans, max(first_us, FIRST_US), min(last_us, LAST_US))
            except TooMany:
                at_once, most_growth = some.number.size // 2, 1.0  # as many elsewhere may be too many, too
                if not at_once:
                    raise
                continue
            at += some.number.size
            more = LOCATIONS_AT_ONCE / max(fixes.size, 1)
            at_once = max(1, int(at_once * min(more, most_growth)))
            yield some, fixes


def track_around(locations: Locations, person_id: int, start_us: int, until_us: int) -> Fixes:
    """All fixes that tell of the way from start_us until before until_us."""
    first_us, last_us = needed(start_us, until_us)
    return locations.track(person_id, max(first_us, FIRST_US), min(last_us, LAST_US))


def _union(parts: list[Windows]) -> Windows:
    person_id = np.concatenate([np.empty(0, np.int64), *(part.person_id for part in parts)])
    number = np.concatenate([np.empty(0, np.int64), *(part.number for part in parts)])
    return windows_of(person_id, number * WINDOW_US)
