"""Locations of many phones share calls to location_producer: a call costs as much as hundreds of locations.

The first one waits some milliseconds for others, and a moment longer while a call is under way: the more there is to
do, the more of them share one. What waits is bounded; so is for how long.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from udaconnect.location.v1.location_pb2 import Location, Rejection

from phone_gateway.peers import TooBusyError

CALL_MAX_LOCATIONS: Final = 2_000
HELD_S: Final = 0.1
"""How long a call waits at most for the one that is under way: it may be one that is not answered."""

Rejections = dict[int, Rejection]
"""Position of a location among those handed in together → why it was not accepted."""

Send = Callable[[list[Location]], Awaitable[Sequence[Rejection]]]
"""Returns when Kafka has acknowledged all but those; raises what the phones' requests are to raise."""


@dataclass(eq=False)
class Waiting:
    locations: list[Location] = field(default_factory=list)
    parts: list[tuple[int, asyncio.Future[Rejections]]] = field(default_factory=list)
    """Where the locations of one request begin, and who waits for them."""


class Gathering:
    """Belongs to the event loop's thread."""

    def __init__(self, send: Send, *, wait_s: float, most: int) -> None:
        self._send = send
        self._wait_s = wait_s
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._next = Waiting()
        self._sending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
        self.waiting = 0
        """Locations that have been handed in and not been answered."""

    def add(self, locations: Sequence[Location]) -> asyncio.Future[Rejections]:
        """The future is done when all of them are. Raises TooBusyError at once where too much waits already."""
        if self.waiting + len(locations) > self._most and self.waiting:
            raise TooBusyError("location_producer")
        if self._next.locations and len(self._next.locations) + len(locations) > CALL_MAX_LOCATIONS:
            self._leave()
        answered: asyncio.Future[Rejections] = self._loop.create_future()
        self.waiting += len(locations)
        self._next.parts.append((len(self._next.locations), answered))
        self._next.locations.extend(locations)
        if len(self._next.locations) >= CALL_MAX_LOCATIONS:
            self._leave()
        elif self._timer is None:
            self._timer = self._loop.call_later(self._wait_s, self._leave_or_hold)
        return answered

    def _leave_or_hold(self) -> None:
        if self._sending:
            self._held = True
            self._timer = self._loop.call_later(HELD_S, self._leave)
        else:
            self._leave()

    def _leave(self) -> None:
        self._held = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        leaving, self._next = self._next, Waiting()
        task = self._loop.create_task(self._answer(leaving))
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if self._held:
            self._leave()

    async def _answer(self, leaving: Waiting) -> None:
        try:
            rejections = await self._send(leaving.locations)
        except Exception as error:  # noqa: BLE001  whatever it is, each of the requests raises it
            for _, answered in leaving.parts:
                if not answered.done():
                    answered.set_exception(error)
        else:
            share_out(rejections, leaving.parts)
        finally:
            self.waiting -= len(leaving.locations)


def share_out(rejections: Sequence[Rejection], parts: Sequence[tuple[int, asyncio.Future[Rejections]]]) -> None:
    """Tell each request of its own. Both are in the order of the locations."""
    left = list(reversed(rejections))
    for begin, answered in reversed(parts):
        own: Rejections = {}
        while left and left[0].index >= begin:
            rejection = left.pop(0)
            own[rejection.index - begin] = rejection
        if not answered.done():  # the phone may have gone away
            answered.set_result(own)
