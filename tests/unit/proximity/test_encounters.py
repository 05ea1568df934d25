"""Meetings and contacts, against what follows from the rows of `connection` by a derivation of its own."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connection_service.search.pages import connection_page, contact_page, encounter_page
from connection_service.search.questions import ConnectionQuestion, ContactQuestion, EncounterQuestion, SearchQuestion
from proximity.encounters import contacts, encounter_per_fix, joined
from proximity.fixes import Fixes
from proximity.near_fixes import near_fixes
from proximity.slices import Slices
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.proximity.scenes import MINUTE, fixes, go

DAY = 24 * 60 * MINUTE


@dataclass
class Asked:
    everybody: Fixes
    connection: ConnectionQuestion
    encounter: EncounterQuestion
    contact: ContactQuestion


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Some persons around one place in a few days, so that a search takes several slices; and what is asked of them."""
    place = draw(st.sampled_from([(47.0, 8.0), (-16.5, 180.0), (90.0, 0.0)]))
    rows = {}
    for _ in range(draw(st.integers(1, 40))):
        person, time = draw(st.integers(1, 4)), draw(st.integers(0, 3)) * DAY + draw(st.integers(0, 30)) * 2 * MINUTE
        rows[person, time] = go(place, draw(st.sampled_from([0, 90])), draw(st.sampled_from([0.0, 2.0, 2.0, 6.0])))
    accuracy = {person: draw(st.sampled_from([None, 0.5, 3.0])) for person in range(1, 5)}
    interpolate = draw(st.booleans())
    common: dict[str, Any] = {
        "start_us": draw(st.sampled_from([0, 10 * MINUTE])),
        "end_us": 4 * DAY - 1,
        "distance_m": draw(st.sampled_from([1.0, 3.0, 5.0])),
        "window_us": draw(st.sampled_from([0, 2 * MINUTE, 10 * MINUTE] + [None] * (not interpolate))),
        "include_possible": draw(st.booleans()),
        "interpolate": interpolate,
        "limit": 10_000,
        "cursor": None,
    }
    of_meetings: dict[str, Any] = {
        "gap_us": draw(st.sampled_from([0, 2 * MINUTE, 10 * MINUTE, DAY, None])),
        "min_duration_us": draw(st.sampled_from([0, 0, 1, 4 * MINUTE])),
    }
    return Asked(
        everybody=fixes([(person, time, *where) for (person, time), where in rows.items()], accuracy),
        connection=ConnectionQuestion(**common, by_distance=False),
        encounter=EncounterQuestion(**common, **of_meetings),
        contact=ContactQuestion(**common, **of_meetings),
    )


def rows_of_connection(asked: Asked) -> list[Any]:
    """(person, moment, metres, certainty), by person and moment."""
    rows = connection_page(MemoryStore(asked.everybody), 1, asked.connection).rows
    moment_us = rows.fixes.time_us + (rows.time_gap_us if asked.connection.interpolate else 0)
    return sorted(
        zip(rows.person_id.tolist(), moment_us.tolist(), rows.distance_m.tolist(), rows.certainty.tolist(), strict=True)
    )


def derived(asked: Asked) -> list[Any]:
    """(started, person, ended, closest, number of rows, certainty) of each meeting, in this order."""
    runs: list[list[Any]] = []
    gap = asked.encounter.gap_us
    for row in rows_of_connection(asked):
        if runs and runs[-1][-1][0] == row[0] and (gap is None or row[1] - runs[-1][-1][1] <= gap):
            runs[-1].append(row)
        else:
            runs.append([row])
    return sorted(
        (run[0][1], run[0][0], run[-1][1], min(row[2] for row in run), len(run), max(row[3] for row in run))
        for run in runs
        if run[-1][1] - run[0][1] >= asked.encounter.min_duration_us
    )


@settings(max_examples=50)
@given(questions())
def test_encounters_follow_from_the_rows_of_connection(asked: Asked) -> None:
    met = encounter_page(MemoryStore(asked.everybody), 1, asked.encounter).rows
    columns = met.started_us, met.person_id, met.ended_us, met.closest_m, met.fixes, met.certainty
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == derived(asked)
    # Where one step ends and the next begins are two rows of one moment, a rounding apart: the nearest one is kept.
    rows = {(person, moment): metres for person, moment, metres, _ in reversed(rows_of_connection(asked))}
    for person, closest_us, metres in zip(met.person_id, met.closest_us, met.closest_m, strict=True):
        assert rows[person, closest_us] == metres


