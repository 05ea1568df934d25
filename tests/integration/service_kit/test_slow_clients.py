"""Clients that take their time, on purpose or not, do not keep the REST services from the others."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from deployment.native.ports import free_address
from tests.conftest import PollUntil
from tests.integration.connections import connections
from tests.patience import PATIENCE_S

NO_DATABASE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"
HEAD = b"GET /livez HTTP/1.1\r\nHost: here\r\n"
POST = b"POST /api/persons HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
MEMORY_MB = 400  # of all workers together


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    target: str

    def answers(self) -> bool:
        try:
            return requests.get(f"http://{self.target}/livez", timeout=PATIENCE_S).ok
        except requests.RequestException:
            return False

    def memory_mb(self) -> float:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in children)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


PROGRAM = """
import runpy
from service_kit.rest import worker
worker.REQUEST_WITHIN_S = {}
runpy.run_module("{}", run_name="__main__")
"""


@pytest.fixture(scope="module", params=["person_service", "connection_service"])
def service(request: pytest.FixtureRequest, poll_until: PollUntil) -> Iterator[Service]:
    """One for most tests, that never ends a slow request: whoever is answered has not waited for that."""
    with running(request.param, 1_000_000, poll_until) as service:
        yield service


@pytest.fixture(params=["person_service", "connection_service"])
def hasty(request: pytest.FixtureRequest, poll_until: PollUntil) -> Iterator[Service]:
    """One that gives a request a second."""
    with running(request.param, 1, poll_until) as service:
        yield service


@contextmanager
def running(module: str, request_within_s: float, poll_until: PollUntil) -> Iterator[Service]:
    """A service without a database, because what is asked here needs none."""
    target = free_address()
    environment = os.environ | {
        "REST_BIND": target,
        "GRPC_BIND": free_address(),
        "DATABASE_URL": NO_DATABASE,
        "PERSON_SERVICE_TARGET": "127.0.0.1:1",
        "LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM.format(request_within_s, module)], env=environment)
    service = Service(process, target)
    try:
        poll_until(service.answers)
        yield service
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("hello", "more"),
    [
        (b"", b""),
        (b"G", b"x"),
        (HEAD, b"X-More: 1\r\n"),
        (POST + b"Content-Length: 1000\r\n\r\n{", b" "),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n"),
        (POST + b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n", b" "),
        (HEAD + b"\r\n" + HEAD, b"X-More: 1\r\n"),
        (b"no request\r\n\r\n", b""),
    ],
    ids=["silent", "line", "head", "body", "chunks", "expect", "second request", "nonsense"],
)
def test_slow_clients_keep_nobody_from_an_answer(service: Service, hello: bytes, more: bytes) -> None:
    with connections(service.target, 300, hello) as slow:
        for _ in range(5):
            assert service.answers()
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(more)


def test_ten_thousand_idle_connections_keep_nobody_from_an_answer(service: Service) -> None:
    with connections(service.target, 10_000, b""):
        assert service.answers()
        assert service.memory_mb() < MEMORY_MB


def test_a_slow_request_is_ended(hasty: Service) -> None:
    with connections(hasty.target, 1, HEAD) as [slow]:
        slow.settimeout(PATIENCE_S)
        assert slow.recv(1) == b""


def test_a_body_of_100_mb_is_refused_at_its_head(service: Service) -> None:
    with connections(service.target, 1, POST + b"Content-Length: 100000000\r\n\r\n") as [large]:

        def upload() -> None:
            with suppress(OSError):
                for _ in range(1000):
                    large.sendall(bytes(100_000))

        uploading = threading.Thread(target=upload)
        uploading.start()
        answer = large.recv(100)
        uploading.join()
    assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 404 "))  # connection_service has nothing at that path
    assert service.memory_mb() < MEMORY_MB


def test_a_head_without_an_end_is_refused(service: Service) -> None:
    with connections(service.target, 1, HEAD + b"X: " + b"x" * 40_000) as [endless]:
        assert endless.recv(100).startswith(b"HTTP/1.1 431 ")


def test_unfinished_requests_share_a_bounded_memory(service: Service) -> None:
    half = POST + b"Content-Length: 60000\r\n\r\n" + b" " * 50_000
    with connections(service.target, 4_000, half):
        assert service.answers()
        assert service.memory_mb() < MEMORY_MB


def test_requests_that_come_byte_by_byte_or_many_at_once_are_answered(service: Service, poll_until: PollUntil) -> None:
    request = HEAD + b"\r\n"
    answers: list[Callable[[], bytes]] = []
    with connections(service.target, 2, b"") as [bytewise, at_once]:
        for byte in request:
            bytewise.sendall(bytes([byte]))
        at_once.sendall(request * 3)
        answers += [bytewise.makefile("rb").readline, at_once.makefile("rb").read1]
        assert b" 200 " in answers[0]()
        received = b""

        def all_three() -> bool:
            nonlocal received
            received += answers[1]()
            return received.count(b"HTTP/1.1 200") == 3

        poll_until(all_three)
