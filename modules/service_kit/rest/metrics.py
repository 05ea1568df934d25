"""GET /metrics of a REST service: requests by route and status, and how long they took.

Each worker of gunicorn is a process with its own counts. Where there are several, each keeps them in files of a folder
that the workers share, and whichever is asked adds them up.
"""

import os
import shutil
import tempfile
import time
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from service_kit.telemetry.metrics import CONTENT_TYPE, SECONDS, exposition

# Where prometheus_client looks for the folder.
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"  # a method or path of the caller's invention


class RestMetrics:
    """Make one in each worker, after the fork."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.requests = Counter(
            "http_requests_total",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "From the first look at a request to its answer",
            ["method", "route"],
            buckets=SECONDS,
            registry=self.registry,
        )

        # Under the name that Prometheus knows of a process: whoever looks for restarts finds those of workers, too.
        began = Gauge(
            "process_start_time_seconds",
            "When the youngest worker began, seconds since 1970",
            registry=self.registry,
            multiprocess_mode="max",
        )
        began.set_to_current_time()

    def count_requests_of(self, app: Flask) -> None:
        @app.before_request
        def begin() -> None:
            g.begun_at = time.perf_counter()

        @app.after_request
        def count(response: Response) -> Response:
            method = request.method if request.method in METHODS else OTHER
            route = request.url_rule.rule if request.url_rule else OTHER
            self.requests.labels(method, route, str(response.status_code)).inc()
            self.duration.labels(method, route).observe(time.perf_counter() - g.begun_at)
            return response

    def exposition(self) -> Response:
        registry = self.registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has none
        return Response(exposition(registry), content_type=CONTENT_TYPE)


def share_between_workers() -> None:
    """Call before the first fork: what is counted from now on is kept in a new temporary folder."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="udaconnect-metrics-")
    # Chosen by prometheus_client when it was imported, before there was a folder.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]  # it has none


def forget_worker(pid: int) -> None:
    """A worker has ended: what it counted stays in the sums, what it was doing does not."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]  # it has none


def remove_shared() -> None:
    """Call when the last worker has ended."""
    if folder := os.environ.pop(FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)
