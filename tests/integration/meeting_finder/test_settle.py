"""What is remembered is what the engine says, whatever came when, and whoever is in the way.

HISTORIES=1000 tries more of them.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meeting_finder.find import Find
from meeting_finder.metrics import Metrics
from meeting_finder.store import Store
from meeting_finder.transactions import StoreUnavailableError
from proximity.everybody.meetings import Met, met_by_everybody
from proximity.fixes import Fixes
from proximity.instants import EPOCH, MICROSECOND
from proximity.windows import WINDOW_US, told_of
from tests.conftest import PollUntil
from tests.integration.meeting_finder.conftest import ASKED, NO_QUIET, System
from tests.integration.statements import execute
from tests.unit.connection_service.search.test_estimate_pages import MIDNIGHT_US, MINUTE_US, WHOLE, crowd, histories

FEW = settings(
    max_examples=int(os.environ.get("HISTORIES", "8")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FIRST = MIDNIGHT_US // WINDOW_US - 4
LAST = FIRST + 10
STANDING = crowd(people=4, minutes=70, interval_s=20, spread_m=2)


def window_of(minutes: int) -> int:
    """The window that holds this minute after midnight."""
    return (MIDNIGHT_US + minutes * MINUTE_US) // WINDOW_US


@FEW
@given(histories(), st.data())
def test_answers_are_the_engines_while_locations_come_late_and_in_any_order(
    system: System, fixes: Fixes, data: st.DataObject
) -> None:
    system.empty()
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    lateness = random.exponential(data.draw(st.sampled_from([0.01, 0.2])), fixes.size)
    order = np.argsort(np.linspace(0, 1, fixes.size) + lateness)
    cuts = sorted(data.draw(st.lists(st.integers(1, fixes.size - 1), min_size=1, max_size=4, unique=True)))
    ranges = [WHOLE, replace(WHOLE, start_us=MIDNIGHT_US - 25 * MINUTE_US, end_us=MIDNIGHT_US + 10 * MINUTE_US)]
    for part in (*cuts, fixes.size):
        stored = order[:part]
        system.store(fixes.at(stored))  # what was stored before as well
        before = data.draw(st.none() | st.integers(FIRST, LAST))
        system.settle(before, at_most=data.draw(st.sampled_from([0, 3, 1000])))
        for question in ranges:
            system.check(fixes.at(stored), question)
    system.settle(LAST)
    assert system.due() == set()
    system.check(fixes)


def test_what_is_settled_is_not_computed_again(system: System) -> None:
    system.store(STANDING)
    system.settle(LAST)
    system.query("TRUNCATE location")
    question = replace(WHOLE, end_us=MIDNIGHT_US + 80 * MINUTE_US)
    met = system.answer(1, question)
    assert sorted(met.person_id.tolist()) == [2, 3, 4]
    assert (met.duration_us > 60 * MINUTE_US).all()
    assert system.answer(1, replace(question, distance_m=4.0)).size == 0, "remembered for 3 m only"


def test_an_answer_says_before_when_all_is_remembered(system: System) -> None:
    def settled_us() -> int | None:
        with system.asking.locations() as locations:
            settled = locations.freshness(1, MIDNIGHT_US).settled
        return None if settled is None else (settled - EPOCH) // MICROSECOND

    assert settled_us() is None
    system.store(STANDING)
    system.settle(window_of(60))
    assert settled_us() == window_of(60) * WINDOW_US
    late = STANDING.at(slice(1, 2))
    system.store(late._replace(time_us=late.time_us + 1))
    assert settled_us() == told_of(late.time_us).min() * WINDOW_US
    system.settle()
    assert settled_us() == window_of(60) * WINDOW_US


def test_a_late_location_has_the_windows_settled_again_of_which_it_tells_and_no_others(system: System) -> None:
    system.store(STANDING.at(slice(None, None, 2)))
    system.settle(LAST)
    late = STANDING.at(slice(1, 2))
    system.store(late)
    assert system.due() == set(told_of(late.time_us).flat) & set(range(LAST))
    assert system.settle() == told_of(late.time_us).size


def test_a_second_upload_of_what_is_stored_has_nothing_settled_again(system: System) -> None:
    system.store(STANDING)
    system.settle(LAST)
    system.store(STANDING)
    system.store(STANDING.at(slice(100)))
    assert system.due() == set()


def test_what_is_new_is_not_noted_before_its_window_is_settled(system: System) -> None:
    system.settle(window_of(20))
    system.store(STANDING.at(STANDING.time_us > MIDNIGHT_US + 60 * MINUTE_US))
    assert system.due() == set()


def test_a_window_that_is_settled_again_is_replaced(system: System) -> None:
    system.store(STANDING.at(STANDING.person_id < 4))
    system.settle(LAST)
    rows = system.remembered()
    system.store(STANDING.at(STANDING.person_id == 4))
    system.settle()
    assert system.remembered("4 IN (person_id, other_id)") > 0
    assert system.remembered("4 NOT IN (person_id, other_id)") == rows
    system.check(STANDING)


def test_what_comes_late_of_one_has_only_their_meetings_written_again(system: System) -> None:
    def rows_of_others() -> set[tuple[int, ...]]:
        found = system.query(
            "SELECT xmin::text::bigint, person_id, other_id, extract(epoch FROM started_at) FROM connectivity"
            " WHERE 4 NOT IN (person_id, other_id)"
        )
        return set(found)

    late = (STANDING.person_id == 4) & (np.arange(STANDING.size) % 3 == 0)
    system.store(STANDING.at(~late))
    system.settle(LAST)
    before = rows_of_others()
    system.store(STANDING.at(late))
    assert {person for (person,) in system.query("SELECT person_id FROM connectivity_due")} == {4}
    system.settle()
    assert rows_of_others() == before
    system.check(STANDING)


def test_what_comes_late_of_a_person_and_what_concerns_everybody_are_settled_together(system: System) -> None:
    system.store(STANDING.at(slice(None, None, 2)))
    system.settle(LAST)
    system.query("DELETE FROM connectivity")
    system.query("INSERT INTO connectivity_due (window_number) SELECT generate_series(%s, %s)", FIRST, LAST - 1)
    system.store(STANDING.at(slice(1, 2)))
    system.settle()
    assert system.due() == set()
    system.check(STANDING.at(np.unique(np.append(np.arange(0, STANDING.size, 2), 1))))


def test_what_a_phone_makes_up_keeps_nobodys_meetings_from_being_found(system: System) -> None:
    made_up = STANDING.at(STANDING.person_id == 1)
    made_up.accuracy_m[:] = np.resize(np.array([3e38, 0.05, 1e-30], np.float32), made_up.size)
    fixes = Fixes.concatenate([made_up, STANDING.at(STANDING.person_id != 1)])
    system.store(fixes)
    system.settle(LAST)
    assert system.due() == set()
    assert system.remembered("1 NOT IN (person_id, other_id)") > 0
    system.check(fixes)


def test_a_window_that_fails_is_set_aside_and_the_others_are_settled(
    system: System, monkeypatch: pytest.MonkeyPatch, poll_until: PollUntil
) -> None:
    bad = window_of(30)

    def fails_in_one(fixes: Fixes, window: int, *asked: float, **whose: Any) -> Met:
        if window == bad:
            raise ZeroDivisionError
        return met_by_everybody(fixes, window, *asked, **whose)

    monkeypatch.setattr("meeting_finder.find.met_by_everybody", fails_in_one)
    system.store(STANDING)
    system.finder.settle_before(LAST)
    find = Find(system.finder, ASKED, lateness_s=0, quiet_s=0, metrics=Metrics())
    stopping = Event()
    with ThreadPoolExecutor() as threads:
        running = threads.submit(find.run, stopping)
        try:
            poll_until(lambda: system.due() == {bad})
        finally:
            stopping.set()
        running.result()
    assert system.remembered() > 0


def test_two_finders_have_different_windows_in_hand(system: System) -> None:
    system.store(STANDING)
    system.finder.settle_before(LAST)
    another = Store(system.database.meeting_finder, ASKED)
    with system.finder.settling(NO_QUIET) as mine, another.settling(NO_QUIET) as theirs:
        assert mine is not None
        assert theirs is not None
        assert mine.due.window != theirs.due.window
    another.close()


def test_a_finder_that_was_killed_leaves_its_window_due_and_nothing_half_written(system: System) -> None:
    system.store(STANDING)
    system.finder.settle_before(LAST)
    due = system.due()
    with pytest.raises(StoreUnavailableError), system.finder.settling(NO_QUIET) as settling:  # noqa: PT012  it ends there
        assert settling is not None
        fixes = settling.reported().fixes
        settling.write(fixes, met_by_everybody(fixes, settling.due.window, *ASKED))
        execute(
            system.database.superuser,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'meeting_finder' AND datname = current_database()",
        )
    assert (system.due(), system.remembered()) == (due, 0)
    system.settle()
    system.check(STANDING)
