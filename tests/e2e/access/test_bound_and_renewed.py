"""Tokens in use: bound ones, those that end in the middle, those that are renewed; and services open by mistake."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import grpc
import pytest
import requests
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from deployment.native.ports import free_address
from service_kit.access.tokens import LEEWAY_S
from tests.e2e.access.conftest import Guarded
from tests.e2e.access.running import Starter
from tests.issuer import Issuer
from tests.patience import PATIENCE_S

DAY = {"start_date": "2016-03-02", "end_date": "2016-03-02"}


def fix(person_id: int) -> location_pb2.Location:
    return location_pb2.Location(person_id=person_id, latitude=1, longitude=2)


def test_a_batch_with_another_persons_location_is_refused_as_a_whole_and_told_which(guarded: Guarded) -> None:
    stub = location_pb2_grpc.LocationServiceStub(guarded.location_grpc)
    token = guarded.issuer.token("locations:write", person_id=5)
    request = location_pb2.BatchCreateLocationsRequest(locations=[fix(5), fix(5), fix(7), fix(8)])
    with pytest.raises(grpc.RpcError) as refused:
        stub.BatchCreateLocations(request, metadata=(("authorization", f"Bearer {token}"),))
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert str(refused.value.details()).startswith("locations[2] is of person 7; the token is bound to person 5")


def test_a_stream_ends_when_its_token_does(guarded: Guarded) -> None:
    stub = location_pb2_grpc.LocationServiceStub(guarded.location_grpc)

    def reports() -> Iterator[location_pb2.StreamLocationsRequest]:
        while True:
            yield location_pb2.StreamLocationsRequest(locations=[fix(1)])
            time.sleep(0.2)  # a phone that reports

    def receipts_of_a_stream_that_began() -> Any:
        """With a token that soon ends; with a longer one where that is over before the stream has begun."""
        for left_s in (2, 4, 8, 16, 32):
            token = guarded.issuer.token("locations:write", expires_in_s=left_s - LEEWAY_S)
            receipts = stub.StreamLocations(
                reports(), metadata=(("authorization", f"Bearer {token}"),), timeout=PATIENCE_S
            )
            with suppress(grpc.RpcError):
                next(receipts)
                return receipts
        pytest.fail("no stream begins within half a minute")

    receipts = receipts_of_a_stream_that_began()
    with pytest.raises(grpc.RpcError) as refused:
        list(receipts)
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert "connect again with a new one" in str(refused.value.details())


def test_two_tokens_are_none(guarded: Guarded) -> None:
    stub = location_pb2_grpc.LocationServiceStub(guarded.location_grpc)
    header = ("authorization", f"Bearer {guarded.issuer.token('admin')}")
    with pytest.raises(grpc.RpcError) as refused:
        stub.CreateLocation(location_pb2.CreateLocationRequest(location=fix(1)), metadata=(header, header))
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_a_token_of_the_service_itself_that_is_renewed_is_used_at_once(guarded: Guarded) -> None:
    def ask() -> int:
        url = f"{guarded.connection_url}/api/persons/{guarded.new_person()}/encounters"  # who is known is not asked for
        headers = guarded.bearer(guarded.issuer.token("meetings:read"))
        return requests.get(url, params=DAY, headers=headers, timeout=PATIENCE_S).status_code

    good = guarded.token_file.read_text()
    try:
        assert ask() == 200
        guarded.token_file.write_text(guarded.issuer.token("people:read", expires_in_s=-3600))
        assert ask() == 503  # not the caller's fault
        guarded.token_file.write_text("")
        assert ask() == 503
    finally:
        guarded.token_file.write_text(good)
    assert ask() == 200


def test_above_the_rate_rest_and_grpc_say_when_to_come_again_and_a_stream_is_slowed_down(
    guarded: Guarded, starting: Starter, poll_until: Any
) -> None:
    location, metrics, rest, rest_grpc = (free_address() for _ in range(4))
    limit = {**guarded.settings, "RATE_LIMIT": "0.5", "RATE_LIMIT_BURST": "3"}
    services = [
        starting.location_producer(location, metrics, **limit),
        starting.person_service(rest, rest_grpc, **limit),
    ]
    for service in services:
        poll_until(service.serves)
    headers = guarded.bearer(guarded.issuer.token("admin", sub="eager"))

    def told_to_wait() -> str | None:
        answer = requests.get(f"http://{rest}/api/persons?limit=1", headers=headers, timeout=PATIENCE_S)
        return answer.headers["Retry-After"] if answer.status_code == 429 else None

    assert int(poll_until(told_to_wait, interval_s=0)) >= 1

    with grpc.insecure_channel(location) as channel:
        stub = location_pb2_grpc.LocationServiceStub(channel)

        def metadata(subject: str) -> Any:
            return (("authorization", f"Bearer {guarded.issuer.token('admin', sub=subject)}"),)

        def too_many_calls() -> None:
            eager = metadata("eager")
            for _ in range(100):
                stub.CreateLocation(location_pb2.CreateLocationRequest(location=fix(1)), metadata=eager)

        with pytest.raises(grpc.RpcError) as refused:
            too_many_calls()
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "google.rpc.RetryInfo" in str(refused.value.trailing_metadata())

        began = time.monotonic()
        batches = [location_pb2.StreamLocationsRequest(locations=[fix(1)] * 100)] * 5
        receipts = list(stub.StreamLocations(iter(batches), metadata=metadata("steady")))
        assert sum(receipt.accepted_count for receipt in receipts) == 500
        assert time.monotonic() - began >= 3.9  # three batches at once, then one every other second


@pytest.mark.parametrize("service", ["location_producer", "person_service", "connection_service"])
def test_a_service_that_would_be_open_to_others_by_mistake_refuses_to_start(
    addresses: Mapping[str, str], service: str
) -> None:
    setting = "GRPC_BIND" if service == "location_producer" else "REST_BIND"
    environment = {
        "PATH": "/usr/bin",
        "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
        "DATABASE_URL": addresses["PERSON_SERVICE_DATABASE_URL"],
        "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
        setting: "0.0.0.0:0",
    }
    command = [sys.executable, "-m", service]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode != 0
    assert f"{setting}=0.0.0.0:0 can be reached from elsewhere" in ended.stderr
    assert "Set AUTH_JWKS" in ended.stderr
    assert "ALLOW_UNAUTHENTICATED=true" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_client_shows_its_token(guarded: Guarded, tmp_path: Any) -> None:
    """`udaconnect push`, with the token in a file, without, and with one that is too little."""
    file = tmp_path / "day.csv"
    file.write_text("person_id,creation_time,latitude,longitude\n1,2016-03-02T09:00:00Z,1,2\n")
    good, wrong = tmp_path / "good", tmp_path / "wrong"
    good.write_text(guarded.issuer.token("locations:write"))
    wrong.write_text(Issuer().token("locations:write"))
    target = guarded.settings["LOCATION_GRPC"]

    def push(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "udaconnect_client", "push", str(file), "--location-grpc", target, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    assert push("--token-file", str(good)).returncode == 0
    assert "UNAUTHENTICATED: a bearer token is needed" in push().stderr
    assert push("--token-file", str(wrong)).returncode == 2
    assert "the token cannot be read" in push("--token-file", str(tmp_path / "none")).stderr
