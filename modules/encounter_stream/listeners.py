"""Who listens, and what waits for each of them; nobody's slowness is anybody else's."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from udaconnect.connection.v1.encounter_pb2 import EncounterEvent

from encounter_stream.ending import SLOW, Ended
from service_kit.errors import DependencyDown, TooManyCalls

WAITING_MAX: Final = 200
ANOTHER_FIRST_S: Final = 10.0


class FullError(DependencyDown):
    """As many listen as may."""


class Listener:
    """One connection. It is ended from outside by `end`."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id
        self.ended_because: str | None = None
        self._waiting: asyncio.Queue[EncounterEvent | None] = asyncio.Queue()
        self._task = asyncio.current_task()

    def tell(self, event: EncounterEvent) -> None:
        if self._waiting.qsize() < WAITING_MAX:
            self._waiting.put_nowait(event)
        elif self.ended_because is None:
            self.ended_because = SLOW
            if self._task is not None:
                self._task.cancel()  # it waits for the connection to take something

    def end(self, because: str) -> None:
        """What waits is told before."""
        self.ended_because = self.ended_because or because
        self._waiting.put_nowait(None)

    def check(self) -> None:
        """Raises Ended."""
        if self.ended_because:
            raise Ended(self.ended_because)

    async def next(self, within_s: float) -> list[EncounterEvent]:
        """What waits, as soon as there is something; nothing: the time is over, or it has ended."""
        try:
            async with asyncio.timeout(within_s):
                found = [await self._waiting.get()]
        except TimeoutError:
            return []
        while not self._waiting.empty():
            found.append(self._waiting.get_nowait())
        return [event for event in found if event is not None]


class Listeners:
    """Belongs to the event loop's thread."""

    def __init__(self, most: int, per_caller: int) -> None:
        self._most = most
        self._per_caller = per_caller
        self._of: defaultdict[int, set[Listener]] = defaultdict(set)
        self._callers: Counter[str] = Counter()
        self._nobody = asyncio.Event()
        self._nobody.set()

    def __len__(self) -> int:
        return self._callers.total()

    @contextmanager
    def listening(self, person_id: int, whose: str) -> Iterator[Listener]:
        """Raises TooManyCalls where the caller has as many as he may, FullError where all have."""
        if self._callers[whose] >= self._per_caller:
            raise TooManyCalls(ANOTHER_FIRST_S)
        if len(self) >= self._most:
            raise FullError("the stream, which has as many listeners as it may have,")
        listener = Listener(person_id)
        self._nobody.clear()
        self._of[person_id].add(listener)
        self._callers[whose] += 1
        try:
            yield listener
        finally:
            self._of[person_id].discard(listener)
            if not self._of[person_id]:
                del self._of[person_id]
            self._callers[whose] -= 1
            if not self._callers[whose]:
                del self._callers[whose]
            if not self._callers:
                self._nobody.set()

    def tell(self, event: EncounterEvent) -> None:
        for listener in self._of.get(event.person_id, ()):
            listener.tell(event)

    async def end_all(self, because: str) -> None:
        """Returns when they are gone."""
        for of_person in self._of.values():
            for listener in of_person:
                listener.end(because)
        await self._nobody.wait()
