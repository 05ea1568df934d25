"""Phones that post one location after the other, as OwnTracks does it: raw HTTP, so that the client costs little.

Each connection is a phone with a device and a person of its own. It posts the next location when the one before is
answered, at its pace, and again after a 503.
"""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final

FIRST_TIME: Final = 1_600_000_000  # seconds since 1970
FIRST_TIMES: Final = count(FIRST_TIME, 1_000_000)  # of each run
BODY: Final = '{"_type":"location","lat":%.6f,"lon":13.405,"tst":%d,"acc":12,"tid":"ph","batt":81,"conn":"m","vel":4}'
HEAD: Final = (
    "POST /phone/owntracks HTTP/1.1\r\nHost: phones.example.com\r\nAuthorization: Basic %s\r\n"
    "Content-Type: application/json\r\nX-Limit-U: phone\r\nX-Limit-D: phone\r\nContent-Length: %d\r\n\r\n%s"
)


@dataclass
class Load:
    """What all phones of a run have seen."""

    waits_s: list[float] = field(default_factory=list)  # of the posts that were taken
    refused: list[tuple[float, int]] = field(default_factory=list)  # after how long, with which status
    acknowledged: int = 0


class Phone(asyncio.Protocol):
    def __init__(  # noqa: PLR0913, PLR0917  it is what tells phones apart
        self, load: Load, secret: str, number: int, pause_s: float, stop_at: float, first_time: int
    ) -> None:
        self._load = load
        self._basic = base64.b64encode(f"phone:{secret}".encode()).decode()
        self._number = number
        self._pause_s = pause_s
        self._stop_at = stop_at
        self._first_time = first_time
        self._sent = 0
        self._began = 0.0
        self._heard = b""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what a stream's protocol is given
        self._transport = transport
        self._loop.call_later(self._pause_s * (self._number % 997) / 997, self._post)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, separator, body = self._heard.partition(b"\r\n\r\n")
        if not separator or len(body) < length_of(head):
            return
        self._heard = b""
        waited_s, status = time.perf_counter() - self._began, int(head[9:12])
        taken = status == 200  # noqa: PLR2004  HTTP's own
        if taken:
            self._load.acknowledged += 1
            self._load.waits_s.append(waited_s)
            self._sent += 1
        else:
            self._load.refused.append((waited_s, status))
        pause_s = max(0.0, self._pause_s - waited_s) if taken else 0.2
        if pause_s:
            self._loop.call_later(pause_s, self._post)
        else:
            self._post()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.done.done():
            self.done.set_result(None)

    def _post(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if time.perf_counter() >= self._stop_at:
            self._transport.close()
            return
        body = BODY % (52 + self._number * 1e-5, self._first_time + self._sent)
        self._began = time.perf_counter()
        self._transport.write((HEAD % (self._basic, len(body), body)).encode())


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def post(port: int, secrets: list[str], seconds: float, rate: float | None = None) -> Load:
    """One connection a secret, for so many seconds; `rate`: posts a second of all; None: as fast as it goes.

    No two runs post the same location: what each was told to be taken must be there in the end.
    """
    load = Load()
    first_time = next(FIRST_TIMES)
    stop_at = time.perf_counter() + seconds
    pause_s = 0.0 if rate is None else len(secrets) / rate
    phones = []
    for number, secret in enumerate(secrets):
        make = partial(Phone, load, secret, number, pause_s, stop_at, first_time)
        _, phone = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
        phones.append(phone)
    await asyncio.wait([phone.done for phone in phones], timeout=seconds + 15)
    return load


async def trickle(port: int, connections: int) -> list[asyncio.StreamWriter]:
    """Connections that send a byte a second, and never a whole request; whoever has them closes them."""
    writers = []
    for _ in range(connections):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /phone/owntracks HTTP/1.1\r\nHost: phones.example.com\r\nX-Slow: ")
        writers.append(writer)
    return writers
