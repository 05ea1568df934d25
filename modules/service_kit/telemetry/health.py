"""Live is not ready: live says that the loop turns, ready that what the service needs answers.

For services without a REST server of their own: GET /livez, /readyz and /metrics on a small HTTP server in a thread.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CollectorRegistry

from service_kit.telemetry.metrics import CONTENT_TYPE, exposition

Check = Callable[[], bool]

LIVE_WITHIN_S: Final = 2.0


@contextmanager
def health_server(bind: str, *, live: Check, ready: Check, metrics: CollectorRegistry) -> Iterator[int]:
    """Serve the two checks and the metrics on `bind` (host:port) for the length of the `with` block.

    A check's 200 is yes, 503 is no. Gives the port, for `bind` may say 0. Raises OSError where it is taken.
    """
    checks = {"/livez": live, "/readyz": ready}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self.answer(200, exposition(metrics))
            else:
                check = checks.get(self.path)
                self.answer(404 if check is None else 200 if check() else 503)

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  likewise
            pass  # a probe every few seconds is no news

    host, _, port = bind.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def turning(loop: asyncio.AbstractEventLoop) -> Check:
    """A check for another thread: whether the event loop gets to what it is asked within LIVE_WITHIN_S."""

    def live() -> bool:
        answered = threading.Event()
        loop.call_soon_threadsafe(answered.set)
        return answered.wait(LIVE_WITHIN_S)

    return live