@settings(max_examples=50)
@given(questions())
def test_contacts_follow_from_the_rows_of_connection(asked: Asked) -> None:
    expected = []
    for person in {run[1] for run in derived(asked)}:
        runs = [run for run in derived(asked) if run[1] == person]
        together = sum(run[2] - run[0] for run in runs)
        closest, first, last = min(run[3] for run in runs), runs[0][0], max(run[2] for run in runs)
        expected.append((-together, person, len(runs), closest, first, last))
    met = contact_page(MemoryStore(asked.everybody), 1, asked.contact).rows
    columns = (-met.duration_us, met.person_id, met.encounters, met.closest_m, met.first_met_us, met.last_met_us)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == sorted(expected)


@settings(max_examples=20)
@given(questions(), st.integers(1, 4), st.booleans())
def test_the_pages_together_are_the_whole_answer(asked: Asked, limit: int, by_distance: bool) -> None:
    connection = replace(asked.connection, by_distance=by_distance)
    asked_of: list[tuple[Any, SearchQuestion]] = [
        (connection_page, connection),
        (encounter_page, asked.encounter),
        (contact_page, asked.contact),
    ]
    for search, question in asked_of:
        whole = search(MemoryStore(asked.everybody), 1, question)
        paged = pages(search, asked.everybody, replace(question, limit=limit))
        assert whole.next_after is None
        for number, column in enumerate(whole.rows[1:], start=1):
            assert column.tolist() == np.concatenate([page.rows[number] for page in paged]).tolist()
        assert all(page.rows.person_id.size == limit for page in paged[:-1])


def pages(search: Any, everybody: Fixes, question: SearchQuestion) -> list[Any]:
    pages = [search(MemoryStore(everybody), 1, question)]
    while pages[-1].next_after:
        assert len(pages) < 100
        question = replace(question, cursor=question.cursor_at(1, pages[-1].next_after))
        pages.append(search(MemoryStore(everybody), 1, question))
    return pages


