"""/api/persons/{id}/devices: phones are connected by a secret, listed, revoked; gateways hear of it over gRPC."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import grpc
import pytest
from flask.testing import FlaskClient
from google.protobuf.timestamp_pb2 import Timestamp
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class
from udaconnect.person.v1 import device_pb2
from udaconnect.person.v1.device_pb2_grpc import DeviceServiceStub

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"}


def connect(rest: FlaskClient, person_id: int, app: str = "owntracks", name: str = "Ada's phone") -> dict[str, Any]:
    answer = rest.post(f"/api/persons/{person_id}/devices", json={"name": name, "app": app})
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"].endswith(f"/api/persons/{person_id}/devices/{document['id']}")
    return document


def listed(rest: FlaskClient, person_id: int) -> list[dict[str, Any]]:
    answer = rest.get(f"/api/persons/{person_id}/devices")
    assert answer.status_code == 200, answer.text
    devices: list[dict[str, Any]] = answer.get_json()
    return devices


def sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def check(stub: DeviceServiceStub, *secrets: str) -> list[device_pb2.Device]:
    return list(stub.CheckDevices(device_pb2.CheckDevicesRequest(secret_sha256s=map(sha256, secrets))).devices)


def newest_change(stub: DeviceServiceStub) -> int:
    return stub.ListDeviceChanges(device_pb2.ListDeviceChangesRequest()).change_number


def changed(stub: DeviceServiceStub, after: int) -> list[int]:
    answer = stub.ListDeviceChanges(device_pb2.ListDeviceChangesRequest(after=after))
    assert not answer.start_anew
    return list(answer.device_ids)


def test_the_secret_is_told_once_and_kept_as_a_hash(rest: FlaskClient, person_id: int, as_owner: Cursor) -> None:
    paired = connect(rest, person_id)
    assert len(bytes.fromhex(paired["secret"])) == 20
    [device] = listed(rest, person_id)
    assert device == {key: value for key, value in paired.items() if key not in {"secret", "setup"}}
    assert (device["name"], device["app"], device["person_id"]) == ("Ada's phone", "owntracks", person_id)
    assert (device["last_seen_at"], device["last_accuracy_m"], device["revoked_at"]) == (None, None, None)
    assert device["created_at"].endswith("Z")
    as_owner.execute("SELECT secret_sha256, device::text FROM device")
    [(kept, row)] = as_owner.fetchall()
    assert bytes(kept) == sha256(paired["secret"])
    assert paired["secret"] not in row


def test_each_app_is_told_by_its_own_link(rest: FlaskClient, person_id: int) -> None:
    paired = {app: connect(rest, person_id, app) for app in ("owntracks", "traccar", "overland", "gpslogger", "osmand")}
    setup = {app: one["setup"] for app, one in paired.items()}
    secret = {app: one["secret"] for app, one in paired.items()}

    configuration = json.loads(base64.b64decode(setup["owntracks"]["link"].removeprefix("owntracks:///config?inline=")))
    assert configuration["_type"] == "configuration"
    assert configuration["mode"] == 3
    assert configuration["url"] == "https://phones.example.com/phone/owntracks"
    assert configuration["password"] == secret["owntracks"]

    link = urlsplit(setup["traccar"]["link"])
    assert (link.scheme, link.netloc) == ("org.traccar.client", "config")
    assert parse_qs(link.query)["url"] == ["https://phones.example.com/phone/traccar"]
    assert parse_qs(link.query)["id"] == [secret["traccar"]]
    scanned = urlsplit(setup["traccar"]["qr"])
    assert f"{scanned.scheme}://{scanned.netloc}{scanned.path}" == "https://phones.example.com/phone/traccar"
    assert parse_qs(scanned.query)["id"] == [secret["traccar"]]

    link = urlsplit(setup["overland"]["link"])
    assert (link.scheme, link.netloc) == ("overland", "setup")
    assert parse_qs(link.query)["token"] == [secret["overland"]]

    for app in ("gpslogger", "osmand"):
        assert setup[app]["link"] is None
        assert setup[app]["url"].startswith(f"https://phones.example.com/phone/{app}/{secret[app]}?lat=")
        assert setup[app]["qr"] == setup[app]["url"]
    for one in setup.values():
        assert one["url"] in [field["value"] for field in one["fields"]]


def test_a_device_is_known_by_its_secret_until_it_is_revoked(
    rest: FlaskClient, person_id: int, device_stub: DeviceServiceStub
) -> None:
    paired, other = connect(rest, person_id), connect(rest, person_id, "traccar")
    [device] = check(device_stub, paired["secret"], "nobody's")
    assert (device.id, device.person_id, device.revoked) == (paired["id"], person_id, False)
    assert device.secret_sha256 == sha256(paired["secret"])

    before = newest_change(device_stub)
    path = f"/api/persons/{person_id}/devices/{paired['id']}"
    assert rest.delete(path).status_code == 204
    assert changed(device_stub, before) == [paired["id"]]
    [device] = check(device_stub, paired["secret"])
    assert device.revoked
    assert [one.revoked for one in check(device_stub, other["secret"])] == [False]
    revoked_at = listed(rest, person_id)[1]["revoked_at"]
    assert revoked_at.endswith("Z")
    assert rest.delete(path).status_code == 204
    assert listed(rest, person_id)[1]["revoked_at"] == revoked_at


def test_an_answer_that_is_kept_knows_of_all_changes_up_to_its_number(
    rest: FlaskClient, person_id: int, device_stub: DeviceServiceStub
) -> None:
    paired = connect(rest, person_id)
    request = device_pb2.CheckDevicesRequest(secret_sha256s=[sha256(paired["secret"])])
    assert device_stub.CheckDevices(request).change_number == newest_change(device_stub)
    nobody = device_stub.CheckDevices(device_pb2.CheckDevicesRequest(secret_sha256s=[b"?"]))
    assert (list(nobody.devices), nobody.change_number) == ([], newest_change(device_stub))


def test_whoever_has_missed_changes_is_told_to_start_anew(
    rest: FlaskClient, person_id: int, device_stub: DeviceServiceStub, as_owner: Cursor
) -> None:
    connect(rest, person_id)
    after = newest_change(device_stub)
    as_owner.execute("UPDATE device_change SET changed_at = now() - interval '2 hours'")
    for _ in range(3):
        connect(rest, person_id)
    as_owner.execute("DELETE FROM device_change WHERE number <= %s + 2", [after])
    ask = device_stub.ListDeviceChanges
    assert ask(device_pb2.ListDeviceChangesRequest(after=after)).start_anew
    assert ask(device_pb2.ListDeviceChangesRequest(after=after + 1000)).start_anew, "a database that was restored"
    assert not ask(device_pb2.ListDeviceChangesRequest(after=after + 2)).start_anew


def test_changes_older_than_an_hour_are_forgotten(rest: FlaskClient, person_id: int, as_owner: Cursor) -> None:
    connect(rest, person_id)
    as_owner.execute("UPDATE device_change SET changed_at = now() - interval '2 hours'")
    connect(rest, person_id)
    as_owner.execute("SELECT count(*) FROM device_change")
    assert as_owner.fetchall() == [(1,)]


def test_erasing_a_person_takes_the_devices_and_gateways_hear_of_it(
    rest: FlaskClient, person_id: int, device_stub: DeviceServiceStub, as_owner: Cursor
) -> None:
    paired = connect(rest, person_id)
    before = newest_change(device_stub)
    assert rest.delete(f"/api/persons/{person_id}").status_code == 204
    assert changed(device_stub, before) == [paired["id"]]
    assert check(device_stub, paired["secret"]) == []
    as_owner.execute("SELECT count(*) FROM device")
    assert as_owner.fetchall() == [(0,)]


def test_the_newest_report_of_a_device_is_kept(
    rest: FlaskClient, person_id: int, device_stub: DeviceServiceStub
) -> None:
    first, second = connect(rest, person_id), connect(rest, person_id)

    def report(seen: datetime, accuracy_m: float | None) -> None:
        moment = Timestamp()
        moment.FromDatetime(seen)
        reports = [
            device_pb2.DeviceReport(device_id=one["id"], last_seen=moment, last_accuracy_m=accuracy_m)
            for one in (first, second)
        ]
        device_stub.ReportDevices(device_pb2.ReportDevicesRequest(reports=reports[:1] if accuracy_m == 9 else reports))

    before = newest_change(device_stub)
    report(datetime(2026, 3, 2, 10, tzinfo=UTC), 12.5)
    report(datetime(2026, 3, 2, 9, tzinfo=UTC), 99)
    report(datetime(2026, 3, 2, 11, tzinfo=UTC), 9)
    told = {one["id"]: (one["last_seen_at"], one["last_accuracy_m"]) for one in listed(rest, person_id)}
    assert told == {first["id"]: ("2026-03-02T11:00:00Z", 9), second["id"]: ("2026-03-02T10:00:00Z", 12.5)}
    assert newest_change(device_stub) == before, "that a device was heard of is no change that gateways wait for"


def test_a_report_without_a_time_that_can_be_one_is_refused(device_stub: DeviceServiceStub) -> None:
    bad = device_pb2.DeviceReport(device_id=1)
    bad.last_seen.seconds = 2**60
    with pytest.raises(grpc.RpcError) as refused:
        device_stub.ReportDevices(device_pb2.ReportDevicesRequest(reports=[bad]))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "app": "owntracks"}, "name"),
        ({"name": "x" * 101, "app": "owntracks"}, "name"),
        ({"name": "x", "app": "telegraph"}, "app"),
        ({"name": "x", "app": 7}, "app"),
        ({"name": "x"}, "app"),
        ({"name": "x", "app": "osmand", "secret": "mine"}, "secret"),
    ],
)
def test_a_wrong_field_is_named(rest: FlaskClient, person_id: int, body: dict[str, object], field: str) -> None:
    answer = rest.post(f"/api/persons/{person_id}/devices", json=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


def test_what_is_not_there_is_not_found(rest: FlaskClient, person_id: int) -> None:
    paired = connect(rest, person_id)
    other = int(rest.post("/api/persons", json=ADA).get_json()["id"])
    for nobody in (other + 1, -1, 2**63):
        assert rest.get(f"/api/persons/{nobody}/devices").status_code == 404
        body = {"name": "x", "app": "osmand"}
        assert rest.post(f"/api/persons/{nobody}/devices", json=body).status_code == 404
    for path in (f"{other}/devices/{paired['id']}", f"{person_id}/devices/0", f"{person_id}/devices/{2**63}"):
        assert rest.delete(f"/api/persons/{path}").status_code == 404
    assert listed(rest, person_id)[0]["revoked_at"] is None


def test_a_person_connects_so_many_at_once_and_no_more(rest: FlaskClient, person_id: int) -> None:
    for _ in range(10):
        connect(rest, person_id)
    answer = rest.post(f"/api/persons/{person_id}/devices", json={"name": "x", "app": "osmand"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_twenty_are_enough_until_one_is_revoked(rest: FlaskClient, person_id: int, as_owner: Cursor) -> None:
    as_owner.execute(
        "INSERT INTO device (person_id, name, app, secret_sha256)"
        " SELECT %s, 'old', 'osmand', sha256(n::text::bytea) FROM generate_series(1, 20) AS n",
        [person_id],
    )
    answer = rest.post(f"/api/persons/{person_id}/devices", json={"name": "x", "app": "osmand"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.get_json()["errors"]] == ["devices"]
    oldest = listed(rest, person_id)[-1]["id"]
    assert rest.delete(f"/api/persons/{person_id}/devices/{oldest}").status_code == 204
    connect(rest, person_id)


def test_a_revoked_device_is_shown_for_four_weeks(rest: FlaskClient, person_id: int, as_owner: Cursor) -> None:
    paired = connect(rest, person_id)
    as_owner.execute("UPDATE device SET revoked_at = now() - interval '27 days'")
    assert len(listed(rest, person_id)) == 1
    as_owner.execute("UPDATE device SET revoked_at = now() - interval '29 days'")
    assert listed(rest, person_id) == []
    connect(rest, person_id)
    as_owner.execute("SELECT count(*) FROM device WHERE id = %s", [paired["id"]])
    assert as_owner.fetchall() == [(0,)]
