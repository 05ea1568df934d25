"""Callers take turns: whoever sends much at once waits for himself, and nobody else for more than one of his batches.

To validate and split a large batch keeps the event loop for milliseconds. gRPC hands calls over in the order in which
they came, so that one caller's hundred calls would stand before another's next one.
"""

import asyncio
from collections import OrderedDict, deque


class Turns:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._scheduled = False

    async def mine(self, caller: str) -> None:
        """Return when it is the caller's turn, which ends with the next `await`."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        self._schedule()
        await turn

    def _schedule(self) -> None:
        if self._waiting and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        """One turn for each round of the loop: what has come meanwhile is read before the next one."""
        self._scheduled = False
        while self._waiting:
            caller, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[caller] = turns  # behind all the others
            if not turn.done():  # the client may have gone away
                turn.set_result(None)
                break
        self._schedule()
