"""When each device was heard of last, told to person_service every few seconds: one call for all posts.

It is told for people to look at; nothing is lost with it when a gateway is killed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Final

from service_kit.errors import DependencyDown

EVERY_S: Final = 5.0
TOGETHER: Final = 10_000
MOST: Final = 100_000

Seen = dict[int, tuple[int, float | None]]
"""Device → when (microseconds since 1970), and the accuracy that it reported, metres."""


class Sightings:
    def __init__(self, report: Callable[[Seen], Awaitable[None]]) -> None:
        self._report = report
        self._seen: Seen = {}

    def note(self, device_id: int, now_us: int, accuracy_m: float | None) -> None:
        if len(self._seen) < MOST or device_id in self._seen:
            self._seen[device_id] = now_us, accuracy_m

    async def follow(self) -> None:
        """Tell of them, for ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.tell()

    async def tell(self) -> None:
        """Tell what there is to tell; what could not be told is kept for the next time, unless there is later news."""
        while self._seen:
            telling = dict(islice(self._seen.items(), TOGETHER))
            for device_id in telling:
                del self._seen[device_id]
            try:
                await self._report(telling)
            except DependencyDown:
                self._seen = telling | self._seen
                return
