"""TLS and mTLS on gRPC with real certificates: who is let in, and who is found out."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from deployment.native.ports import free_address
from tests import tls
from tests.certificates import Authority, Pair
from tests.e2e.access.running import Starter
from tests.patience import PATIENCE_S
from tests.tls import trusting

DAY = {"start_date": "2016-03-02", "end_date": "2016-03-02"}


@dataclass
class Encrypted:
    ours: Authority
    theirs: Authority
    """Whom nobody trusts."""

    client: Pair
    server: Pair
    location_grpc: str
    person_grpc: str
    person_url: str


@pytest.fixture(scope="module")
def encrypted(starting: Starter, tmp_path_factory: pytest.TempPathFactory, poll_until: Any) -> Iterator[Encrypted]:
    """A location_producer with TLS, a person_service with mTLS."""
    folder = tmp_path_factory.mktemp("certificates")
    ours, theirs = Authority(folder / "ours"), Authority(folder / "theirs", "Somebody else")
    server, client = ours.issue("server"), ours.issue("client")
    tls = {"GRPC_TLS_CERT": str(server.cert), "GRPC_TLS_KEY": str(server.key)}
    location, metrics, person, person_grpc = (free_address() for _ in range(4))
    services = [
        starting.location_producer(location, metrics, **tls),
        starting.person_service(person, person_grpc, GRPC_TLS_CLIENT_CA=str(ours.ca), **tls),
    ]
    for service in services:
        poll_until(service.serves)
    yield Encrypted(ours, theirs, client, server, location, person_grpc, f"http://{person}")
    for service in services:
        service.stop()


def answers(target: str, credentials: grpc.ChannelCredentials | None) -> bool:
    return tls.answers(
        grpc.insecure_channel(target) if credentials is None else grpc.secure_channel(target, credentials)
    )


def test_a_server_is_recognised_by_its_certificate(encrypted: Encrypted) -> None:
    assert answers(encrypted.location_grpc, trusting(encrypted.ours))
    assert not answers(encrypted.location_grpc, trusting(encrypted.theirs))
    assert not answers(encrypted.location_grpc, None)


def test_with_a_ca_for_clients_nobody_is_served_without_a_certificate_of_it(encrypted: Encrypted) -> None:
    assert answers(encrypted.person_grpc, trusting(encrypted.ours, encrypted.client))
    assert not answers(encrypted.person_grpc, trusting(encrypted.ours))
    assert not answers(encrypted.person_grpc, trusting(encrypted.ours, encrypted.theirs.issue("intruder")))
    assert not answers(encrypted.person_grpc, None)


def test_a_certificate_for_another_host_is_refused(
    encrypted: Encrypted, starting: Starter, tmp_path: Path, poll_until: Any
) -> None:
    other = Authority(tmp_path)
    pair = other.issue("server", "elsewhere.test")
    location, metrics = free_address(), free_address()
    service = starting.location_producer(location, metrics, GRPC_TLS_CERT=str(pair.cert), GRPC_TLS_KEY=str(pair.key))
    poll_until(service.serves)
    assert not answers(location, trusting(other))
    # Renewed: no restart, and connections from now on see the new one.
    renewed = encrypted.ours.issue("renewed")
    shutil.copyfile(renewed.key, pair.key)
    shutil.copyfile(renewed.cert, pair.cert)
    poll_until(lambda: answers(location, trusting(encrypted.ours)))
    service.stop()


def test_connection_service_and_person_service_recognise_each_other(
    encrypted: Encrypted, starting: Starter, poll_until: Any
) -> None:
    body = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
    person = requests.post(f"{encrypted.person_url}/api/persons", json=body, timeout=PATIENCE_S).json()

    def status(ca: Path, pair: Pair | None) -> int:
        rest = free_address()
        settings = {"PERSON_SERVICE_TLS_CA": str(ca)}
        if pair:
            settings |= {"PERSON_SERVICE_TLS_CERT": str(pair.cert), "PERSON_SERVICE_TLS_KEY": str(pair.key)}
        service = starting.connection_service(rest, encrypted.person_grpc, **settings)
        poll_until(service.serves)
        answer = requests.get(f"http://{rest}/api/persons/{person['id']}/encounters", params=DAY, timeout=PATIENCE_S)
        service.stop()
        return answer.status_code

    assert status(encrypted.ours.ca, encrypted.client) == 200
    assert status(encrypted.ours.ca, None) == 503
    assert status(encrypted.theirs.ca, encrypted.client) == 503


def test_the_client_speaks_tls(encrypted: Encrypted, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("person_id,creation_time,latitude,longitude\n1,2016-03-02T09:00:00Z,1,2\n")

    def push(*arguments: str) -> int:
        command = [sys.executable, "-m", "udaconnect_client", "push", str(file), "--location-grpc"]
        return subprocess.run(
            [*command, encrypted.location_grpc, *arguments], timeout=PATIENCE_S, check=False
        ).returncode

    assert push("--ca", str(encrypted.ours.ca)) == 0
    assert push("--ca", str(encrypted.theirs.ca)) == 2
    assert push() == 2


def test_locations_are_taken_over_tls(encrypted: Encrypted) -> None:
    with grpc.secure_channel(encrypted.location_grpc, trusting(encrypted.ours)) as channel:
        fix = location_pb2.Location(person_id=1, latitude=1, longitude=2)
        request = location_pb2.BatchCreateLocationsRequest(locations=[fix])
        receipt = location_pb2_grpc.LocationServiceStub(channel).BatchCreateLocations(request, timeout=PATIENCE_S)
    assert receipt.accepted_count == 1


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"GRPC_TLS_CERT": "/no/such/file", "GRPC_TLS_KEY": "/no/such/file"}, "/no/such/file cannot be read"),
        ({"GRPC_TLS_CERT": "/dev/null"}, "GRPC_TLS_CERT and GRPC_TLS_KEY belong together"),
        ({"GRPC_TLS_CLIENT_CA": "/dev/null"}, "GRPC_TLS_CLIENT_CA asks clients for certificates"),
    ],
)
def test_what_does_not_fit_together_is_told_at_the_start(settings: dict[str, str], named: str) -> None:
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", **settings}
    command = [sys.executable, "-m", "location_producer"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode != 0
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr
