"""HTTP at its edge: a request is read within bounds of size and time, and every outcome has one answer.

What the answers mean to an app: 2xx, forget it; anything else, keep it and send it again.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import structlog
from granian.rsgi import (  # type: ignore[attr-defined]  # named there for others to import
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
)

from phone_gateway.apps.request import CannotReadError, PhoneRequest
from phone_gateway.files.rules import person_of
from phone_gateway.files.uploads import Uploads
from phone_gateway.metrics import Metrics
from phone_gateway.peers import TooBusyError
from phone_gateway.routes import App, app_of
from phone_gateway.settings import BODY_MAX_BYTES
from phone_gateway.taking import Taking
from service_kit.errors import DependencyDown, DomainError, NotAuthenticated
from service_kit.rest.documents import access_headers
from service_kit.rsgi.answers import MANNERS, Answer, answer_of, problem_answer, send
from service_kit.rsgi.unacceptable import UnacceptableError

log = structlog.get_logger()

BODY_WITHIN_S: Final = 10.0
COME_AGAIN_S: Final = 3
HEARD_OUT_S: Final = 10.0
HEARD_OUT_MAX_BYTES: Final = 64 << 20


class Http:
    """The RSGI application."""

    def __init__(self, taking: Taking, uploads: Uploads, metrics: Metrics, reading_max_bytes: int) -> None:
        self._taking = taking
        self._uploads = uploads
        self._metrics = metrics
        self._reading_max_bytes = reading_max_bytes
        self._reading_bytes = 0

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        began = time.perf_counter()
        if (person_id := person_of(scope.path)) is not None:
            await self._upload(person_id, scope, protocol)
            return
        found = app_of(scope.path)
        try:
            answer = NOBODYS if found is None else await self._take(*found, scope, protocol)
        except Exception as error:  # noqa: BLE001  this is the edge: nothing passes it but an answer
            answer = phones_answer(error)
        send(answer, protocol)
        if found is not None:
            self._metrics.answered(found[0].name, answer.status, time.perf_counter() - began)

    async def _upload(self, person_id: int, scope: Scope, protocol: HTTPProtocol) -> None:
        """It answers for itself, unless it refuses."""
        try:
            await self._uploads.take(person_id, scope, protocol)
        except Exception as error:  # noqa: BLE001  likewise
            answer = answer_of(error, access_headers)
            await hear_out(protocol)
            send(answer, protocol)
            self._metrics.file_refused(answer.status)

    async def _take(self, app: App, in_path: str, scope: Scope, protocol: HTTPProtocol) -> Answer:
        if scope.method not in app.methods:
            allowed = ", ".join(sorted(app.methods))
            raise UnacceptableError(HTTPStatus.METHOD_NOT_ALLOWED, f"{app.name} sends by {allowed}", ("allow", allowed))
        get = scope.headers.get
        body = await self._body(scope, protocol)
        now_us = time.time_ns() // 1000
        request = PhoneRequest(scope.query_string, body, get("content-type") or "", now_us)
        await self._taking.take(app, in_path, get("authorization"), request)
        return Answer(HTTPStatus.OK, [("content-type", app.answer_type), *MANNERS], app.answer)

    async def _body(self, scope: Scope, protocol: HTTPProtocol) -> bytes:
        """Raises UnacceptableError, or TooBusyError where too many bytes are being read already."""
        length = scope.headers.get("content-length")
        if length is None and scope.headers.get("transfer-encoding") is None and scope.http_version != "2":
            return b""
        announced = int(length) if length and length.isascii() and length.isdecimal() else BODY_MAX_BYTES
        if announced > BODY_MAX_BYTES:
            raise UnacceptableError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {BODY_MAX_BYTES:,} bytes at once")
        if self._reading_bytes + announced > self._reading_max_bytes:
            raise TooBusyError("the gateway")
        self._reading_bytes += announced
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                if length is not None:
                    return await protocol()
                return await chunks(protocol)
        except TimeoutError as error:
            raise UnacceptableError(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the body did not come within {BODY_WITHIN_S:.0f} s",
                ("connection", "close"),
            ) from error
        except (ProtocolError, ProtocolClosed) as error:
            raise UnacceptableError(
                HTTPStatus.BAD_REQUEST, "the body must come whole, as it says how long it is", ("connection", "close")
            ) from error
        finally:
            self._reading_bytes -= announced


async def chunks(protocol: HTTPProtocol) -> bytes:
    """A body whose length nobody said. Raises UnacceptableError."""
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            raise UnacceptableError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {BODY_MAX_BYTES:,} bytes at once")
    return bytes(body)


async def hear_out(protocol: HTTPProtocol) -> None:
    """Read on for a while: a browser that is still sending would hear of a broken connection, not of the answer."""
    heard = 0
    with suppress(TimeoutError, ProtocolError, ProtocolClosed):
        async with asyncio.timeout(HEARD_OUT_S):
            async for chunk in protocol:
                heard += len(chunk)
                if heard > HEARD_OUT_MAX_BYTES:
                    return


def phones_answer(error: Exception) -> Answer:
    if isinstance(error, CannotReadError):
        return problem_answer(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    return answer_of(error, headers_of)


def headers_of(error: DomainError) -> Mapping[str, str]:
    """For phones: they show their secret otherwise than by a token, and are many when they come again."""
    match error:
        case NotAuthenticated():
            return {"www-authenticate": 'Basic realm="phones"'}
        case DependencyDown():
            return {"retry-after": str(COME_AGAIN_S)}
    return access_headers(error)


NOBODYS: Final = problem_answer(HTTPStatus.NOT_FOUND, "no app sends here: the address is /phone/ and the app's name")
