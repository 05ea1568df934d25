"""What a gRPC server counts: calls by method and status, and how long they took.

The names are those of the field's usual interceptors.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from prometheus_client import CollectorRegistry, Counter, Histogram

from service_kit.rpc.surrounding import status_code_of
from service_kit.telemetry.metrics import SECONDS


class GrpcMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["grpc_service", "grpc_method"]
        self._handled = Counter(
            "grpc_server_handled_total", "Calls answered", [*labels, "grpc_code"], registry=registry
        )
        self._duration = Histogram(
            "grpc_server_handling_seconds",
            "From a unary call's arrival at its handler to its answer",
            labels,
            buckets=SECONDS,
            registry=registry,
        )

    @contextmanager
    def call(self, method: str, context: Any, unary: bool = True) -> Iterator[None]:  # noqa: ANN401  of either server
        """Count what happens within the `with` block as one call of /package.Service/Method."""
        _, *names = method.split("/")
        began, code = time.perf_counter(), grpc.StatusCode.UNKNOWN
        try:
            yield
            code = grpc.StatusCode.OK
        except (asyncio.CancelledError, GeneratorExit):  # the client went away
            code = grpc.StatusCode.CANCELLED
            raise
        finally:
            self._handled.labels(*names, (status_code_of(context) or code).name).inc()
            if unary:  # a stream lasts as long as its client likes
                self._duration.labels(*names).observe(time.perf_counter() - began)
