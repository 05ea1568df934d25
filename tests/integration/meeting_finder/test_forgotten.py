"""What is erased, forgotten or too old is not remembered either, on neither side, and does not come back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event

import pytest

import connection_service.store.locations
import meeting_finder.store
from meeting_finder.find import Find
from meeting_finder.metrics import Metrics
from meeting_finder.reported import ChangedError
from meeting_finder.store import Asked, Store
from proximity.everybody.meetings import ESTIMATOR, met_by_everybody
from proximity.fixes import Fixes
from proximity.instants import EPOCH, MICROSECOND
from tests.integration.meeting_finder.conftest import ASKED, NO_QUIET, System
from tests.integration.meeting_finder.test_settle import LAST, STANDING, window_of
from tests.unit.connection_service.search.test_estimate_pages import MIDNIGHT_US, MINUTE_US

OF_2 = "2 IN (person_id, other_id)"
OTHERS = STANDING.at(STANDING.person_id != 2)


def instant(minutes: float) -> datetime:
    """So long after midnight."""
    return EPOCH + int(MIDNIGHT_US + minutes * MINUTE_US) * MICROSECOND


def erase(system: System, person_id: int) -> None:
    system.query("SELECT erase_person(%s)", person_id)
    while system.query("SELECT erase_locations(%s)", person_id) == [(True,)]:
        pass


def forget(system: System, person_id: int, low: datetime, high: datetime) -> None:
    [(span,)] = system.query("SELECT keep_private(%s, %s, %s)", person_id, low, high)
    while system.query("SELECT is_more FROM forget_locations(%s)", span) == [(True,)]:
        pass


def without(fixes: Fixes, person_id: int, low: datetime, high: datetime) -> Fixes:
    low_us, high_us = ((end - EPOCH) // MICROSECOND for end in (low, high))
    return fixes.at((fixes.person_id != person_id) | (fixes.time_us < low_us) | (fixes.time_us >= high_us))


@pytest.fixture
def settled(system: System) -> System:
    system.store(STANDING)
    system.settle(LAST)
    assert system.remembered(OF_2) > 0
    return system


def test_an_erased_person_is_in_nobodys_meetings(settled: System) -> None:
    of_others = settled.remembered(f"NOT {OF_2}")
    erase(settled, 2)
    assert (settled.remembered(OF_2), settled.remembered()) == (0, of_others)
    settled.check(OTHERS)


def test_whose_erasure_was_broken_off_is_met_by_nobody_that_is_settled_after_it(system: System) -> None:
    system.store(STANDING)
    system.query("SELECT erase_person(2)")
    system.settle(LAST)
    assert system.remembered(OF_2) == 0
    assert system.remembered() > 0


@pytest.mark.parametrize("change", ["erasure", "forgetting"])
def test_a_finder_under_way_brings_nobody_back(system: System, change: str) -> None:
    system.store(STANDING)
    system.finder.settle_before(window_of(20))
    with pytest.raises(ChangedError), system.finder.settling(NO_QUIET) as settling:  # noqa: PT012  it ends with it
        assert settling is not None
        fixes = settling.reported().fixes
        met = met_by_everybody(fixes, settling.due.window, *ASKED)
        assert 2 in met.person_id
        if change == "erasure":
            erase(system, 2)
        else:
            forget(system, 2, instant(-60), instant(120))
        settling.write(fixes, met)
    assert system.remembered() == 0
    system.settle()
    assert (system.remembered(OF_2), system.remembered() > 0) == (0, True)
    system.check(OTHERS)


def test_somebody_elses_erasure_is_in_no_finders_way(system: System) -> None:
    system.store(STANDING)
    system.finder.settle_before(window_of(20))
    with system.finder.settling(NO_QUIET) as settling:
        assert settling is not None
        fixes = settling.reported().fixes
        erase(system, 9)
        settling.write(fixes, met_by_everybody(fixes, settling.due.window, *ASKED))
    assert system.remembered() > 0


@pytest.mark.parametrize(("low", "high"), [(10, 40), (25, 26), (20, 40), (0.5, 61)])
def test_a_time_that_is_forgotten_is_out_of_all_meetings_at_once(settled: System, low: float, high: float) -> None:
    forget(settled, 2, instant(low), instant(high))
    inside = f"{OF_2} AND started_at < '{instant(high)}' AND ended_at >= '{instant(low)}'"
    assert settled.remembered(inside) == 0
    left = without(STANDING, 2, instant(low), instant(high))
    settled.check(left)
    settled.settle()
    assert settled.due() == set()
    settled.check(left)
    inside = f"{OF_2} AND started_at < '{instant(high)}' AND ended_at > '{instant(low)}'"
    assert settled.remembered(inside) == 0, "nor is it told by what was reported around it"


def test_what_is_private_is_not_remembered_while_its_locations_are_still_there(system: System) -> None:
    system.store(STANDING)
    system.query("SELECT keep_private(2, %s, %s)", instant(10), instant(40))
    system.settle(LAST)
    assert system.remembered(f"{OF_2} AND started_at < '{instant(40)}' AND ended_at > '{instant(10)}'") == 0
    assert system.remembered(OF_2) > 0


def test_meetings_outlive_the_locations_they_were_found_in(settled: System) -> None:
    met = settled.answer(1)
    while settled.query("SELECT drop_locations_before(%s)", instant(0).date() + timedelta(days=3)) != [(None,)]:
        pass
    assert settled.query("SELECT count(*) FROM location") == [(0,)]
    settled.query("INSERT INTO connectivity_due (window_number) VALUES (%s)", window_of(30))
    assert settled.settle() == 1, "and a note that came just before changes nothing"
    assert settled.answer(1).duration_us.tolist() == met.duration_us.tolist()


@pytest.fixture
def estimated_before(settled: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Settled by the version before this one."""
    for module in (meeting_finder.store, connection_service.store.locations):
        monkeypatch.setattr(module, "ESTIMATOR", ESTIMATOR + 1)
    return settled


def test_another_estimator_finds_meetings_anew(estimated_before: System) -> None:
    estimated_before.query("UPDATE connectivity SET closest_m = 99")
    assert estimated_before.settle(LAST) > 0
    assert estimated_before.remembered("closest_m = 99") == 0
    estimated_before.check(STANDING)


def test_what_another_estimator_cannot_find_stays_remembered(estimated_before: System) -> None:
    settled = estimated_before
    remembered = settled.remembered()
    while settled.query("SELECT drop_locations_before(%s)", instant(0).date() + timedelta(days=3)) != [(None,)]:
        pass
    settled.settle(LAST)
    assert settled.remembered() == remembered
    assert settled.answer(1).size > 0


def test_another_distance_forgets_what_it_cannot_find(settled: System) -> None:
    """What was within 3 m is no answer to who was within 4 m."""
    with closing(Store(settled.database.meeting_finder, Asked(ASKED.distance_m + 1, ASKED.min_probability))) as other:
        other.settle_before(LAST)
    assert settled.remembered() == 0


def test_days_of_meetings_are_dropped_and_not_found_again(settled: System) -> None:
    day = instant(0).date()
    settled.query("SELECT ensure_connectivity_partition(%s)", day - timedelta(days=70))
    while settled.query("SELECT drop_connectivity_before(%s)", day + timedelta(days=1)) != [(None,)]:
        pass
    assert settled.remembered() == 0
    assert settled.query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'connectivity'::regclass") == [(1,)]
    settled.store(STANDING._replace(time_us=STANDING.time_us + 1))
    assert settled.due() == set()
    while settled.query("SELECT drop_connectivity_before(NULL)") != [(None,)]:
        pass
    settled.settle()
    assert settled.remembered() > 0, "with a longer retention it is found again, as long as there are locations"


def test_nothing_of_it_comes_back_however_finders_and_forgetting_meet(system: System) -> None:
    stop = Event()

    def keep_finding() -> None:
        store = Store(system.database.meeting_finder, ASKED)
        find = Find(store, ASKED, lateness_s=0, quiet_s=0, metrics=Metrics())
        while not stop.is_set():
            try:
                if not find.settle():
                    stop.wait(0.01)
            except ChangedError:
                pass
        store.close()

    system.finder.settle_before(LAST)
    with ThreadPoolExecutor(2) as pool:
        finders = [pool.submit(keep_finding) for _ in range(2)]
        try:
            for part in range(5):
                system.store(STANDING.at(slice(part, None, 5)))
                low, high = instant(10 * part), instant(10 * part + 8)
                forget(system, 1, low, high)
                inside = "1 IN (person_id, other_id) AND started_at >= %s AND ended_at < %s"
                middle = (low + timedelta(minutes=2), high - timedelta(minutes=2))
                for _ in range(20):
                    assert system.query(f"SELECT count(*) FROM connectivity WHERE {inside}", *middle) == [(0,)]
        finally:
            stop.set()
    for finder in finders:
        finder.result()
    system.settle()
    left = STANDING
    for part in range(5):
        left = without(left, 1, instant(10 * part), instant(10 * part + 8))
    system.check(left)


def test_times_that_overlap_are_forgotten_at_once_and_nobody_is_in_the_others_way(settled: System) -> None:
    with ThreadPoolExecutor(4) as pool:
        forgetting = [pool.submit(forget, settled, 1, instant(minute), instant(minute + 5)) for minute in range(40)]
        settled.settle()
    for one in forgetting:
        one.result()
    settled.settle()
    settled.check(without(STANDING, 1, instant(0), instant(44)))
