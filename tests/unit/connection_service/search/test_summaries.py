"""Meetings added up by person and period are what `encounters` adds up to, however they come to be known."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connection_service.search.estimate_pages import meeting_page, summary_page
from connection_service.search.questions import EstimateQuestion, SummaryQuestion
from proximity.fixes import Fixes
from proximity.instants import DAY_US, SECOND_US
from proximity.network.summaries import PERIODS, Period, Summaries, days_of
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.connection_service.search.test_estimate_pages import (
    FEW,
    GAP_US,
    MIDNIGHT_US,
    WHOLE,
    histories,
    question,
)
from tests.unit.connection_service.search.test_remembered import FIRST, WINDOWS, remembering

JUST_US = 5  # a range that ends with a day ends a microsecond before midnight


def summary(store: MemoryStore, asked: EstimateQuestion, period: Period) -> Summaries:
    return summary_page(store, 1, SummaryQuestion(**vars(asked), period=period)).rows


@FEW
@given(histories(), st.sampled_from([0, 20 * SECOND_US]))
def test_the_seconds_of_all_periods_are_those_of_the_encounters(fixes: Fixes, min_duration_us: int) -> None:
    asked = replace(WHOLE, min_duration_us=min_duration_us)
    met = meeting_page(MemoryStore(fixes), 1, asked).rows
    for period in PERIODS:
        found = summary(MemoryStore(fixes), asked, period)
        for person_id in np.unique(np.append(met.person_id, found.person_id)):
            total = met.duration_us[met.person_id == person_id].sum()
            assert found.duration_us[found.person_id == person_id].sum() == total


@FEW
@given(histories())
def test_each_day_has_the_seconds_of_a_question_about_it(fixes: Fixes) -> None:
    found = summary(MemoryStore(fixes), WHOLE, "day")
    by_day = {
        (day, person): (count, lasts)
        for day, person, count, lasts in zip(
            found.first_day, found.person_id, found.meetings, found.duration_us, strict=True
        )
    }
    seen = set()
    for day in (MIDNIGHT_US // DAY_US - 1, MIDNIGHT_US // DAY_US):
        met = meeting_page(MemoryStore(fixes), 1, question(day * DAY_US, (day + 1) * DAY_US - 1)).rows
        for person in np.unique(met.person_id):
            seen.add((day, person))
            of_day = met.at(met.person_id == person)
            assert by_day[day, person][0] == of_day.size
            assert abs(by_day[day, person][1] - of_day.duration_us.sum()) <= JUST_US * of_day.size
    assert seen == set(by_day)


@FEW
@given(histories(), st.integers(FIRST, WINDOWS[-1] + 1), st.sets(st.sampled_from(WINDOWS), max_size=3))
def test_what_is_remembered_changes_nothing(fixes: Fixes, settled_before: int, due: set[int]) -> None:
    store, alone = remembering(fixes, settled_before, due), MemoryStore(fixes)
    for period in PERIODS:
        one, other = summary(store, WHOLE, period), summary(alone, WHOLE, period)
        assert all(np.array_equal(*columns) for columns in zip(one, other, strict=True))


@FEW
@given(histories(), st.integers(1, 3))
def test_the_pages_together_are_the_whole_answer(fixes: Fixes, limit: int) -> None:
    whole = summary(MemoryStore(fixes), WHOLE, "day")
    asked = SummaryQuestion(**vars(replace(WHOLE, limit=limit)), period="day")
    rows = []
    while True:
        page = summary_page(MemoryStore(fixes), 1, asked)
        rows += list(zip(page.rows.first_day.tolist(), page.rows.person_id.tolist(), strict=True))
        if page.next_after is None:
            break
        asked = replace(asked, cursor=asked.cursor_at(1, page.next_after))
    assert rows == list(zip(whole.first_day.tolist(), whole.person_id.tolist(), strict=True))


def test_a_meeting_over_midnight_counts_in_both_days_with_its_seconds_in_each() -> None:
    """Both stand side by side from five minutes before midnight until ten minutes after it, and tell exactly where."""
    times = np.arange(-300, 601, 10) * SECOND_US + MIDNIGHT_US
    fixes = Fixes.concatenate(
        [
            Fixes(
                np.full(times.size, who),
                times,
                np.zeros(times.size),
                np.full(times.size, who * 1e-6),
                np.full(times.size, 0.05, np.float32),
            )
            for who in (1, 2)
        ]
    )
    fixes = fixes.at(np.lexsort((fixes.person_id, fixes.time_us)))
    asked = replace(WHOLE, min_duration_us=800 * SECOND_US)  # as a whole it is long enough
    by_day = summary(MemoryStore(fixes), asked, "day")
    assert by_day.duration_us.tolist() == [300 * SECOND_US, 600 * SECOND_US]
    assert by_day.meetings.tolist() == [1, 1]
    assert by_day.first_met_us.tolist() == [MIDNIGHT_US - 300 * SECOND_US, MIDNIGHT_US]
    assert by_day.last_met_us.tolist() == [MIDNIGHT_US, MIDNIGHT_US + 600 * SECOND_US]
    by_month = summary(MemoryStore(fixes), replace(asked, gap_us=GAP_US), "month")
    assert (by_month.meetings.tolist(), by_month.duration_us.tolist()) == ([1], [900 * SECOND_US])


@pytest.mark.parametrize("period", PERIODS)
def test_periods_are_those_of_the_calendar(period: Period) -> None:
    first = datetime(1968, 12, 1, tzinfo=UTC).date()
    epoch = datetime(1970, 1, 1, tzinfo=UTC).date()
    days = [first + timedelta(days=number) for number in range(2000)]

    def name(day: date) -> tuple[int, ...]:
        return {"day": (day.toordinal(),), "week": day.isocalendar()[:2], "month": (day.year, day.month)}[period]

    members = defaultdict(list)
    for day in days:
        members[name(day)].append((day - epoch).days)
    first_day, last_day = days_of(period, np.array([(day - epoch).days for day in days]))
    for position in range(100, 1900):  # those that are whole
        of_period = members[name(days[position])]
        assert (first_day[position], last_day[position]) == (of_period[0], of_period[-1])
