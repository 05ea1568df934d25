"""Live is not ready: live says that the loop turns, ready that what the service needs answers.

For services without a REST server of their own: GET /livez and /readyz on a small HTTP server in a thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Check = Callable[[], bool]


@contextmanager
def health_server(bind: str, *, live: Check, ready: Check) -> Iterator[None]:
    """Serve the two checks on `bind` (host:port) for the length of the `with` block. 200 is yes, 503 is no."""
    checks = {"/livez": live, "/readyz": ready}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            check = checks.get(self.path)
            status = 404 if check is None else 200 if check() else 503
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  likewise
            pass  # a probe every few seconds is no news

    host, _, port = bind.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
