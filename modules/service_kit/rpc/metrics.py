"""What a gRPC server counts: calls by method and status, and how long they took.

The names are those of the field's usual interceptors. Health checks and reflection are not counted: they would hide the
share of failures among the calls that matter. Nor is a method that does not exist: its name is the caller's invention.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import grpc
from prometheus_client import CollectorRegistry, Counter, Histogram

from service_kit.telemetry.metrics import SECONDS

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
# Of either kind of server; gRPC's types know the one of threads only.
Behaviour: TypeAlias = Callable[..., Any]

INFRASTRUCTURE: Final = "/grpc."
CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


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
    def call(self, method: str, context: Any, *, unary: bool = True) -> Iterator[None]:  # noqa: ANN401  of either server
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


def status_code_of(context: Any) -> grpc.StatusCode | None:  # noqa: ANN401  likewise
    """What the handler told gRPC by abort or set_code. The asyncio server keeps it as a number, with 0 for nothing."""
    code = context.code()
    return (CODES.get(code) if code else None) if isinstance(code, int) else code


class CountCalls(grpc.ServerInterceptor):
    """For a server of threads; only unary calls. The first of the interceptors, so that it sees what others answer."""

    def __init__(self, metrics: GrpcMetrics) -> None:
        self._metrics = metrics

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Handler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler, method = continuation(handler_call_details), handler_call_details.method
        if handler is None or handler.unary_unary is None or method.startswith(INFRASTRUCTURE):
            return handler
        behaviour = handler.unary_unary

        def counted(request: object, context: grpc.ServicerContext) -> object:
            with self._metrics.call(method, context):
                return behaviour(request, context)

        return grpc.unary_unary_rpc_method_handler(counted, handler.request_deserializer, handler.response_serializer)


class CountAioCalls(grpc.aio.ServerInterceptor):
    """For an asyncio server; unary calls and streams of both sides. The first of the interceptors, likewise."""

    def __init__(self, metrics: GrpcMetrics) -> None:
        self._metrics = metrics

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler, method = await continuation(handler_call_details), handler_call_details.method
        if handler is None or method.startswith(INFRASTRUCTURE):
            return handler
        codecs = handler.request_deserializer, handler.response_serializer
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._unary(method, handler.unary_unary), *codecs)
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(self._stream(method, handler.stream_stream), *codecs)
        return handler

    def _unary(self, method: str, behaviour: Behaviour) -> Behaviour:
        async def counted(request: object, context: object) -> object:
            with self._metrics.call(method, context):
                return await behaviour(request, context)

        return counted

    def _stream(self, method: str, behaviour: Behaviour) -> Behaviour:
        async def counted(requests: object, context: object) -> AsyncIterator[object]:
            with self._metrics.call(method, context, unary=False):
                async for answer in behaviour(requests, context):
                    yield answer

        return counted
