"""What can never be taken is answered as taken, so that nothing clogs an app's queue, and kept as a dead letter."""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import requests
from udaconnect.location.v1.location_pb2 import LocationBatch

from tests.e2e.phones.apps import MAKERS, Fix
from tests.e2e.phones.conftest import NewPhone
from tests.patience import PATIENCE_S


def letters_of(system: Any, device_id: int) -> list[Any]:
    return [letter for letter in system.dead_letters() if headers(letter).get("device") == str(device_id)]


def headers(letter: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in letter.headers}


@pytest.mark.parametrize("app", list(MAKERS))
def test_a_fix_that_is_none_goes_and_the_good_one_behind_it_comes(system: Any, new_phone: NewPhone, app: str) -> None:
    phone, noon = new_phone(app), system.fresh_week() + timedelta(hours=12)
    good, nowhere = Fix(noon, 52.52, 13.405), Fix(noon + timedelta(minutes=1), 0.0, 0.0)
    beyond = Fix(noon + timedelta(minutes=2), 91.0, 13.405)
    for fix in (nowhere, beyond, good):
        assert all(phone.is_taken(answer) for answer in phone.send(fix))
    system.wait_until_consumed()
    assert system.query("SELECT count(*) FROM location WHERE person_id = %s", phone.device["person_id"]) == [(1,)]
    # What the gateway of a slow machine has not answered in time is sent again, and then it is kept again.
    kept = {letter.value: letter for letter in letters_of(system, phone.device["id"])}.values()
    assert sorted(headers(letter)["reason"] for letter in kept) == ["invalid", "unreadable"]
    [replayable] = [letter for letter in kept if headers(letter)["reason"] == "invalid"]
    [location] = LocationBatch.FromString(replayable.value).locations
    assert (location.person_id, location.latitude) == (phone.device["person_id"], 91.0)
    for letter in kept:
        said = headers(letter)
        assert (said["app"], said["person"]) == (app.partition(" ")[0], str(phone.device["person_id"]))
        assert "13.4" not in said["detail"]


def test_bytes_that_are_no_json_are_kept_as_they_came(system: Any, new_phone: NewPhone) -> None:
    phone = new_phone("overland")
    [request] = phone.made([])
    answer = requests.post(request.url, data=b'{"locations": [', headers=request.headers, timeout=PATIENCE_S)
    assert answer.json() == {"result": "ok"}
    [letter] = letters_of(system, phone.device["id"])
    assert letter.value == b'{"locations": ['


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {"_type": "lwt", "tst": 1},
        {"_type": "transition", "event": "enter", "lat": 1, "lon": 2, "tst": 1, "acc": 5, "wtst": 1},
        {"_type": "waypoints", "waypoints": []},
        {"_type": "status", "iOS": {}},
        {"_type": "something new"},
    ],
)
def test_what_owntracks_sends_besides_is_answered_politely(system: Any, new_phone: NewPhone, body: object) -> None:
    phone = new_phone("owntracks")
    [request] = phone.made([Fix(system.fresh_week(), 1.0, 2.0)])
    data = body if isinstance(body, bytes) else json.dumps(body)
    answer = requests.post(request.url, data=data, headers=request.headers, timeout=PATIENCE_S)
    assert (answer.status_code, answer.json()) == (200, [])
    assert letters_of(system, phone.device["id"]) == []


def test_an_encrypted_payload_is_refused_with_what_to_do(system: Any, new_phone: NewPhone) -> None:
    """It may be good, so the app is to keep it, and to show why."""
    phone = new_phone("owntracks")
    [request] = phone.made([Fix(system.fresh_week(), 1.0, 2.0)])
    body = json.dumps({"_type": "encrypted", "data": "bm90aGluZw=="})
    answer = requests.post(request.url, data=body, headers=request.headers, timeout=PATIENCE_S)
    assert answer.status_code == 422
    assert "encryption key" in answer.json()["detail"]


def test_a_device_leaves_so_many_dead_letters_and_no_more(system: Any, new_phone: NewPhone) -> None:
    phone, noon = new_phone("overland"), system.fresh_week()
    nowhere = [Fix(noon + timedelta(seconds=second), 0.0, 0.0) for second in range(300)]
    assert phone.is_taken(phone.send(*nowhere)[0])
    assert 100 <= len(letters_of(system, phone.device["id"])) < 110


@pytest.mark.skipif("COMPOSE_PROJECT" in os.environ, reason="docker compose does not publish the gateway's metrics")
def test_what_was_refused_is_counted(system: Any, new_phone: NewPhone, addresses: Mapping[str, str]) -> None:
    def counted() -> float:
        text = requests.get(f"{addresses['PHONE_HEALTH_URL']}/metrics", timeout=PATIENCE_S).text
        name = 'phone_gateway_refused_fixes_total{app="osmand",reason="no_fix"}'
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))

    before = counted()
    new_phone("osmand").send(Fix(system.fresh_week(), 0.0, 0.0))
    assert counted() >= before + 1  # more where it had to be sent again
