"""Meetings by estimate: the answer does not depend on how it is cut: into pages, days or slices, by any worker."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connection_service.search import estimate_slice
from connection_service.search.estimate_pages import meeting_page, met_page, way_page
from connection_service.search.questions import ContactEstimateQuestion, EstimateQuestion, WayQuestion
from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, estimated_meetings, joined
from proximity.fixes import Fixes
from proximity.instants import DAY_US, SECOND_US
from proximity.spans import Spans
from proximity.ways import NOWHERE, Ways, ways
from tests.unit.connection_service.memory import MemoryStore
from udaconnect_client.simulation.conference import Conference

MIDNIGHT_US = 20_515 * DAY_US
MINUTE_US = 60 * SECOND_US
GAP_US = 30 * SECOND_US
METRE = 9e-6  # degrees of latitude
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def histories(draw: st.DrawFn) -> Fixes:
    """Up to four people who stand and walk within a few metres of each other, from before midnight until after it."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread_m = draw(st.sampled_from([2.0, 6.0, 30.0]))
    parts = []
    for person_id in range(1, draw(st.integers(2, 4)) + 1):
        interval_s = draw(st.sampled_from([7.0, 10.0, 31.0]))
        start_us = MIDNIGHT_US + draw(st.integers(-50, -10)) * MINUTE_US
        time_us = start_us + np.cumsum(random.uniform(0.5, 1.5, draw(st.integers(30, 120))) * interval_s * SECOND_US)
        for _ in range(draw(st.integers(0, 2))):  # nobody knows for a while
            time_us[draw(st.integers(1, time_us.size - 1)) :] += draw(st.integers(1, 30)) * MINUTE_US
        error_m = draw(st.sampled_from([0.02, 1.0, 3.0]))
        places = random.uniform(-spread_m, spread_m, (2, time_us.size // 20 + 1)).repeat(20, axis=1)[:, : time_us.size]
        seen = places + random.normal(0, error_m, places.shape)
        accuracy_m = draw(st.sampled_from([np.nan, max(error_m * 1.5, 0.05)]))
        parts.append(
            Fixes(
                np.full(time_us.size, person_id),
                time_us.astype(np.int64),
                seen[0] * METRE,
                seen[1] * METRE,
                np.full(time_us.size, accuracy_m, np.float32),
            )
        )
    fixes = Fixes.concatenate(parts)
    return fixes.at(np.lexsort((fixes.person_id, fixes.time_us)))


def question(start_us: int, end_us: int, **more: Any) -> EstimateQuestion:
    asked: dict[str, Any] = {
        "distance_m": 3.0, "gap_us": GAP_US, "min_duration_us": 0, "min_probability": 0.5, "limit": 10_000,
        "cursor": None,
    }  # fmt: skip
    return EstimateQuestion(start_us=start_us, end_us=end_us, **asked | more)


WHOLE = question(MIDNIGHT_US - DAY_US, MIDNIGHT_US + DAY_US - 1)


def pages(store: MemoryStore, asked: EstimateQuestion) -> EstimatedMeetings:
    parts = [NO_MEETINGS]
    while True:
        page = meeting_page(store, 1, asked)
        assert page.rows.size <= asked.limit
        parts.append(page.rows)
        if page.next_after is None:
            return EstimatedMeetings._make(map(np.concatenate, zip(*parts, strict=True)))
        asked = replace(asked, cursor=asked.cursor_at(1, page.next_after))


def equal(one: EstimatedMeetings, other: EstimatedMeetings) -> bool:
    return all(np.array_equal(*columns) for columns in zip(one, other, strict=True))


@FEW
@given(histories(), st.sampled_from([1, 2, 5]), st.sampled_from([0, 20 * SECOND_US]))
def test_the_pages_together_are_the_whole_answer(fixes: Fixes, limit: int, min_duration_us: int) -> None:
    asked = replace(WHOLE, min_duration_us=min_duration_us)
    whole = pages(MemoryStore(fixes), asked)
    assert equal(pages(MemoryStore(fixes), replace(asked, limit=limit)), whole)


@FEW
@given(histories(), st.integers(50, 400), st.integers(1, 50))
def test_slices_and_portions_change_nothing(fixes: Fixes, max_locations: int, portion: int) -> None:
    """A worker that can load little at a time, or gets the rows in other portions, gives the same answer."""
    whole = pages(MemoryStore(fixes), WHOLE)
    most = max(max_locations, int(np.unique(fixes.person_id, return_counts=True)[1].max()))
    assert equal(pages(MemoryStore(fixes, max_locations=most, portion=portion), WHOLE), whole)


@FEW
@given(histories(), st.lists(st.integers(-3000, 6000), max_size=3))
def test_days_and_parts_of_days_together_are_the_whole_answer(fixes: Fixes, cuts_s: list[int]) -> None:
    """A meeting that goes on at a cut is cut exactly there: joined, its parts are the whole.

    Its chance is a quadrature over each part, and as exact as that is.
    """
    whole = meeting_page(MemoryStore(fixes), 1, WHOLE).rows
    days = [(WHOLE.start_us, MIDNIGHT_US - 1), (MIDNIGHT_US, WHOLE.end_us)]
    bounds = sorted({WHOLE.start_us, *(MIDNIGHT_US + cut * SECOND_US for cut in cuts_s), WHOLE.end_us})
    for parts in (days, list(pairwise(bounds))):
        found = [meeting_page(MemoryStore(fixes), 1, question(start_us, end_us)).rows for start_us, end_us in parts]
        for (start_us, end_us), part in zip(parts, found, strict=True):
            assert ((start_us <= part.started_us) & (part.ended_us <= end_us)).all()
            assert ((start_us <= part.closest_us) & (part.closest_us <= end_us)).all()
        cut_up = joined(found, GAP_US)
        together = cut_up.at(np.lexsort((cut_up.person_id, cut_up.started_us)))
        assert together.person_id.tolist() == whole.person_id.tolist()
        for name in ("started_us", "ended_us", "duration_us"):
            assert np.allclose(getattr(together, name), getattr(whole, name), rtol=0, atol=3 * len(parts)), name
        assert np.allclose(together.probability, whole.probability, rtol=0, atol=0.005)
        assert np.allclose(together.closest_m, whole.closest_m, rtol=0, atol=1e-5)
        assert np.allclose(together.closest_sd_m, whole.closest_sd_m, rtol=0, atol=1e-3)
        assert together.other_fixes.tolist() == whole.other_fixes.tolist()


@FEW
@given(histories(), st.integers(1, 20))
def test_the_pages_of_a_way_together_are_the_whole_way(fixes: Fixes, limit: int) -> None:
    def asked(limit: int) -> Ways:
        question = WayQuestion(start_us=WHOLE.start_us, end_us=WHOLE.end_us, limit=limit, cursor=None)
        parts = [NOWHERE]
        while True:
            page = way_page(MemoryStore(fixes), 1, question)
            parts.append(page.rows)
            if page.next_after is None:
                return Ways._make(np.concatenate(column, axis=-1) for column in zip(*parts, strict=True))
            question = replace(question, cursor=question.cursor_at(1, page.next_after))

    whole = asked(10_000)
    assert (np.diff(whole.start_us) > 0).all()
    assert (whole.end_us[:-1] <= whole.start_us[1:]).all()
    assert all(np.array_equal(*columns) for columns in zip(asked(limit), whole, strict=True))


@FEW
@given(histories(), st.integers(-3000, 3000), st.sampled_from([1, 60, 1800]))
def test_a_way_tells_nothing_of_what_is_hidden(fixes: Fixes, start_s: int, lasts_s: int) -> None:
    start_us, until_us = MIDNIGHT_US + start_s * SECOND_US, MIDNIGHT_US + (start_s + lasts_s) * SECOND_US
    store = MemoryStore(fixes)
    store.hidden = Spans(*np.array([[1], [start_us], [until_us - 1]]))
    asked = WayQuestion(start_us=WHOLE.start_us, end_us=WHOLE.end_us, limit=10_000, cursor=None)
    way = way_page(store, 1, asked).rows
    assert ((way.end_us <= start_us) | (way.start_us >= until_us)).all()
    assert way_page(MemoryStore(fixes), 1, asked).rows.size


def crowd(people: int, minutes: int, interval_s: int, spread_m: float) -> Fixes:
    """They stand about for so long."""
    random = np.random.default_rng(1)
    rounds = minutes * 60 // interval_s
    place = random.uniform(-spread_m / 2, spread_m / 2, (2, people))
    person, round_ = np.tile(np.arange(1, people + 1), rounds), np.repeat(np.arange(rounds), people)
    seen = place[:, person - 1] + random.normal(0, 1, (2, person.size))
    return Fixes(
        person,
        MIDNIGHT_US + (round_ * interval_s + person % interval_s) * SECOND_US,
        seen[0] * METRE,
        seen[1] * METRE,
        np.full(person.size, 2.0, np.float32),
    )


def test_a_crowd_that_may_not_be_loaded_at_once_is_looked_at_bit_by_bit() -> None:
    """DP-3T/documents#170: very many people in one place, all of them near, for some minutes."""
    fixes = crowd(people=150, minutes=10, interval_s=30, spread_m=50)
    asked = replace(WHOLE, distance_m=60.0)
    whole, little = MemoryStore(fixes), MemoryStore(fixes, max_locations=400)
    met = pages(whole, asked)
    assert np.unique(met.person_id).size == 149
    assert equal(pages(little, asked), met)
    assert whole.most_loaded > 2000
    assert little.most_loaded <= 400


def test_where_windows_hold_few_locations_more_of_them_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(MemoryStore):
        spans: ClassVar[list[int]] = []

        def tracks(self, wanted: Spans, start_us: int, end_us: int) -> Fixes:
            self.spans.append(wanted.person_id.size)
            return super().tracks(wanted, start_us, end_us)

    fixes = crowd(people=22, minutes=10, interval_s=30, spread_m=5)
    met = pages(MemoryStore(fixes), WHOLE)
    monkeypatch.setattr(estimate_slice, "WINDOWS_AT_ONCE", 1)
    assert equal(pages(Counting(fixes), WHOLE), met)
    assert Counting.spans == [1, 4, 16]


@pytest.mark.parametrize(("accuracy_m", "distance_m"), [(3.0, 2.0), (6.0, 5.0)])
def test_nobody_is_missed_who_would_be_found_among_all(accuracy_m: float, distance_m: float) -> None:
    """Whose ways are estimated is decided by a look at the fixes; of a conference it finds whom a look at all finds."""
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    conference = Conference(people=20, minutes=30, seed=3, interval_s=10, accuracy_m=accuracy_m)
    seen = [
        Fixes(part.person_id, part.creation_time, part.latitude, part.longitude, part.accuracy_m.astype(np.float32))
        for part in conference.fixes(start, np.arange(1, 21))
    ]
    fixes = Fixes.concatenate(seen)
    start_us = int(fixes.time_us.min())
    end_us = int(fixes.time_us.max())
    by_person = fixes.at(np.lexsort((fixes.time_us, fixes.person_id)))
    own, others = (by_person.at(which) for which in (by_person.person_id == 1, by_person.person_id != 1))
    of_own, of_others = ways(own, start_us, end_us + 1), ways(others, start_us, end_us + 1)
    all_of_them = joined([estimated_meetings(of_own, of_others, own, others, distance_m, 0.5)], GAP_US)
    found = pages(MemoryStore(fixes, portion=10_000), question(start_us, end_us, distance_m=distance_m))
    assert all_of_them.size > 10
    assert sorted(zip(found.person_id, found.started_us, found.ended_us, strict=True)) == sorted(
        zip(all_of_them.person_id, all_of_them.started_us, all_of_them.ended_us, strict=True)
    )


def test_contacts_are_what_the_meetings_add_up_to() -> None:
    morning = crowd(people=6, minutes=20, interval_s=10, spread_m=5)
    fixes = Fixes.concatenate([morning, morning._replace(time_us=morning.time_us + 60 * MINUTE_US)])
    met = pages(MemoryStore(fixes), replace(WHOLE, min_duration_us=SECOND_US))
    assert met.size > np.unique(met.person_id).size > 2
    asked = ContactEstimateQuestion(**vars(replace(WHOLE, min_duration_us=SECOND_US)))
    contacts = met_page(MemoryStore(fixes), 1, asked).rows
    assert contacts.duration_us.tolist() == sorted(contacts.duration_us.tolist(), reverse=True)
    assert sorted(contacts.person_id.tolist()) == np.unique(met.person_id).tolist()
    for number, person in enumerate(contacts.person_id.tolist()):
        theirs, contact = met.at(met.person_id == person), contacts.at(np.array([number]))
        assert contact.meetings[0] == theirs.size
        assert contact.duration_us[0] == theirs.duration_us.sum()
        assert contact.closest_m[0] == theirs.closest_m.min()
        assert contact.closest_sd_m[0] == theirs.closest_sd_m[theirs.closest_m.argmin()]
        assert contact.probability[0] == theirs.probability.max()
        assert (contact.first_met_us[0], contact.last_met_us[0]) == (theirs.started_us.min(), theirs.ended_us.max())
    paged = [met_page(MemoryStore(fixes), 1, replace(asked, limit=2))]
    while (after := paged[-1].next_after) is not None:
        paged.append(met_page(MemoryStore(fixes), 1, replace(asked, limit=2, cursor=asked.cursor_at(1, after))))
    assert [who for page in paged for who in page.rows.person_id.tolist()] == contacts.person_id.tolist()
