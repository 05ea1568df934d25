"""One slice of the range: where and when to look, who was there, who was near. At their fixes, or between them too."""

from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from connection_service.search.questions import SearchQuestion
from connection_service.store.meetings import Remembered
from proximity.cells import Probes, probes
from proximity.certainty import NOT_NEAR, certainty, reach_m
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes, Ints
from proximity.geocentric import geodetic
from proximity.movement import MAX_STEP_M, closest_approaches, longest_step, steps
from proximity.near_fixes import NearFixes, near_fixes
from proximity.spans import Spans, span_of, spans_around

Reduced = TypeVar("Reduced")


class Locations(Protocol):
    """Where the locations are, for one question: that of store.py, or a test's own. All ends are inclusive, but where
    it is said that they are not.
    """

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        """Fixes of one person, by time."""

    def tracks(self, wanted: Spans, start_us: int, end_us: int) -> Fixes:
        """Fixes of several persons, by person and time."""

    def candidates(
        self, person_id: int, probes: Probes, start_us: int, end_us: int, receive: Callable[[Fixes], object]
    ) -> int:
        """Hand on everybody else's fixes in the probes, in portions; return their number."""

    def private(self, person_ids: Ints, start_us: int, end_us: int) -> Spans:
        """In which times of the range persons keep private where they were."""

    def remembered(self, first: int, until: int, distance_m: float, min_probability: float) -> Remembered:
        """Of which of these windows, until before the second, meetings within this distance are remembered."""

    def meetings(self, person_id: int, start_us: int, until_us: int) -> EstimatedMeetings:
        """What is remembered of one person, until before the second instant; each window for itself."""


class SliceResult(NamedTuple, Generic[Reduced]):
    reduced: list[Reduced]  # what was made of the rows, of as many at a time as were loaded
    loaded: int  # locations


class FixSearch:
    """Fixes of others are compared with fixes of P that are at most the window away."""

    def __init__(self, locations: Locations, person_id: int, question: SearchQuestion) -> None:
        self.locations, self.person_id, self.question = locations, person_id, question
        # With any time of the range, all of the track is needed for every slice of it.
        self.whole = self._track(question.start_us, question.end_us) if question.window_us is None else None

    def search(self, low_us: int, high_us: int, reduce: Callable[[NearFixes], Reduced]) -> SliceResult[Reduced]:
        """Reduce near fixes of others from the one instant to the other, both inclusive."""
        asked = self.question
        window_us = asked.window_us or 0
        track = self._track(low_us - window_us, high_us + window_us) if self.whole is None else self.whole
        if not track.size:
            return SliceResult([], 0)
        reach = reach_m(track, asked.distance_m, include_possible=asked.include_possible)
        reduced: list[Reduced] = []

        def receive(candidates: Fixes) -> None:
            reduced.append(reduce(near_fixes(track, candidates, reach, asked.window_us, asked.distance_m)))

        wanted = probes(track, reach, asked.window_us, low_us, high_us)
        count = self.locations.candidates(self.person_id, wanted, low_us, high_us, receive)
        return SliceResult(reduced, count + track.size)

    def _track(self, low_us: int, high_us: int) -> Fixes:
        return self.locations.track(
            self.person_id, max(self.question.start_us, low_us), min(self.question.end_us, high_us)
        )


class InterpolatedSearch:
    """Others and P move between their fixes (movement.py); one row a step of another's.

    A closest approach is at most half a step away from a fix of each of the two: that is how much further the probes
    have to look to find one end of the other's step. All of the other's fixes around it are loaded then.
    """

    def __init__(self, locations: Locations, person_id: int, question: SearchQuestion) -> None:
        self.locations, self.person_id, self.question = locations, person_id, question

    def search(self, low_us: int, high_us: int, reduce: Callable[[NearFixes], Reduced]) -> SliceResult[Reduced]:
        """Reduce near steps of others that begin from the one instant to the other, both inclusive."""
        asked, window_us = self.question, self.question.window_us or 0
        last_us = min(high_us + window_us, asked.end_us)  # where the last of the steps ends
        track = self.locations.track(
            self.person_id, max(asked.start_us, low_us - window_us), min(asked.end_us, last_us + window_us)
        )
        if not track.size:
            return SliceResult([], 0)
        own = steps(track, np.zeros(track.size, np.int64), window_us)
        reach = reach_m(track, asked.distance_m, include_possible=asked.include_possible)
        own_step_m, own_step_us = longest_step(own)

        portions: list[Fixes] = []
        wanted = probes(track, reach + (MAX_STEP_M + own_step_m) / 2, window_us + own_step_us, low_us, last_us)
        count = self.locations.candidates(self.person_id, wanted, low_us, last_us, portions.append)
        found = Fixes.concatenate(portions)
        if not found.size:
            return SliceResult([], count + track.size)
        around = spans_around(found.person_id, found.time_us, window_us)
        others = self.locations.tracks(around, low_us, last_us)
        moved = steps(others, span_of(others, around), window_us)
        begun = np.flatnonzero(others.time_us <= high_us)
        near = closest_approaches(own, moved.at(begun), reach)
        step = begun[near.step]
        judged = certainty(near.distance_m, near.own_accuracy_m, moved.accuracy_m[step], asked.distance_m)
        fixes = others.at(step)
        latitude, longitude = geodetic(near.points)
        rows = NearFixes(
            fixes, near.distance_m, near.moment_us - fixes.time_us, judged, near.moment_us, latitude, longitude
        )
        return SliceResult([reduce(rows.at(judged != NOT_NEAR))], count + track.size + others.size)
