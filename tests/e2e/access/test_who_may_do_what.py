"""Each endpoint and rpc by no token, a bad one, a wrong scope, another person's id, the right one; on real services."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import requests
from udaconnect.location.v1 import location_pb2, location_pb2_grpc
from udaconnect.person.v1 import device_pb2, device_pb2_grpc, person_pb2, person_pb2_grpc

from service_kit.access.rules import (
    ADMIN,
    DEVICES_CHECK,
    INTRODUCTIONS_READ,
    LOCATIONS_WRITE,
    MEETINGS_READ,
    PEOPLE_READ,
    PEOPLE_WRITE,
    REFUSALS_WRITE,
    SCOPES,
)
from tests.e2e.access.conftest import Guarded
from tests.issuer import Issuer, raw_token
from tests.patience import PATIENCE_S

OK, UNAUTHENTICATED, DENIED = "ok", "unauthenticated", "denied"
OF_HTTP = {200: OK, 201: OK, 204: OK, 401: UNAUTHENTICATED, 403: DENIED}
OF_GRPC = {grpc.StatusCode.UNAUTHENTICATED: UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED: DENIED}
DAY = {"start_date": "2016-03-02", "end_date": "2016-03-02"}
UPLOAD = "POST /api/persons/{person_id}/files"  # phone_gateway's; it describes no other
LISTEN = "GET /api/persons/{person_id}/encounters/live"  # encounter_stream's, which describes none
NAMES = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}

Attempt = Callable[[Guarded, str | None, int], str]
"""(services, token, person's id) → what came of it"""


def rest(method: str, path: str, service: str = "person_url", media: str | None = None, **more: Any) -> Attempt:
    def attempt(guarded: Guarded, token: str | None, person_id: int) -> str:
        url = getattr(guarded, service) + path.format(person_id=person_id)
        headers = guarded.bearer(token) | ({} if media is None else {"Content-Type": media})
        with requests.request(method, url, headers=headers, timeout=PATIENCE_S, stream=True, **more) as answer:
            outcome = OF_HTTP.get(answer.status_code) or answer.text
        if outcome != OK:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        return outcome

    return attempt


def meetings(resource: str) -> Attempt:
    return rest("GET", f"/api/persons/{{person_id}}/{resource}", "connection_url", params=DAY)


def rpc(call: Callable[[Guarded, int, Any], object]) -> Attempt:
    def attempt(guarded: Guarded, token: str | None, person_id: int) -> str:
        metadata = None if token is None else (("authorization", f"Bearer {token}"),)
        try:
            call(guarded, person_id, metadata)
        except grpc.RpcError as error:
            return OF_GRPC.get(error.code(), f"{error.code()}: {error.details()}")
        return OK

    return attempt


def revoke(guarded: Guarded, token: str | None, person_id: int) -> str:
    path = f"/api/persons/{person_id}/devices"
    admin = guarded.bearer(guarded.issuer.token(ADMIN))
    body = {"name": "phone", "app": "osmand"}
    connected = requests.post(guarded.person_url + path, json=body, headers=admin, timeout=PATIENCE_S).json()
    # Where there is no such person there is no device either; access is looked at first.
    return rest("DELETE", f"{path}/{connected.get('id', 1)}")(guarded, token, person_id)


def devices(guarded: Guarded) -> device_pb2_grpc.DeviceServiceStub:
    return device_pb2_grpc.DeviceServiceStub(guarded.person_grpc)


def people(guarded: Guarded) -> person_pb2_grpc.PersonServiceStub:
    return person_pb2_grpc.PersonServiceStub(guarded.person_grpc)


def locations(guarded: Guarded) -> location_pb2_grpc.LocationServiceStub:
    return location_pb2_grpc.LocationServiceStub(guarded.location_grpc)


def fix(person_id: int) -> location_pb2.Location:
    return location_pb2.Location(person_id=person_id, latitude=1, longitude=2)


def stream(guarded: Guarded, person_id: int, metadata: Any) -> None:
    request = location_pb2.StreamLocationsRequest(locations=[fix(person_id)])
    [receipt] = locations(guarded).StreamLocations(iter([request]), metadata=metadata, timeout=PATIENCE_S)
    assert receipt.accepted_count == 1


@dataclass(frozen=True)
class Call:
    scope: str
    attempt: Attempt
    of_one_person: bool = True
    own_scope: str = ""
    """What is enough for oneself, where it differs from `scope`."""


CALLS = {
    "GET /api/persons": Call(PEOPLE_READ, rest("GET", "/api/persons?limit=1"), of_one_person=False),
    "POST /api/persons": Call(PEOPLE_WRITE, rest("POST", "/api/persons", json=NAMES), of_one_person=False),
    "GET /api/persons/{person_id}": Call(PEOPLE_READ, rest("GET", "/api/persons/{person_id}")),
    "DELETE /api/persons/{person_id}": Call(ADMIN, rest("DELETE", "/api/persons/{person_id}"), own_scope=PEOPLE_WRITE),
    "GET /api/persons/{person_id}/sharing": Call(
        ADMIN, rest("GET", "/api/persons/{person_id}/sharing"), own_scope=PEOPLE_READ
    ),
    "PUT /api/persons/{person_id}/sharing": Call(
        ADMIN, rest("PUT", "/api/persons/{person_id}/sharing", json={"paused": False}), own_scope=PEOPLE_WRITE
    ),
    "POST /api/persons/{person_id}/forgotten": Call(
        ADMIN,
        rest(
            "POST",
            "/api/persons/{person_id}/forgotten",
            json={"started_at": "2015-01-01T00:00:00Z", "ended_at": "2015-01-01T00:00:01Z"},
        ),
        own_scope=PEOPLE_WRITE,
    ),
    "GET /api/persons/{person_id}/devices": Call(
        ADMIN, rest("GET", "/api/persons/{person_id}/devices"), own_scope=PEOPLE_READ
    ),
    "POST /api/persons/{person_id}/devices": Call(
        ADMIN,
        rest("POST", "/api/persons/{person_id}/devices", json={"name": "phone", "app": "osmand"}),
        own_scope=PEOPLE_WRITE,
    ),
    "DELETE /api/persons/{person_id}/devices/{device_id}": Call(ADMIN, revoke, own_scope=PEOPLE_WRITE),
    "GET /api/persons/{person_id}/connection": Call(MEETINGS_READ, meetings("connection")),
    "GET /api/persons/{person_id}/encounters": Call(MEETINGS_READ, meetings("encounters")),
    "GET /api/persons/{person_id}/contacts": Call(MEETINGS_READ, meetings("contacts")),
    "GET /api/persons/{person_id}/introductions": Call(
        MEETINGS_READ, meetings("introductions"), own_scope=INTRODUCTIONS_READ
    ),
    "GET /api/groups": Call(
        MEETINGS_READ,
        rest(*("GET", "/api/groups?start_date=2016-03-02&end_date=2016-03-02&person_id={person_id}", "connection_url")),
    ),
    "GET /api/persons/{person_id}/locations": Call(MEETINGS_READ, meetings("locations")),
    "GET /api/persons/{person_id}/way": Call(MEETINGS_READ, meetings("way")),
    "GET /api/persons/{person_id}/export": Call(
        MEETINGS_READ, rest("GET", "/api/persons/{person_id}/export", "connection_url")
    ),
    LISTEN: Call(MEETINGS_READ, rest("GET", "/api/persons/{person_id}/encounters/live", "stream_url")),
    UPLOAD: Call(
        LOCATIONS_WRITE,
        rest(
            *("POST", "/api/persons/{person_id}/files", "gateway_url", "application/octet-stream"),
            params={"name": "t.csv"},
            data=b"time,lat,lon\n2016-03-02T10:00:00Z,50,8\n",
        ),
    ),
    "PersonService/CreatePerson": Call(
        PEOPLE_WRITE,
        rpc(lambda to, _id, token: people(to).CreatePerson(person_pb2.CreatePersonRequest(**NAMES), metadata=token)),
        of_one_person=False,
    ),
    "PersonService/GetPerson": Call(
        PEOPLE_READ,
        rpc(lambda to, one, token: people(to).GetPerson(person_pb2.GetPersonRequest(id=one), metadata=token)),
    ),
    "PersonService/BatchGetPersons": Call(
        PEOPLE_READ,
        rpc(
            lambda to, one, token: people(to).BatchGetPersons(
                person_pb2.BatchGetPersonsRequest(ids=[one]), metadata=token
            )
        ),
    ),
    "PersonService/CheckPersons": Call(
        PEOPLE_READ,
        rpc(lambda to, one, token: people(to).CheckPersons(person_pb2.CheckPersonsRequest(ids=[one]), metadata=token)),
    ),
    "PersonService/ListErasures": Call(
        PEOPLE_READ,
        rpc(lambda to, _id, token: people(to).ListErasures(person_pb2.ListErasuresRequest(), metadata=token)),
        of_one_person=False,
    ),
    "PersonService/ListPersons": Call(
        PEOPLE_READ,
        rpc(lambda to, _id, token: people(to).ListPersons(person_pb2.ListPersonsRequest(page_size=1), metadata=token)),
        of_one_person=False,
    ),
    "DeviceService/CheckDevices": Call(
        DEVICES_CHECK,
        rpc(lambda to, _id, token: devices(to).CheckDevices(device_pb2.CheckDevicesRequest(), metadata=token)),
        of_one_person=False,
    ),
    "DeviceService/ListDeviceChanges": Call(
        DEVICES_CHECK,
        rpc(
            lambda to, _id, token: devices(to).ListDeviceChanges(device_pb2.ListDeviceChangesRequest(), metadata=token)
        ),
        of_one_person=False,
    ),
    "DeviceService/ReportDevices": Call(
        DEVICES_CHECK,
        rpc(lambda to, _id, token: devices(to).ReportDevices(device_pb2.ReportDevicesRequest(), metadata=token)),
        of_one_person=False,
    ),
    "LocationService/CreateLocation": Call(
        LOCATIONS_WRITE,
        rpc(
            lambda to, one, token: locations(to).CreateLocation(
                location_pb2.CreateLocationRequest(location=fix(one)), metadata=token, timeout=PATIENCE_S
            )
        ),
    ),
    "LocationService/BatchCreateLocations": Call(
        LOCATIONS_WRITE,
        rpc(
            lambda to, one, token: locations(to).BatchCreateLocations(
                location_pb2.BatchCreateLocationsRequest(locations=[fix(one)]), metadata=token, timeout=PATIENCE_S
            )
        ),
    ),
    "LocationService/StreamLocations": Call(LOCATIONS_WRITE, rpc(stream)),
    "LocationService/KeepRefusedFixes": Call(
        REFUSALS_WRITE,
        rpc(
            lambda to, one, token: locations(to).KeepRefusedFixes(
                location_pb2.KeepRefusedFixesRequest(fixes=[location_pb2.RefusedFix(person_id=one)]),
                metadata=token,
                timeout=PATIENCE_S,
            )
        ),
    ),
}


def bad_tokens(issuer: Issuer) -> Iterator[tuple[str, str | None]]:
    """Each would do, but for the one thing that its name says."""
    yield "no token", None
    yield "no JWT", "nonsense"
    yield "expired", issuer.token(*SCOPES, expires_in_s=-60)
    yield "not valid yet", issuer.token(*SCOPES, nbf=time.time() + 600)
    yield "wrong audience", issuer.token(*SCOPES, aud="another system")
    yield "wrong issuer", issuer.token(*SCOPES, iss="https://another.test")
    yield "wrong key", Issuer().token(*SCOPES)
    yield "unsigned", raw_token({"alg": "none"}, {"scope": "admin", "exp": time.time() + 600})


BAD = [name for name, _ in bad_tokens(Issuer())]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", CALLS)
def test_without_a_good_token_nothing_is_done(guarded: Guarded, name: str, bad: str) -> None:
    token = dict(bad_tokens(guarded.issuer))[bad]
    assert CALLS[name].attempt(guarded, token, 1) == UNAUTHENTICATED


@pytest.mark.parametrize("name", CALLS)
def test_every_other_scope_together_is_not_the_right_one(guarded: Guarded, name: str) -> None:
    call = CALLS[name]
    others = [scope for scope in SCOPES if scope not in (call.scope, ADMIN)]
    assert call.attempt(guarded, guarded.issuer.token(*others), 1) == DENIED
    assert call.attempt(guarded, guarded.issuer.token(), 1) == DENIED


@pytest.mark.parametrize("name", CALLS)
def test_another_persons_data_is_closed_to_a_bound_token(guarded: Guarded, name: str) -> None:
    call = CALLS[name]
    person_id = guarded.new_person()
    token = guarded.issuer.token(call.own_scope or call.scope, person_id=person_id + 1)
    assert call.attempt(guarded, token, person_id) == DENIED


@pytest.mark.parametrize("name", CALLS)
def test_ones_own_data_is_open_to_a_bound_token_and_what_is_everybodys_is_not(guarded: Guarded, name: str) -> None:
    call = CALLS[name]
    person_id = guarded.new_person()
    token = guarded.issuer.token(call.own_scope or call.scope, person_id=person_id)
    assert call.attempt(guarded, token, person_id) == (OK if call.of_one_person else DENIED)


@pytest.mark.parametrize("name", CALLS)
def test_the_right_scope_opens_it(guarded: Guarded, name: str) -> None:
    call = CALLS[name]
    assert call.attempt(guarded, guarded.issuer.token(call.scope), guarded.new_person()) == OK
    if call.own_scope:
        assert call.attempt(guarded, guarded.issuer.token(call.own_scope), guarded.new_person()) == DENIED


@pytest.mark.parametrize("name", CALLS)
def test_an_admin_may_do_everything_even_where_the_token_names_a_person(guarded: Guarded, name: str) -> None:
    for bound_to in (None, 1):
        token = guarded.issuer.token(ADMIN, person_id=bound_to)
        assert CALLS[name].attempt(guarded, token, guarded.new_person()) == OK


def test_the_table_is_complete(guarded: Guarded) -> None:
    """Whatever the services say that they offer is tested here."""
    offered = {UPLOAD, LISTEN}
    for url in (guarded.person_url, guarded.connection_url):
        paths = requests.get(f"{url}/swagger.json", timeout=PATIENCE_S).json()["paths"]
        offered |= {
            f"{method.upper()} {path}"
            for path, operations in paths.items()
            for method in operations
            if method in {"get", "post", "put", "patch", "delete"}
        }
    for file in (person_pb2, device_pb2, location_pb2):
        for service in file.DESCRIPTOR.services_by_name.values():
            offered |= {f"{service.name}/{method.name}" for method in service.methods}
    assert offered == set(CALLS)


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/metrics", "/swagger.json"])
def test_what_tells_nobodys_data_is_open(guarded: Guarded, path: str) -> None:
    for url in (guarded.person_url, guarded.connection_url):
        assert requests.get(url + path, timeout=PATIENCE_S).status_code == 200
    if path in {"/livez", "/readyz", "/metrics"}:
        assert requests.get(guarded.producer_url + path, timeout=PATIENCE_S).status_code == 200
