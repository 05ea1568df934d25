"""Uploads, from who may to the receipt: kept on disk until the file is whole, then read by a process of its own.

The answer begins when the file is here, and is a line of JSON for each State: about two a second while it is read.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, Final

import orjson
import structlog
from granian._granian import RSGIHTTPStreamTransport as HTTPStreamTransport
from granian.rsgi import (  # type: ignore[attr-defined]  # named there for others to import
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
)

from phone_gateway.files.order import Order, State, failed, waiting
from phone_gateway.files.process import read_in_process
from phone_gateway.files.rules import RULE, Upload, upload_of
from phone_gateway.metrics import Metrics
from phone_gateway.peers import TooBusyError
from phone_gateway.settings import Settings
from service_kit.access.rules import Gate, bearer_token
from service_kit.access.tokens import Caller
from service_kit.errors import TooManyCalls
from service_kit.rsgi.unacceptable import UnacceptableError

log = structlog.get_logger()

READ_AT_ONCE: Final = 2
UPLOADS_MAX: Final = 50
CHUNK_WITHIN_S: Final = 30.0
BODY_WITHIN_S: Final = 1_800.0
READ_WITHIN_S: Final = 1_800.0
SAY_EVERY_S: Final = 10.0
"""Proxies end an answer that says nothing for long: what was said last is said again."""

ANOTHER_FIRST_S: Final = 5.0
WRITTEN_AT_ONCE: Final = 1 << 20
STREAM: Final = (
    ("content-type", "application/x-ndjson"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)

INTERRUPTED: Final = "Reading was interrupted: send the file again, what was taken is not taken twice."
TOO_LONG: Final = f"Reading took longer than {READ_WITHIN_S / 60:.0f} minutes."

States = asyncio.Queue[State | str | None]
"""What is to be said: how far it is; why it ends before it is done; None: nobody listens any more."""


class Uploads:
    """Belongs to the event loop's thread."""

    def __init__(self, gate: Gate, settings: Settings, metrics: Metrics) -> None:
        self._gate = gate
        self._settings = settings
        self._metrics = metrics
        self._turn = asyncio.Semaphore(READ_AT_ONCE)
        self._uploading: set[str] = set()
        self._bytes = 0
        self._followed: set[States] = set()

    def under_way(self) -> int:
        return len(self._uploading)

    def stop(self) -> None:
        """Those who wait for a receipt are told to come again."""
        for states in self._followed:
            states.put_nowait(INTERRUPTED)

    async def take(self, person_id: int, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer. Raises DomainError or UnacceptableError as long as the answer has not begun."""
        caller = await self._caller(scope)
        if caller is not None:
            RULE.check(caller, person_id)
        upload = upload_of(person_id, scope, self._settings.file_max_bytes)
        token = "" if caller is None else bearer_token(scope.headers.get("authorization"))
        whose = f"person {person_id}" if caller is None else caller.subject
        with self._room_for(upload, whose), self._file() as file:
            await keep(protocol, upload, file)
            order = Order(
                fd=file.fileno(),
                name=upload.name,
                person_id=person_id,
                zone=upload.zone,
                token=token,
                location_producer=asdict(self._settings.location_producer),
            )
            answer = protocol.response_stream(HTTPStatus.OK, list(STREAM))
            last = await self._follow(order, upload.bytes, protocol, answer)
        # Now, as whoever hears that it is done may send the next one at once.
        outcome = "gone" if last["stage"] != "done" else "failed" if last.get("failure") else "read"
        self._metrics.file_read(outcome, last["accepted"], last["refused"] + last["unreadable"])
        log.info("file", outcome=outcome, bytes=upload.bytes, accepted=last["accepted"])
        with suppress(ProtocolClosed, ProtocolError):
            await answer.send_bytes(line_of(last))

    def _file(self) -> IO[bytes]:
        """Without a name: it is gone when nobody has it open any more, whatever happens."""
        return TemporaryFile(buffering=WRITTEN_AT_ONCE, dir=self._settings.files_folder or None)

    async def _caller(self, scope: Scope) -> Caller | None:
        """Raises NotAuthenticated, TooManyCalls, DependencyDown."""
        caller = None
        if not self._gate.is_open:
            given = scope.headers.get("authorization")
            # In a thread where the token has not been seen before: the issuer's keys may have to be asked for.
            caller = self._gate.recall(given) or await asyncio.to_thread(self._gate.identify, given)
        self._gate.count(caller, scope.client.rpartition(":")[0])
        return caller

    @contextmanager
    def _room_for(self, upload: Upload, whose: str) -> Iterator[None]:
        """One file of each caller at a time, and so many bytes of all. Raises TooManyCalls, TooBusyError."""
        if whose in self._uploading:
            raise TooManyCalls(ANOTHER_FIRST_S)
        if len(self._uploading) >= UPLOADS_MAX or self._bytes + upload.bytes > self._settings.files_max_bytes:
            raise TooBusyError("the gateway")
        self._uploading.add(whose)
        self._bytes += upload.bytes
        try:
            yield
        finally:
            self._uploading.discard(whose)
            self._bytes -= upload.bytes

    async def _follow(self, order: Order, size: int, protocol: HTTPProtocol, answer: HTTPStreamTransport) -> State:
        """Say how far it is, until it is done or nobody listens any more. Returns the last state, which is not said."""
        states: States = asyncio.Queue()
        self._followed.add(states)
        reading = asyncio.create_task(self._read(order, states))
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(lambda _: states.put_nowait(None))
        last = waiting(size)
        try:
            while last["stage"] != "done":
                await answer.send_bytes(line_of(last))
                with suppress(TimeoutError):
                    async with asyncio.timeout(SAY_EVERY_S):
                        told = await states.get()
                    if told is None:
                        break
                    last = failed(last, told) if isinstance(told, str) else told
        except (ProtocolClosed, ProtocolError):
            pass
        finally:
            self._followed.discard(states)
            gone.cancel()
            reading.cancel()
            await asyncio.wait({reading})
        return last

    async def _read(self, order: Order, states: States) -> None:
        async with self._turn:
            try:
                async with asyncio.timeout(READ_WITHIN_S):
                    async for state in read_in_process(order):
                        states.put_nowait(state)
            except TimeoutError:
                states.put_nowait(TOO_LONG)
            except Exception:  # no process could be begun, or it ended in the middle of a line
                log.exception("reading a file failed")
                states.put_nowait(INTERRUPTED)
        # For who has not heard that it is done: its process ended early, by what the file asked of it.
        states.put_nowait(f"{order['name']} takes more memory or time than a file may.")


async def keep(protocol: HTTPProtocol, upload: Upload, file: IO[bytes]) -> None:
    """Write the body into the file, to be read from its beginning.

    Raises UnacceptableError where it does not come, or not whole.
    """
    kept = 0
    chunks = aiter(protocol)
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while kept < upload.bytes:
                async with asyncio.timeout(CHUNK_WITHIN_S):
                    chunk: bytes = await anext(chunks)
                kept += len(chunk)
                file.write(chunk)
    except TimeoutError as error:
        raise UnacceptableError(
            HTTPStatus.REQUEST_TIMEOUT, "the file did not come any further", ("connection", "close")
        ) from error
    except (StopAsyncIteration, ProtocolError, ProtocolClosed) as error:
        raise UnacceptableError(
            HTTPStatus.BAD_REQUEST, "the file must come whole, as it says how long it is", ("connection", "close")
        ) from error
    file.seek(0)


def line_of(state: State) -> bytes:
    return orjson.dumps(state) + b"\n"
