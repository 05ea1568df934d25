"""What is found for everybody at once is what a question about each of them finds, to the last bit."""

from collections.abc import Iterator

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connection_service.search.estimate_slice import EstimateSearch
from proximity.estimated_meetings import EstimatedMeetings, joined
from proximity.everybody.meetings import met_by_everybody
from proximity.fixes import Fixes
from proximity.spans import NO_SPANS, Spans
from proximity.windows import WINDOW_US, told_by
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.connection_service.search.test_estimate_pages import (
    GAP_US,
    MIDNIGHT_US,
    WHOLE,
    crowd,
    equal,
    histories,
)

FIRST = (MIDNIGHT_US - 3600_000_000) // WINDOW_US
WINDOWS = range(FIRST, FIRST + 9)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def by_person(fixes: Fixes) -> Fixes:
    return fixes.at(np.lexsort((fixes.time_us, fixes.person_id)))


def of_each(fixes: Fixes, hidden: Spans = NO_SPANS) -> Iterator[tuple[int, EstimatedMeetings]]:
    everybody = by_person(fixes)
    parts = []
    for number in WINDOWS:
        low_us, high_us = told_by(number)
        inside = (everybody.time_us >= low_us) & (everybody.time_us <= high_us)
        parts.append(met_by_everybody(everybody.at(inside), number, 3.0, 0.5, hidden=hidden))
    for person_id in np.unique(fixes.person_id).tolist():
        yield person_id, joined([part.meetings.at(part.person_id == person_id) for part in parts], GAP_US)


def asked(store: MemoryStore, person_id: int) -> EstimatedMeetings:
    search = EstimateSearch(store, person_id, WHOLE).search
    of_windows = (search(number * WINDOW_US, (number + 1) * WINDOW_US - 1).reduced for number in WINDOWS)
    return joined([met for some in of_windows for met in some], GAP_US)


@FEW
@given(histories())
def test_it_is_what_each_question_finds(fixes: Fixes) -> None:
    store = MemoryStore(fixes)
    for person_id, met in of_each(fixes):
        assert equal(met, asked(store, person_id))


@FEW
@given(histories(), st.data())
def test_nobody_is_met_in_what_is_hidden_whoever_asks(fixes: Fixes, data: st.DataObject) -> None:
    store = MemoryStore(fixes)
    person_id = data.draw(st.sampled_from(np.unique(fixes.person_id).tolist()))
    start_us = data.draw(st.integers(int(fixes.time_us.min()), int(fixes.time_us.max())))
    lasts_us = data.draw(st.sampled_from([1, 7_000_000, 90_000_000, 900_000_000]))
    store.hidden = Spans(*np.array([[person_id], [start_us], [start_us + lasts_us - 1]]))
    for one, met in of_each(fixes, store.hidden):
        assert equal(met, asked(store, one))
        of_both = (met.person_id == person_id) | (one == person_id)
        inside_us = np.minimum(met.ended_us, start_us + lasts_us) - np.maximum(met.started_us, start_us)
        together_us = met.ended_us - met.started_us
        assert (met.duration_us <= together_us - np.maximum(inside_us, 0))[of_both].all()


def check_meetings_of(some: set[int], fixes: Fixes) -> int:
    """In each window they are those of everybody that one of them is in. Returns how many there are."""
    there, found = list(some), 0
    for number in WINDOWS:
        low_us, high_us = told_by(number)
        told = by_person(fixes.at((fixes.time_us >= low_us) & (fixes.time_us <= high_us)))
        everybody = met_by_everybody(told, number, 3.0, 0.5)
        theirs = met_by_everybody(told, number, 3.0, 0.5, whose=some)
        among = np.isin(everybody.person_id, there) | np.isin(everybody.meetings.person_id, there)
        assert np.array_equal(theirs.person_id, everybody.person_id[among])
        assert equal(theirs.meetings, everybody.meetings.at(among))
        found += theirs.person_id.size
    return found


@FEW
@given(histories(), st.sets(st.integers(1, 4), min_size=1, max_size=2))
def test_meetings_of_some_are_those_of_everybody_that_one_of_them_is_in(fixes: Fixes, some: set[int]) -> None:
    check_meetings_of(some, fixes)


def test_meetings_of_one_in_a_crowd_are_told_of_both_sides() -> None:
    met = check_meetings_of({2}, crowd(people=4, minutes=70, interval_s=20, spread_m=2))
    assert met > 0
    assert met % 2 == 0, "each two reported from near each other"
