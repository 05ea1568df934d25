"""The search in its steps: the track, where and when to look, who was there, who was near."""

from typing import NamedTuple, Protocol

import numpy as np

from connection_service.cells import Probes, probes
from connection_service.encounters import Encounters, encounters
from connection_service.fixes import Fixes, Floats, Ints
from connection_service.matching import nearest
from connection_service.questions import ConnectionQuestion, EncounterQuestion, Key


class Store(Protocol):
    """Where the locations are: LocationStore, or a test's own."""

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes: ...

    def candidates(self, person_id: int, probes: Probes, start_us: int, end_us: int) -> Fixes: ...


class ConnectionPage(NamedTuple):
    fixes: Fixes  # of others, n of them
    distance_m: Floats  # n, to the nearest fix of the track
    time_gap_us: Ints  # n, between the two
    next_after: Key | None  # None: the last page


class EncounterPage(NamedTuple):
    meetings: Encounters  # n
    closest: Fixes  # n, of the others, when they were closest
    next_after: Key | None


def connections(store: Store, person_id: int, question: ConnectionQuestion) -> ConnectionPage:
    """One page of the fixes of others that were near, by time and person. Raises what the store raises."""
    after = question.after(person_id)
    # What an earlier page has shown is not looked for again.
    start_us = max(question.start_us, after.time_us) if after else question.start_us
    track = store.track(person_id, question.start_us, question.end_us)
    candidates = _candidates(store, track, person_id, question, start_us)
    if after:
        later = candidates.time_us > after.time_us
        later |= (candidates.time_us == after.time_us) & (candidates.person_id > after.person_id)
        candidates = candidates.at(later)
    index, distance_m, time_gap_us = nearest(track, candidates, question.distance_m, question.window_us)
    shown = slice(question.limit)
    fixes = candidates.at(index[shown])
    next_after = Key(int(fixes.time_us[-1]), int(fixes.person_id[-1])) if index.size > question.limit else None
    return ConnectionPage(fixes, distance_m[shown], time_gap_us[shown], next_after)


def meetings(store: Store, person_id: int, question: EncounterQuestion) -> EncounterPage:
    """One page of meetings, by their start and the other person. Raises what the store raises."""
    after = question.after(person_id)
    track = store.track(person_id, question.start_us, question.end_us)
    # All of the range for each page: a meeting that began on an earlier page must not begin again.
    candidates = _candidates(store, track, person_id, question, question.start_us)
    nearness = nearest(track, candidates, question.distance_m, question.window_us)
    found = encounters(candidates, nearness, question.gap_us, question.min_duration_us)
    if after:
        later = found.started_us > after.time_us
        later |= (found.started_us == after.time_us) & (found.person_id > after.person_id)
        found = found.at(np.flatnonzero(later))
    shown = found.at(slice(question.limit))
    more = found.person_id.size > question.limit
    next_after = Key(int(shown.started_us[-1]), int(shown.person_id[-1])) if more else None
    return EncounterPage(shown, candidates.at(shown.closest_index), next_after)


def _candidates(store: Store, track: Fixes, person_id: int, question: ConnectionQuestion, start_us: int) -> Fixes:
    if question.window_us is not None:
        track = track.at(track.time_us >= start_us - question.window_us)
    if not track.size:
        return track
    wanted = probes(track, question.distance_m, question.window_us, start_us, question.end_us)
    return store.candidates(person_id, wanted, start_us, question.end_us)
