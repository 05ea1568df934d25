"""The service as it is started: `python -m person_service`, two workers, ended by SIGTERM."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
import requests
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from udaconnect.person.v1 import person_pb2
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from deployment.native.ports import free_address
from deployment.native.schema import Database
from deployment.native.services import answers_http
from tests.integration.programs import program
from tests.patience import PATIENCE_S

MODULES = Path(__file__).parents[3] / "modules"


@dataclass
class Service:
    process: "subprocess.Popen[bytes]"
    rest: str
    grpc: str
    log: Path


@pytest.fixture
def service(database: Database, tmp_path: Path, poll_until: Callable[..., object]) -> Iterator[Service]:
    rest, grpc_bind, log = free_address(), free_address(), tmp_path / "log"
    environment = {
        "DATABASE_URL": database.person_service,
        "REST_BIND": rest,
        "GRPC_BIND": grpc_bind,
        "WEB_CONCURRENCY": "2",
        "LOG_FORMAT": "json",
    }
    with log.open("wb") as output, program("person_service", output, **environment) as process:
        poll_until(lambda: answers_http(f"http://{rest}/readyz"))
        yield Service(process, f"http://{rest}", grpc_bind, log)
    sys.stdout.write(log.read_text())  # shown where a test fails


def test_rest_and_grpc_are_served_until_sigterm(service: Service) -> None:
    person = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Engines"}
    added = requests.post(f"{service.rest}/api/persons", json=person, timeout=PATIENCE_S)
    with grpc.insecure_channel(service.grpc) as channel:
        found = PersonServiceStub(channel).GetPerson(person_pb2.GetPersonRequest(id=added.json()["id"]))
        reflected = ProtoReflectionDescriptorDatabase(channel).get_services()

    assert added.status_code == 201
    assert found.person.first_name == "Ada"
    assert "udaconnect.person.v1.PersonService" in reflected
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE_S) == 0


POST = (
    b"POST /api/persons HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def exchange(address: str, request: bytes) -> bytes:
    """Send bytes as they are, and read the answer to its end."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_what_is_no_http_request_is_answered_by_a_problem_too(service: Service) -> None:
    for request, status in (
        (b"Lovelace\r\n\r\n", b"400"),
        (b"GET /api/persons?q=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", b"431"),
        (POST + b"Lovelace\r\n{}\r\n0\r\n\r\n", b"400"),
    ):
        answer = exchange(service.rest, request)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"Content-Type: application/problem+json\r\n" in answer

    assert "Lovelace" not in service.log.read_text()


def test_the_log_holds_paths_but_neither_names_nor_secrets(service: Service, database: Database) -> None:
    requests.get(f"{service.rest}/api/persons?q=Lovelace", timeout=PATIENCE_S)
    requests.post(f"{service.rest}/api/persons", json={"first_name": "Lovelace"}, timeout=PATIENCE_S)
    service.process.send_signal(signal.SIGTERM)
    service.process.wait(PATIENCE_S)

    log = service.log.read_text()
    assert '"path": "/api/persons"' in log
    assert "Lovelace" not in log
    assert f":{database.passwords['person_service']}@" not in log
    assert "/readyz" not in log
    assert all(line.startswith("{") for line in log.splitlines())


def test_a_missing_variable_ends_the_process_with_its_name() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "person_service"],
        env=environment,
        cwd=MODULES,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE_S,
    )

    assert ended.returncode != 0
    assert "DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
