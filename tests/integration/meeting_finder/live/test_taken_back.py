"""Of whom something was erased or forgotten nothing is told any more, and what was told is taken back."""

from datetime import timedelta

import numpy as np
import pytest

from meeting_finder.live.encounters import Told
from meeting_finder.reported import ChangedError
from proximity.instants import EPOCH, MICROSECOND
from proximity.present.company import look
from tests.integration.meeting_finder.conftest import ASKED
from tests.integration.meeting_finder.live.conftest import Teller, second
from tests.integration.meeting_finder.live.heard import changes
from tests.integration.meeting_finder.test_forgotten import erase, forget
from tests.unit.proximity.present.test_company import reports

TOGETHER = reports(np.full(60, 2.0))
TAKEN_BACK = [("RETRACTED", 1, 0), ("RETRACTED", 2, 0)]


@pytest.fixture
def met(teller: Teller) -> Teller:
    teller.system.store(TOGETHER)
    assert teller.look(100) == [Told(begun=1)]
    return teller


def take_away(teller: Teller, change: str) -> None:
    if change == "erasure":
        erase(teller.system, 2)
    else:
        forget(teller.system, 2, second(-10), second(130))


@pytest.mark.parametrize("change", ["erasure", "forgetting"])
def test_it_is_taken_back_whether_it_was_sent_or_not(met: Teller, change: str) -> None:
    if change == "erasure":
        met.tell()
    take_away(met, change)
    assert met.look(101) == [Told()]
    met.tell()
    assert changes(met.heard())[-2:] == TAKEN_BACK
    assert met.system.query("SELECT count(*) FROM encounter_told") == [(0,)]
    if change == "forgetting":
        assert changes(met.heard()) == TAKEN_BACK, "who it was has never been said"


@pytest.mark.parametrize("change", ["erasure", "forgetting"])
def test_a_finder_that_is_looking_tells_of_nobody_who_goes_meanwhile(teller: Teller, change: str) -> None:
    teller.system.store(TOGETHER)
    with pytest.raises(ChangedError), teller.encounters.looking() as looking:  # noqa: PT012  it ends with it
        assert looking is not None
        at = second(100)
        found = look(looking.fixes(second(0), at), (at - EPOCH) // MICROSECOND, looking.were, *ASKED)
        assert found.begun.person_id.size == 1
        take_away(teller, change)
        looking.write(found.begun, found.now, [], second(98))
    assert teller.look(100) == [Told()]
    assert (teller.tell(), teller.heard()) == (0, [])


def test_who_pauses_is_said_to_be_near_nobody_from_what_was_reported_before(met: Teller) -> None:
    forget(met.system, 2, second(99), second(10_000))
    assert met.look(101, 104, 130) == [Told(), Told(), Told()]
    met.tell()
    assert changes(met.heard()) == TAKEN_BACK


def test_who_shares_again_is_near_by_what_is_reported_then(teller: Teller) -> None:
    teller.system.store(TOGETHER)
    forget(teller.system, 2, second(40), second(60))
    assert teller.look(59, 100) == [Told(), Told(begun=1)]


def test_what_was_confirmed_is_taken_back_as_long_as_it_can_be_read(met: Teller) -> None:
    met.look(300)
    met.system.query("UPDATE encounter_told SET settled_at = now() - interval '26 hours'")
    met.encounters.tell_again()
    erase(met.system, 1)
    met.tell()
    assert changes(met.heard()) == TAKEN_BACK


def test_somebody_elses_erasure_takes_nothing_back(met: Teller) -> None:
    erase(met.system, 9)
    met.tell()
    assert changes(met.heard()) == [("BEGUN", 1, 2), ("BEGUN", 2, 1)]


def test_a_time_that_is_forgotten_before_takes_nothing_back(met: Teller) -> None:
    forget(met.system, 2, second(-1000), second(-100))
    met.tell()
    assert changes(met.heard()) == [("BEGUN", 1, 2), ("BEGUN", 2, 1)]


def test_retention_drops_what_was_told(met: Teller) -> None:
    while met.system.query("SELECT drop_connectivity_before(%s)", second(0).date() + timedelta(days=1)) != [(None,)]:
        pass
    counted = "SELECT (SELECT count(*) FROM encounter_told), (SELECT count(*) FROM encounter_event)"
    assert met.system.query(counted) == [(0, 0)]


def test_what_nobody_can_read_any_more_is_removed(met: Teller) -> None:
    met.look(300)
    met.system.query("UPDATE encounter_told SET settled_at = now() - interval '49 hours'")
    met.encounters.tell_again()
    assert met.system.query("SELECT count(*) FROM encounter_told") == [(0,)]
