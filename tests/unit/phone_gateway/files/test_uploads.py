"""An upload is answered to its end, whatever becomes of the process that reads the file."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # named there for others to import

from phone_gateway.files import uploads
from phone_gateway.files.order import Order, State
from phone_gateway.files.uploads import INTERRUPTED, Uploads
from phone_gateway.metrics import Metrics
from phone_gateway.settings import read
from service_kit.access.rules import Gate
from service_kit.settings import read_settings

FILE = b"time,latitude,longitude\n"
MOST_LINES = 100  # whoever says more will say it for ever


class Client:
    """As much of granian's protocol, and of its stream, as is used: somebody who sends a file and hears all."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield FILE

    async def client_disconnect(self) -> None:
        await asyncio.Event().wait()

    def response_stream(self, _status: HTTPStatus, _headers: Sequence[tuple[str, str]]) -> "Client":
        return self

    async def send_bytes(self, line: bytes) -> None:
        self.said.append(line)
        if len(self.said) > MOST_LINES:
            raise ProtocolClosed


async def begins_nothing(_order: Order) -> AsyncIterator[State]:
    raise BlockingIOError("no more processes")
    yield


async def ends_in_the_middle_of_a_line(_order: Order) -> AsyncIterator[State]:
    yield orjson.loads(b'{"stage": "rea')


@pytest.mark.parametrize("reading", [begins_nothing, ends_in_the_middle_of_a_line])
def test_a_process_that_cannot_be_heard_ends_the_answer(
    monkeypatch: pytest.MonkeyPatch, reading: Callable[[Order], AsyncIterator[State]]
) -> None:
    monkeypatch.setattr(uploads, "read_in_process", reading)
    monkeypatch.setattr(uploads, "SAY_EVERY_S", 0.001)
    monkeypatch.setenv("LOCATION_PRODUCER_TARGET", "127.0.0.1:1")
    monkeypatch.setenv("PERSON_SERVICE_TARGET", "127.0.0.1:1")
    client: Any = Client()
    scope: Any = SimpleNamespace(
        method="POST",
        query_string="name=t.csv",
        client="127.0.0.1:1",
        headers={"content-length": str(len(FILE)), "content-type": "application/octet-stream"},
    )

    async def upload() -> int:
        taking = Uploads(Gate(), read_settings(read), Metrics())
        await taking.take(1, scope, client)
        return taking.under_way()

    assert asyncio.run(upload()) == 0
    last = orjson.loads(client.said[-1])
    assert (last["stage"], last.get("failure")) == ("done", INTERRUPTED)
