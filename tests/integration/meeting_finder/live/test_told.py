"""Encounters are told when they begin and end, confirmed or taken back, each change once to either of both."""

from contextlib import closing

import numpy as np
import psycopg2
import pytest

from meeting_finder.live.encounters import BY_INDEX, SET_UP, Encounters, Told
from meeting_finder.live.outbox import Event, Outbox
from meeting_finder.reported import FIXES
from proximity.windows import WINDOW_US
from tests.integration.meeting_finder.live.conftest import Teller, second
from tests.integration.meeting_finder.live.heard import changes, exactly_once
from tests.unit.proximity.present.test_company import START_US, reports

# Apart for a minute, together for a minute, apart again for a minute.
COMING_AND_GOING = reports(np.concatenate([np.full(30, 70.0), np.full(30, 2.0), np.full(30, 70.0)]))
LAST = START_US // WINDOW_US + 3
MANY_ROWS = """
    INSERT INTO location (person_id, creation_time, coordinate)
    SELECT mod(number, 100), %s + number * interval '0.3 s',
           ST_SetSRID(ST_MakePoint(8 + mod(number, 100) / 1000.0, 47), 4326)
    FROM generate_series(1, 200000) AS number
"""
BOTH_SIDES = [(1, 2), (2, 1)]


def test_it_is_told_to_both_when_two_come_together_and_when_they_part(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    assert teller.look(59, 110, 111) == [Told(), Told(begun=1), Told()]
    assert teller.tell() == 2
    assert changes(teller.heard()) == [("BEGUN", *side) for side in BOTH_SIDES]
    assert teller.look(179, 180) == [Told(ended=1), Told()]
    assert (teller.tell(), teller.tell()) == (2, 0)
    heard = teller.heard()
    assert changes(heard) == [(what, *side) for what in ("BEGUN", "ENDED") for side in BOTH_SIDES]
    assert len({each.encounter_id for each in heard}) == 1
    assert len({each.number for each in heard}) == 4
    [ended] = [each for each in heard if each.other_person_id == 1 and each.HasField("ended_at")]
    assert ended.started_at.ToDatetime(second(0).tzinfo) == second(108)
    assert 1.5 < ended.closest_m < 2.5
    assert abs(ended.place.longitude - 13) < 1e-3


def test_what_was_sent_and_not_forgotten_is_sent_again_and_counts_once(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    teller.look(110)

    def sent_and_killed(events: list[Event]) -> None:
        teller.topic.send(events)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        teller.outbox.send(sent_and_killed)  # type: ignore[arg-type]  # it is given a list
    teller.look(179)
    assert teller.tell() == 4
    heard = teller.heard()
    assert len(heard) == 6
    assert changes(exactly_once(heard)) == [(what, *side) for what in ("BEGUN", "ENDED") for side in BOTH_SIDES]


def test_one_finder_looks_and_one_sends_at_a_time(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    url = teller.system.database.meeting_finder
    another, its_outbox = Encounters(url), Outbox(url)
    with another.looking() as looking:
        assert looking is not None
        assert teller.look(110) == [None]
    assert teller.look(110) == [Told(begun=1)]
    told: list[int] = []
    assert its_outbox.send(lambda _events: told.append(teller.tell())) == 2
    assert told == [0]
    another.close()
    its_outbox.close()


def test_nobody_waits_for_a_day_that_is_being_rewritten(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    with closing(psycopg2.connect(teller.system.database.owner)) as rewriting, rewriting.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(rewriting_lock()), pg_advisory_xact_lock(draft_lock())")
        assert teller.look(110) == [Told(begun=1)]
        assert teller.tell() == 2


def test_what_is_settled_is_told_as_it_is_remembered(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    teller.look(110, 179)
    assert teller.encounters.confirm() == 0, "nothing is settled yet"
    teller.system.settle(LAST)
    assert (teller.encounters.confirm(), teller.encounters.confirm()) == (1, 0)
    teller.tell()
    heard = teller.heard()
    assert changes(heard)[:2] == [("BEGUN", *side) for side in BOTH_SIDES]
    corrected = {each.person_id: each for each in heard if each.kind == 3}
    for person_id in (1, 2):
        [met] = teller.system.query("SELECT started_at, ended_at FROM connectivity WHERE person_id = %s", person_id)
        told = corrected[person_id]
        assert (told.started_at.ToDatetime(met[0].tzinfo), told.ended_at.ToDatetime(met[1].tzinfo)) == tuple(met)


def test_what_was_no_meeting_is_taken_back_without_a_name(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    teller.look(110, 179)
    teller.system.query("DELETE FROM location")
    teller.system.settle(LAST)
    assert teller.encounters.confirm() == 1
    teller.tell()
    retracted = [each for each in teller.heard() if each.kind == 4]
    assert changes(retracted) == [("RETRACTED", 1, 0), ("RETRACTED", 2, 0)]
    assert not any(each.HasField("started_at") or each.HasField("place") for each in retracted)


def test_what_goes_on_is_told_again_each_half_an_hour(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    teller.look(110)
    teller.encounters.tell_again()
    assert teller.tell() == 2
    teller.system.query("UPDATE encounter_told SET told_at = told_at - interval '31 minutes'")
    teller.encounters.tell_again()
    assert teller.tell() == 2
    teller.encounters.tell_again()
    assert teller.tell() == 0


def test_the_newest_locations_are_read_without_all_the_others(teller: Teller) -> None:
    teller.system.query("SELECT ensure_location_partition(%s)", second(0).date())
    teller.system.query(MANY_ROWS, second(0).replace(hour=0))
    teller.system.query("ANALYZE location")  # as the server does by itself
    plan = teller.system.query(f"{SET_UP}; {BY_INDEX}; EXPLAIN {FIXES}", second(0), second(10))
    assert "Bitmap Index Scan" in str(plan)
    assert "creation_time_idx" in str(plan)
    assert "cell_creation_time_idx" not in str(plan)
