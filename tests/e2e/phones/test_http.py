"""HTTP at the gateway's edge: what no app sends is told so, and slow connections starve nobody."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.e2e.phones.apps import Fix
from tests.e2e.phones.conftest import NewPhone
from tests.patience import PATIENCE_S

SLOW = 500


def test_a_body_in_chunks_is_read(system: Any, new_phone: NewPhone) -> None:
    phone = new_phone("overland")
    [request] = phone.made([Fix(system.fresh_week() + timedelta(hours=12), 52.52, 13.405)])

    def in_parts() -> Iterator[bytes]:
        whole = request.data.encode()
        yield whole[:20]
        yield whole[20:]

    answer = requests.post(request.url, data=in_parts(), headers=request.headers, timeout=PATIENCE_S)
    assert answer.json() == {"result": "ok"}
    system.wait_until_consumed()
    assert system.query("SELECT count(*) FROM location WHERE person_id = %s", phone.device["person_id"]) == [(1,)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/phone/", 404),
        ("POST", "/phone/telegraph", 404),
        ("POST", "/phone/osmand/a/b", 404),
        ("GET", "/phone/owntracks", 405),
        ("DELETE", "/phone/osmand", 405),
    ],
)
def test_what_no_app_asks_is_told_so(addresses: Mapping[str, str], method: str, path: str, status: int) -> None:
    answer = requests.request(method, addresses["PHONE_URL"] + path, timeout=PATIENCE_S)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_a_body_that_no_app_sends_is_too_large(new_phone: NewPhone) -> None:
    phone = new_phone("overland")
    [request] = phone.made([])
    answer = requests.post(request.url, data=b"x" * (2 * 1024 * 1024 + 1), headers=request.headers, timeout=PATIENCE_S)
    assert answer.status_code == 413


def test_slow_connections_starve_nobody(system: Any, new_phone: NewPhone, addresses: Mapping[str, str]) -> None:
    """Half of them never end their headers, half never end their bodies."""
    parts = urlsplit(addresses["PHONE_URL"])
    phone, noon = new_phone("owntracks"), system.fresh_week() + timedelta(hours=12)
    with ExitStack() as slow:
        for number in range(SLOW):
            one = slow.enter_context(socket.create_connection((str(parts.hostname), parts.port), timeout=PATIENCE_S))
            head = b"POST /phone/owntracks HTTP/1.1\r\nHost: x\r\n"
            one.sendall(head + (b"Content-Length: 1000\r\n\r\n{" if number % 2 else b"X-Slow: "))
        for minute in range(5):
            [answer] = phone.send(Fix(noon + timedelta(minutes=minute), 52.52, 13.405))
            assert phone.is_taken(answer)
