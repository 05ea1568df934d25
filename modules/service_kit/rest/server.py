"""gunicorn within the service's own process tree: threads, graceful stop, access log through our logs.

The access log holds no query strings and only paths that there are: whatever else a caller writes can be a name.
"""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from typing import Any, Final

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it ships no types
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]  # likewise
from gunicorn.config import Config  # type: ignore[import-untyped]  # likewise
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # likewise
from gunicorn.http.wsgi import Response as GunicornResponse  # type: ignore[import-untyped]  # likewise

from service_kit.rest import metrics as rest_metrics
from service_kit.rest.limits import connections_of_a_worker
from service_kit.rest.paths import path_to_log
from service_kit.rest.worker import STOPPING, ProblemWorker

# A question in Chinese or emoji takes 12 characters of a request line for each of its own.
REQUEST_LINE_MAX_BYTES: Final = 8_190

# Within it a stopping worker answers what it has begun and leaves its context.
GRACEFUL_TIMEOUT_S: Final = 20
PROBES: Final = {"/livez", "/readyz", "/metrics"}

log = structlog.get_logger("access")


class Logs(Logger):  # type: ignore[misc]  # the base class has no types
    """gunicorn's messages and its access log, handed to the logs of the service."""

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        self._access_log_enabled = True
        self.error_log.propagate = True

    def access(self, resp: GunicornResponse, req: object, environ: dict[str, Any], request_time: timedelta) -> None:
        del req
        path, status = environ["PATH_INFO"], resp.status_code
        if path in PROBES and status == 200:  # noqa: PLR2004  HTTP's own number; a probe that passes is no news
            return
        log.info(
            "request",
            method=environ["REQUEST_METHOD"],
            path=path_to_log(environ),
            status=status,
            bytes=resp.sent,
            duration_ms=round(request_time.total_seconds() * 1000, 1),
        )


class ForkingArbiter(Arbiter):  # type: ignore[misc]  # likewise
    """Starts workers so that none misses being told to stop.

    A new process has its parent's handlers until it has set its own, and forgets a signal that comes before. The worker
    would then be waited for in vain, all of the graceful timeout (gunicorn's issue 1910). So signals wait for it.
    """

    def spawn_worker(self) -> Any:  # noqa: ANN401  gunicorn's
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            return super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


class RestServer(BaseApplication):  # type: ignore[misc]  # likewise
    def __init__(
        self, bind: str, workers: int, threads: int, in_worker: Callable[[], AbstractContextManager[Flask]]
    ) -> None:
        self.bind, self.workers, self.threads, self.in_worker = bind, workers, threads, in_worker
        self.context = ExitStack()
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self.bind,
            "workers": self.workers,
            "worker_class": ProblemWorker,
            "threads": self.threads,
            "worker_connections": connections_of_a_worker(),
            "limit_request_line": REQUEST_LINE_MAX_BYTES,
            "graceful_timeout": GRACEFUL_TIMEOUT_S,
            "keepalive": 65,
            "logger_class": Logs,
            "control_socket_disable": True,
            "worker_exit": lambda _arbiter, _worker: self.context.close(),
            "child_exit": lambda _arbiter, worker: rest_metrics.forget_worker(worker.pid),
            "on_exit": lambda _arbiter: rest_metrics.remove_shared(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        ForkingArbiter(self).run()

    def load(self) -> Flask:
        """Called in each worker, after the fork: connections and threads belong there."""
        return self.context.enter_context(self.in_worker())


def serve_rest(
    bind: str, *, workers: int, threads: int, in_worker: Callable[[], AbstractContextManager[Flask]]
) -> None:
    """Serve until SIGTERM. Each worker enters the context `in_worker()` for its app and leaves it when it stops."""
    rest_metrics.share_between_workers()
    RestServer(bind, workers, threads, in_worker).run()