def test_the_nearest_come_first_and_of_equals_the_earlier() -> None:
    spots = [go((47.0, 8.0), 0, metres) for metres in (3, 1, 2, 1)]
    everybody = fixes([(1, 0, 47.0, 8.0)] + [(2, minute * MINUTE, *spot) for minute, spot in enumerate(spots)])
    question = ConnectionQuestion(
        start_us=0, end_us=DAY, distance_m=5, window_us=DAY, include_possible=False, interpolate=False, limit=9,
        cursor=None, by_distance=True,
    )  # fmt: skip
    found = connection_page(MemoryStore(everybody), 1, question).rows
    assert (found.fixes.time_us // MINUTE).tolist() == [1, 3, 2, 0]


def test_encounters_are_runs_without_a_gap() -> None:
    track = fixes([(1, minute * MINUTE, 1.0, 1.0) for minute in range(60)])
    others = fixes(
        [(2, minute * MINUTE, 1.0, 1.0 + 1e-5 * (minute != 4)) for minute in (3, 4, 5, 20, 21)]
        + [(3, 4 * MINUTE, 1.0, 1.0)]
    )
    near = encounter_per_fix(near_fixes(track, others, 5, 0, 5))
    met = joined([near], 5 * MINUTE)
    assert met.person_id.tolist() == [2, 2, 3]
    assert (met.started_us // MINUTE).tolist() == [3, 20, 4]
    assert (met.ended_us // MINUTE).tolist() == [5, 21, 4]
    assert met.fixes.tolist() == [3, 2, 1]
    assert met.closest_m.tolist()[::2] == [0.0, 0.0]
    assert (met.closest_us // MINUTE).tolist()[::2] == [4, 4]
    assert joined([near], None).fixes.tolist() == [5, 1]
    assert contacts(met).duration_us.tolist() == [3 * MINUTE, 0]


@pytest.mark.parametrize("portion", [1, 2, 5, 9, 20])
def test_meetings_may_be_joined_bit_by_bit_in_any_order(portion: int) -> None:
    random = np.random.default_rng(portion)
    rows = {(int(p), int(t)): 47.0 + m * 1e-5 for p, t, m in random.integers(0, 9, (60, 3))}
    everybody = fixes([(p + 2, t * MINUTE, latitude, 8.0) for (p, t), latitude in rows.items()])
    near = encounter_per_fix(near_fixes(fixes([(1, 0, 47.0, 8.0)]), everybody, 99, None, 99))
    near = near.at(random.permutation(near.size))
    bit_by_bit = near.at(slice(0, 0))
    for first in range(0, near.size, portion):
        bit_by_bit = joined([bit_by_bit, near.at(slice(first, first + portion))], MINUTE)
    at_once = joined([near], MINUTE)
    assert [column.tolist() for column in bit_by_bit] == [column.tolist() for column in at_once]


def test_a_meeting_that_lies_within_another_does_not_split_it() -> None:
    everybody = fixes([(2, minute * MINUTE, 47.0, 8.0) for minute in range(10)])
    each = encounter_per_fix(near_fixes(fixes([(1, 0, 47.0, 8.0)]), everybody, 9, None, 9))
    long = joined([each.at(slice(0, 9))], MINUTE)
    together = joined([long, each.at(np.array([4, 9]))], MINUTE)
    assert (together.started_us.tolist(), together.ended_us.tolist()) == ([0], [9 * MINUTE])
    within = joined([long, each.at(np.array([4]))], MINUTE)
    assert within.ended_us.tolist() == [8 * MINUTE]


def meetings_of(rows: list[tuple[int, float, float]], **asked: Any) -> list[tuple[int, int, int]]:
    """(person, first minute, last minute), page by page; the rows are (person, minute, metres to the north)."""
    everybody = fixes([(person, round(m * MINUTE), *go((47.0, 8.0), 0, metres)) for person, m, metres in rows])
    question = EncounterQuestion(
        **{
            "start_us": 0,
            "end_us": DAY - 1,
            "distance_m": 5.0,
            "window_us": 10 * MINUTE,
            "include_possible": False,
            "interpolate": False,
            "limit": 1,
            "cursor": None,
            "gap_us": 10 * MINUTE,
            "min_duration_us": 0,
            **asked,
        }
    )
    found = [page.rows for page in pages(encounter_page, everybody, question)]
    return [
        (int(person), round(start / MINUTE), round(end / MINUTE))
        for met in found
        for person, start, end in zip(met.person_id, met.started_us, met.ended_us, strict=True)
    ]


def test_a_page_does_not_show_a_meeting_before_its_end_is_known() -> None:
    """The first slice of a short page is an hour."""
    own = [(1, minute, 0.0) for minute in range(0, 80, 5)]
    others = [(2, 50.0, 0.0), (2, 58.0, 0.0), (2, 66.0, 0.0), (3, 59.0, 0.0)]
    assert meetings_of([*own, *others]) == [(2, 50, 66), (3, 59, 59)]


def test_a_page_does_not_begin_in_the_middle_of_a_meeting_that_an_earlier_one_showed() -> None:
    own = [(1, minute, 0.0) for minute in range(0, 40, 10)]
    together = [(2, float(minute), 1.0) for minute in range(0, 30, 3)]
    assert meetings_of([*own, *together, (3, 12.0, 1.0)], gap_us=3 * MINUTE) == [(2, 0, 27), (3, 12, 12)]
    # Between fixes: 2 passes at 9 and at 11 minutes, in steps that began at 0 and at 10.
    passing = [(2, 0.0, -90.0), (2, 10.0, 10.0), (2, 20.0, -90.0)]
    met = meetings_of([*own, *passing, (3, 10.5, 1.0)], gap_us=3 * MINUTE, interpolate=True)
    assert met == [(2, 9, 11), (3, 10, 10)]


@given(st.integers(0, 10**15), st.integers(0, 10**17), st.lists(st.integers(-1, 10**7), max_size=30))
def test_slices_leave_nothing_out_and_nothing_twice(start_us: int, length_us: int, loaded: list[int]) -> None:
    slices = Slices(start_us, start_us + length_us)
    expected = start_us
    for count in [*loaded, *[1] * 60]:
        if not slices.more:
            break
        assert slices.low_us == expected
        assert slices.low_us <= slices.high_us <= start_us + length_us
        if count < 0:
            slices.shorten()
            continue
        expected = slices.high_us + 1
        slices.advance(count)
    assert not slices.more or max(loaded, default=0) > 1000


def test_a_question_about_a_day_is_one_slice_and_one_about_a_quiet_month_two() -> None:
    slices = Slices(0, DAY - 1)
    assert slices.high_us == DAY - 1
    slices = Slices(0, 30 * DAY - 1)
    assert slices.high_us == DAY - 1
    slices.advance(300)
    assert (slices.low_us, slices.high_us) == (DAY, 30 * DAY - 1)
    slices.advance(3000)
    assert not slices.more


def test_few_rows_are_looked_for_in_an_hour_first() -> None:
    slices = Slices(0, DAY - 1, rows_wanted=100)
    assert slices.high_us == DAY // 24 - 1
    slices.advance(10)
    assert slices.high_us == DAY - 1
    assert Slices(0, DAY - 1, rows_wanted=10_000).high_us == DAY - 1


def test_a_slice_that_holds_too_much_is_made_shorter_until_it_is_a_second() -> None:
    slices = Slices(0, DAY - 1)
    for _ in range(6):
        assert slices.shorten()
    assert slices.high_us == 1_000_000 - 1
    assert not slices.shorten()
