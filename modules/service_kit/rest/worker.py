"""gunicorn's threaded worker with three manners of our own.

What is no HTTP request is answered with a problem document rather than with HTML. And a slow client costs a connection,
not a thread: requests are gathered in the main loop and given to a thread when they are whole. (gunicorn's own worker
gives a thread to every new connection for 5 s and to a request for as long as it takes to come, and lets its main loop
wait 2 s for every goodbye.)

And whether a worker lives, and whether it is ready, is told by a thread each that does nothing else: one that is busy
is not to be killed for it, nor are all to be taken out of service at once when there is much to do.
"""

import errno
import json
import signal
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from itertools import islice
from selectors import EVENT_READ
from socket import SHUT_WR, socket
from typing import Any, Final

import structlog
from gunicorn.http import errors  # type: ignore[import-untyped]  # it ships no types
from gunicorn.http.errors import LimitRequestHeaders  # type: ignore[import-untyped]  # likewise
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]  # likewise
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]  # likewise
from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

from service_kit.rest.documents import PROBLEM_JSON, problem
from service_kit.rest.limits import (
    ANSWER_WITHIN_S,
    FAREWELL_S,
    LEAVING,
    REQUEST_WITHIN_S,
    WAITING_MAX_BYTES,
    BoundedReading,
    is_whole,
)

STATUSES: Final = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.ParseException: HTTPStatus.BAD_REQUEST,
    RequestTimeout: HTTPStatus.REQUEST_TIMEOUT,
    ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

RECEIVE_BYTES: Final = 64 * 1024
ACCEPTED_AT_ONCE: Final = 100
PROBES: Final = (b"GET /livez ", b"GET /readyz ")

STOPPING: Final = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}

log = structlog.get_logger("access")


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # the base class has no types
    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  gunicorn's
        super().__init__(*args, **options)
        # Apart: who looks whether the database answers may have to wait for it. Threads begin when they are asked for.
        self.for_probes = {probe: ThreadPoolExecutor(1, "probe") for probe in PROBES}
        self.waiting_bytes = 0
        self.leaving: deque[tuple[float, socket]] = deque()

    def init_signals(self) -> None:
        """Hear from now on, also what came since the process began: see ForkingArbiter."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def accept(self, listener: socket) -> None:
        """As many as are there, up to a bound: each look at the sockets costs as much as several connections."""
        for _ in range(ACCEPTED_AT_ONCE):
            before = self.nr_conns
            super().accept(listener)
            if self.nr_conns in (before, self.worker_connections):
                break
        if self.nr_conns > self.worker_connections - ACCEPTED_AT_ONCE:
            for conn in islice(self.pending_conns, ACCEPTED_AT_ONCE):
                conn.timeout = 0.0  # who has said nothing whole for the longest makes room

    def enqueue_req(self, conn: TConn) -> None:
        """Let a new or kept connection wait for a whole request: in the main loop, without a thread."""
        conn.heard = conn.parser.unreader.take_buffered() if conn.initialized else b""
        conn.refusal = None
        self.waiting_bytes += len(conn.heard)
        conn.sock.setblocking(False)
        if self._hear(conn):
            self._to_a_thread(conn)
            return
        conn.timeout = time.monotonic() + REQUEST_WITHIN_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: TConn, client: socket) -> None:
        if self._hear(conn):
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._to_a_thread(conn)

    def _hear(self, conn: TConn) -> bool:
        """Take what has come, without waiting; whether there is something to answer, or nobody any more."""
        octets: bytes | None = None
        try:
            octets = conn.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            if not conn.heard:  # by now; there may be the next of several requests that came at once
                return False
        except OSError:
            return True
        conn.heard += octets or b""
        self.waiting_bytes += len(octets or b"")
        if self.waiting_bytes > WAITING_MAX_BYTES:
            conn.refusal = ServiceUnavailable()
            return True
        try:
            return octets == b"" or is_whole(conn.heard)
        except LimitRequestHeaders as error:
            conn.refusal = error
            return True

    def _to_a_thread(self, conn: TConn) -> None:
        self.waiting_bytes -= len(conn.heard)
        if conn.refusal is not None:
            conn.heard = b""
        conn.data_ready = True
        pool = next((pool for probe, pool in self.for_probes.items() if conn.heard.startswith(probe)), self.tpool)
        handled = pool.submit(self.handle, conn)
        handled.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def murder_pending(self) -> None:
        """Close those that took too long, which stand first."""
        if self.pending_conns and self.pending_conns[0].timeout <= time.monotonic():
            super().murder_pending()
            self.waiting_bytes = sum(len(conn.heard) for conn in self.pending_conns)

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def handle(self, conn: TConn) -> Any:  # noqa: ANN401  gunicorn's: whether the connection is kept
        """In a thread: a request and its answer."""
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = BoundedReading(conn.sock)
        conn.parser.unreader.unread(conn.heard)
        conn.heard = b""
        conn.parser.unreader.deadline = time.monotonic() + REQUEST_WITHIN_S
        if conn.refusal is not None:
            self.handle_error(None, conn.sock, conn.client, conn.refusal)
            return False
        return super().handle(conn)

    def finish_request(self, conn: TConn, done: object) -> None:
        """In the main loop: go on with the connection, or say goodbye."""
        conn.close = partial(self._close, conn)
        super().finish_request(conn, done)

    def _close(self, conn: TConn, graceful: bool = False) -> None:
        """`graceful`: a client that still sends should read its answer rather than hear of a reset."""
        client: socket = conn.sock
        try:
            if not graceful or len(self.leaving) >= LEAVING:
                raise OSError  # noqa: TRY301  goes the same way as a client who is gone
            client.shutdown(SHUT_WR)
            client.setblocking(False)
            self.poller.register(client, EVENT_READ, self._hear_out)
        except (OSError, ValueError, KeyError):
            client.close()
        else:
            self.leaving.append((time.monotonic() + FAREWELL_S, client))

    def _hear_out(self, client: socket) -> None:
        try:
            over = not client.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            over = True
        if over:
            self.poller.unregister(client)
            client.close()

    def murder_keepalived(self, force: bool = False) -> None:
        """Gunicorn looks after the clock here, between two looks at the sockets."""
        super().murder_keepalived(force)
        while self.leaving and (force or self.leaving[0][0] <= time.monotonic()):
            _, client = self.leaving.popleft()
            if client.fileno() >= 0:
                self.poller.unregister(client)
                client.close()

    def handle_request(self, req: object, conn: TConn) -> Any:  # noqa: ANN401  likewise
        conn.sock.settimeout(ANSWER_WITHIN_S)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as error:
            log.info("the client does not take its answer")
            raise ConnectionResetError(errno.ECONNRESET, "given up") from error

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Whether what is left of the request came in time, so that the next one can be read."""
        try:
            return bool(super()._keepalive_after(conn, keepalive))
        except RequestTimeout:
            return False

    def handle_error(self, req: object, client: socket, addr: object, exc: Exception) -> None:
        """Answer what gunicorn could not read, or could not send. Nothing of it is logged: it may hold names."""
        del req, addr
        status = next((STATUSES[base] for base in type(exc).__mro__ if base in STATUSES), None)
        if status is None:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            log.error("answer failed", exc_info=exc)
        else:
            log.warning("no HTTP request", status=status.value, error=type(exc).__name__)
        body = json.dumps(problem(status, status.description or status.phrase)).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: {PROBLEM_JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            log.info("nobody waits for the answer")
