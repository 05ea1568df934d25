"""Whoever pauses is taken nothing from, and what is forgotten stays forgotten, by whatever way it comes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
import requests
from udaconnect.location.v1 import location_pb2

from location_producer.validation import PRIVATE
from tests.e2e.conftest import location
from tests.e2e.phones.apps import Fix as PhoneFix
from tests.e2e.phones.apps import pair
from tests.patience import PATIENCE_S

WITHIN_M = 3


def set_paused(addresses: Mapping[str, str], person_id: int, *, paused: bool) -> None:
    url = f"{addresses['PERSON_URL']}/api/persons/{person_id}/sharing"
    answer = requests.put(url, json={"paused": paused}, timeout=PATIENCE_S)
    assert answer.status_code == 200, answer.text


def rejections(system: Any, *fixes: Any) -> list[tuple[int, str, str]]:
    request = location_pb2.BatchCreateLocationsRequest(locations=map(location, fixes))
    receipt = system.locations.BatchCreateLocations(request, timeout=PATIENCE_S)
    return [(each.index, each.field, each.reason) for each in receipt.rejections]


def stored(system: Any, person_id: int) -> list[datetime]:
    statement = "SELECT creation_time FROM location WHERE person_id = %s ORDER BY creation_time"
    return [time for (time,) in system.query(statement, person_id)]


def test_a_pause_holds_for_every_way_in_and_what_was_recorded_in_it_is_never_taken(
    system: Any, addresses: Mapping[str, str], make_fix: Any, poll_until: Any
) -> None:
    ada, place = system.create_person(), (52.52, 13.405)
    phone = pair(addresses["PERSON_URL"], addresses["PHONE_URL"], ada, "owntracks")
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    before, late = make_fix(ada, begin, *place), make_fix(ada, begin + timedelta(seconds=1), *place)
    assert system.send([before]) == 1
    letters = len(system.dead_letters())

    set_paused(addresses, ada, paused=True)
    during = make_fix(ada, datetime.now(UTC), *place)
    poll_until(lambda: rejections(system, during))  # as soon as location_producer has heard of it
    assert rejections(system, during, late) == [(0, "person_id", PRIVATE)]
    with pytest.raises(grpc.RpcError) as refused:
        system.locations.CreateLocation(
            location_pb2.CreateLocationRequest(location=location(during)), timeout=PATIENCE_S
        )
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    # Of a whole second, which the pause began before.
    for answer in phone.send(PhoneFix(during.time + timedelta(seconds=1), *place)):
        assert phone.is_taken(answer), "or the app would send it for ever"
    system.publish(during)  # past location_producer
    system.wait_until_consumed()
    assert stored(system, ada) == [before.time, late.time]

    set_paused(addresses, ada, paused=False)
    after = make_fix(ada, datetime.now(UTC), *place)
    poll_until(lambda: not rejections(system, after))
    assert rejections(system, during) == [(0, "person_id", PRIVATE)]
    system.publish(during)
    system.wait_until_consumed()
    assert stored(system, ada) == [before.time, late.time, after.time]
    assert len(system.dead_letters()) == letters


def test_a_forgotten_hour_takes_its_meetings_with_it_and_nothing_brings_it_back(
    system: Any, addresses: Mapping[str, str], make_fix: Any, poll_until: Any
) -> None:
    ada, bob = system.create_person(), system.create_person()
    start = system.fresh_week() + timedelta(hours=9)
    fixes = [
        make_fix(person, start + timedelta(minutes=minute), 52.52, 13.405, 3.0)
        for person in (ada, bob)
        for minute in range(180)
    ]
    assert system.send(fixes) == len(fixes)
    system.wait_until_consumed()
    day = f"{start:%Y-%m-%d}"

    def together_s(person: int) -> float:
        question = {"start_date": day, "end_date": day, "distance": WITHIN_M}
        meetings = system.get(f"/api/persons/{person}/encounters", **question)
        return sum(float(meeting["duration_s"]) for meeting in meetings)

    assert together_s(ada) > timedelta(minutes=170).total_seconds()
    ten, eleven = (start + timedelta(hours=hours) for hours in (1, 2))
    answer = requests.post(
        f"{addresses['PERSON_URL']}/api/persons/{ada}/forgotten",
        json={"started_at": ten.isoformat(), "ended_at": eleven.isoformat()},
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["locations"] == 60

    def all_is_as_it_should_be() -> None:
        assert len(stored(system, ada)) == 120
        assert len(stored(system, bob)) == 180
        for person in (ada, bob):
            assert together_s(person) < timedelta(minutes=121).total_seconds()

    all_is_as_it_should_be()
    in_it = [fix for fix in fixes if fix.person_id == ada and ten <= fix.time < eleven]
    poll_until(lambda: len(rejections(system, *fixes)) == len(in_it))
    system.publish(*in_it)
    system.wait_until_consumed()
    all_is_as_it_should_be()
