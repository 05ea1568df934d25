"""From an app that people have to the meeting that REST tells of; and what the app is told when it is not taken."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from deployment.native.ports import free_address
from tests.e2e.phones.apps import MAKERS, Fix
from tests.e2e.phones.conftest import NewPhone, StartGateway
from tests.patience import PATIENCE_S

EVERY_APP = pytest.mark.parametrize("app", list(MAKERS))


def walk(start: datetime, minutes: int = 6, east: float = 0.0) -> list[Fix]:
    return [Fix(start + timedelta(minutes=minute), 52.52, 13.405 + east) for minute in range(minutes)]


def track(system: Any, person_id: int, start: datetime) -> list[dict[str, Any]]:
    day = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{start:%Y-%m-%d}"}
    rows: list[dict[str, Any]] = system.get(f"/api/persons/{person_id}/locations", **day)
    return rows


def seen(addresses: Mapping[str, str], person_id: int) -> dict[str, Any]:
    url = f"{addresses['PERSON_URL']}/api/persons/{person_id}/devices"
    [device] = requests.get(url, timeout=PATIENCE_S).json()
    return dict(device)


@EVERY_APP
def test_two_people_who_stand_together_have_met(
    system: Any, new_phone: NewPhone, addresses: Mapping[str, str], poll_until: Any, app: str
) -> None:
    ada, bob = new_phone(app), new_phone("owntracks")
    noon = system.fresh_week() + timedelta(hours=12)
    for phone, east in ((ada, 0.0), (bob, 0.00001)):
        for answer in phone.send(*walk(noon, east=east)):
            assert phone.is_taken(answer), answer.text
    system.wait_until_consumed()

    ada_id, bob_id = ada.device["person_id"], bob.device["person_id"]
    of_that_day = {"start_date": f"{noon:%Y-%m-%d}", "end_date": f"{noon:%Y-%m-%d}", "distance": 3}
    rows = system.get(f"/api/persons/{ada_id}/connection", **of_that_day)
    assert [row["person"]["id"] for row in rows] == [bob_id] * 6
    device = poll_until(lambda: (one := seen(addresses, ada_id))["last_seen_at"] and one)
    assert device["last_accuracy_m"] == 5


@EVERY_APP
def test_what_is_sent_again_is_stored_once_with_the_time_and_accuracy_of_the_fix(
    system: Any, new_phone: NewPhone, app: str
) -> None:
    phone, noon = new_phone(app), system.fresh_week() + timedelta(hours=12)
    for _ in range(3):
        phone.send(*walk(noon))
    system.wait_until_consumed()
    stored = system.query(
        "SELECT creation_time, accuracy_m FROM location WHERE person_id = %s ORDER BY creation_time",
        phone.device["person_id"],
    )
    assert [accuracy for _, accuracy in stored] == [5] * 6
    for (moment, _), fix in zip(stored, walk(noon), strict=True):
        assert timedelta(0) <= moment - fix.time < timedelta(milliseconds=1)


@EVERY_APP
def test_a_producer_that_does_not_answer_makes_the_app_keep_it_and_send_it_again(
    system: Any, new_phone: NewPhone, start_gateway: StartGateway, app: str
) -> None:
    phone, noon = new_phone(app), system.fresh_week() + timedelta(hours=12)
    without_producer = start_gateway(until_ready=False, LOCATION_PRODUCER_TARGET=free_address())
    [answer] = phone.send(*walk(noon, 2), gateway=without_producer, again=False)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert all(each.ok for each in phone.send(*walk(noon, 2)))
    system.wait_until_consumed()
    assert system.query("SELECT count(*) FROM location WHERE person_id = %s", phone.device["person_id"]) == [(2,)]


@EVERY_APP
def test_without_its_secret_nothing_is_taken(new_phone: NewPhone, app: str) -> None:
    phone = new_phone(app)
    for request in phone.made(walk(datetime(2016, 1, 4, tzinfo=UTC), 1)):
        assert request.url is not None
        document = json.dumps([request.url, request.headers, request.data])
        assert phone.secret in document or "Basic" in document
        changed = json.loads(document.replace(phone.secret, "0" * 40))
        if "Authorization" in changed[1]:
            changed[1]["Authorization"] = "Basic ZGV2aWNlOjAwMDA="
        answer = requests.request(
            request.method or "GET", changed[0], headers=changed[1], data=changed[2], timeout=PATIENCE_S
        )
        assert answer.status_code == 401
        assert answer.json()["status"] == 401
        assert "WWW-Authenticate" in answer.headers


def test_a_device_writes_for_its_own_person_only(system: Any, new_phone: NewPhone) -> None:
    """Whoever a body says that it is from."""
    ada, bob = new_phone("owntracks"), new_phone("owntracks")
    noon = system.fresh_week() + timedelta(hours=12)
    [request] = ada.made(walk(noon, 1))
    bobs = f"device-{bob.device['id']}"
    forged = json.loads(request.data) | {"topic": f"owntracks/{bobs}/{bobs}", "person_id": bob.device["person_id"]}
    headers = {**request.headers, "X-Limit-U": bobs, "X-Limit-D": bobs}
    assert requests.post(request.url, json=forged, headers=headers, timeout=PATIENCE_S).ok
    system.wait_until_consumed()
    persons = [phone.device["person_id"] for phone in (ada, bob)]
    counts = [system.query("SELECT count(*) FROM location WHERE person_id = %s", one) for one in persons]
    assert counts == [[(1,)], [(0,)]]


def test_two_apps_on_one_phone_do_not_quarrel(system: Any, new_phone: NewPhone) -> None:
    """They report the same moments, rounded differently: no conflict, and no dead letter."""
    person_id, noon = system.create_person(), system.fresh_week() + timedelta(hours=12)
    letters = len(system.dead_letters())
    one, other = new_phone("owntracks", person_id), new_phone("gpslogger", person_id)
    one.send(*walk(noon))
    other.send(*walk(noon, east=0.0000001))
    system.wait_until_consumed()
    assert system.query("SELECT count(*) FROM location WHERE person_id = %s", person_id) == [(12,)]
    assert len(system.dead_letters()) == letters


def test_a_revoked_phone_is_refused_by_every_gateway_within_a_second(
    system: Any, new_phone: NewPhone, start_gateway: StartGateway, addresses: Mapping[str, str], poll_until: Any
) -> None:
    phone, noon = new_phone("gpslogger"), system.fresh_week() + timedelta(hours=12)
    gateways = [addresses["PHONE_URL"], start_gateway()]
    for gateway in gateways:
        assert [answer.status_code for answer in phone.send(*walk(noon, 1), gateway=gateway)] == [200]
    device = phone.device
    path = f"{addresses['PERSON_URL']}/api/persons/{device['person_id']}/devices/{device['id']}"
    assert requests.delete(path, timeout=PATIENCE_S).status_code == 204
    revoked_at = time.monotonic()
    for gateway in gateways:
        poll_until(lambda to=gateway: phone.send(*walk(noon, 1), gateway=to)[0].status_code == 401, interval_s=0.02)
    took_s = time.monotonic() - revoked_at
    print(f"both refused it {took_s:.2f} s after it was revoked")  # noqa: T201  a slow machine may take longer


def test_an_erased_persons_phone_is_refused(
    system: Any, new_phone: NewPhone, addresses: Mapping[str, str], poll_until: Any
) -> None:
    phone, noon = new_phone("osmand"), system.fresh_week() + timedelta(hours=12)
    phone.send(*walk(noon, 1))
    path = f"{addresses['PERSON_URL']}/api/persons/{phone.device['person_id']}"
    assert requests.delete(path, timeout=PATIENCE_S).status_code == 204
    poll_until(lambda: phone.send(*walk(noon, 1))[0].status_code == 401)
