"""A request and its answer, by ASGI: there granian waits until the connection takes what is sent."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final

from service_kit.rsgi.answers import Answer

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TAKEN_WITHIN_S: Final = 20.0


class Exchange:
    """One request; `status` is None until the answer has begun."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        self.address = str((scope.get("client") or ("",))[0])
        self.status: int | None = None
        self._headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        self._receive = receive
        self._send = send

    def header(self, name: str) -> str | None:
        wanted = name.encode()
        return next((value.decode("latin-1") for given, value in self._headers if given.lower() == wanted), None)

    async def begin(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        self.status = status
        encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def say(self, body: bytes) -> None:
        """Raises TimeoutError where nobody takes it."""
        async with asyncio.timeout(TAKEN_WITHIN_S):
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def gone(self) -> None:
        """Returns when the client has gone away."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def answer(self, answer: Answer) -> None:
        await self.begin(answer.status, answer.headers)
        await self._send({"type": "http.response.body", "body": answer.body, "more_body": False})
