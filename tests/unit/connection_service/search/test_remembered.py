"""What is remembered answers for its windows, the engine for all others; together that is what the engine says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_service.search.estimate_pages import meeting_page, met_page
from connection_service.search.questions import ContactEstimateQuestion, EstimateQuestion
from proximity.everybody.meetings import met_by_everybody
from proximity.fixes import Fixes
from proximity.instants import DAY_US
from proximity.windows import WINDOW_US, told_by
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.connection_service.search.test_estimate_pages import (
    FEW,
    MIDNIGHT_US,
    MINUTE_US,
    WHOLE,
    crowd,
    equal,
    histories,
    pages,
)

FIRST = MIDNIGHT_US // WINDOW_US - 4
WINDOWS = range(FIRST, FIRST + 10)


def remembering(fixes: Fixes, settled_before: int, due: set[int]) -> MemoryStore:
    """A store in which the windows are settled, without the fixes in those that are."""
    store = MemoryStore(fixes)
    by_person = fixes.at(np.lexsort((fixes.time_us, fixes.person_id)))
    for number in WINDOWS[: settled_before - FIRST]:
        low_us, high_us = told_by(number)
        inside = (by_person.time_us >= low_us) & (by_person.time_us <= high_us)
        met = met_by_everybody(by_person.at(inside), number, WHOLE.distance_m, WHOLE.min_probability)
        store.remember(met)
    store.remembered_for = WHOLE.distance_m, WHOLE.min_probability
    store.settled_before, store.due = settled_before, due
    return store


@FEW
@given(
    histories(),
    st.integers(FIRST, WINDOWS[-1] + 1),
    st.sets(st.sampled_from(WINDOWS), max_size=3),
    st.integers(-40, 30),
)
def test_answers_are_those_of_the_engine(fixes: Fixes, settled_before: int, due: set[int], minutes: int) -> None:
    store, alone = remembering(fixes, settled_before, due), MemoryStore(fixes)
    for asked in (WHOLE, replace(WHOLE, start_us=MIDNIGHT_US + minutes * MINUTE_US), replace(WHOLE, limit=2)):
        assert equal(pages(store, asked), pages(alone, asked))
    contacts = ContactEstimateQuestion(**vars(WHOLE))
    assert met_page(store, 1, contacts).rows.person_id.tolist() == met_page(alone, 1, contacts).rows.person_id.tolist()


@FEW
@given(histories(), st.integers(FIRST, WINDOWS[-1] + 1), st.sets(st.sampled_from(WINDOWS), max_size=3))
def test_of_a_day_the_last_window_too_is_remembered_and_cut_at_its_end(
    fixes: Fixes, settled_before: int, due: set[int]
) -> None:
    asked = replace(WHOLE, end_us=MIDNIGHT_US - 1)
    found, engines = pages(remembering(fixes, settled_before, due), asked), pages(MemoryStore(fixes), asked)
    for name in ("person_id", "started_us", "ended_us", "duration_us", "other_fixes", "own_fixes"):
        assert getattr(found, name).tolist() == getattr(engines, name).tolist(), name
    for name, off in (("chance_ns", 1000), ("closest_us", 1), ("closest_m", 1e-5)):
        assert np.allclose(getattr(found, name), getattr(engines, name), rtol=0, atol=off), name


def test_what_goes_on_at_the_end_of_the_day_is_cut_there() -> None:
    fixes = crowd(people=3, minutes=60, interval_s=20, spread_m=2)
    fixes = fixes._replace(time_us=fixes.time_us - 30 * MINUTE_US)
    asked = replace(WHOLE, end_us=MIDNIGHT_US - 1)
    store = remembering(fixes, WINDOWS[-1], set())
    store.max_locations = 0
    found, engines = pages(store, asked), pages(MemoryStore(fixes), asked)
    assert found.ended_us.tolist() == [asked.end_us] * 2
    assert found.duration_us.tolist() == engines.duration_us.tolist()


@pytest.mark.parametrize("other", [replace(WHOLE, distance_m=4.0), replace(WHOLE, min_probability=0.6)])
def test_another_question_is_the_engines(other: EstimateQuestion) -> None:
    fixes = crowd(people=3, minutes=60, interval_s=20, spread_m=2)
    store = remembering(fixes, WINDOWS[-1], set())
    store.met = {}
    assert meeting_page(store, 1, WHOLE).rows.size == 0
    assert meeting_page(store, 1, other).rows.size == 2


def test_what_is_settled_reads_no_locations() -> None:
    fixes = crowd(people=3, minutes=60, interval_s=20, spread_m=2)
    store = remembering(fixes, WINDOWS[-1], set())
    asked = replace(WHOLE, start_us=FIRST * WINDOW_US, end_us=(FIRST + 8) * WINDOW_US - 1)
    store.max_locations = 0
    assert meeting_page(store, 1, asked).rows.size == 2


def test_a_month_that_is_settled_is_read_at_once_and_a_window_in_it_that_is_due_is_not_forgotten() -> None:
    fixes = crowd(people=3, minutes=60, interval_s=20, spread_m=2)
    store = remembering(fixes, WINDOWS[-1], set())
    month = replace(WHOLE, start_us=MIDNIGHT_US - 10 * DAY_US, end_us=MIDNIGHT_US + 21 * DAY_US - 1, limit=100)
    store.settled_before = month.end_us // WINDOW_US + 1
    before = pages(store, month)
    assert (before.size, store.meeting_ranges) == (2, [(month.start_us, month.end_us + 1)])
    store.due = {MIDNIGHT_US // WINDOW_US}
    assert pages(store, month).person_id.tolist() == before.person_id.tolist()
