"""Spans of gRPC calls, served or made, in one trace across services: the context travels as the metadata `traceparent`.

Names are those of OpenTelemetry's conventions for RPC."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

import grpc
from opentelemetry.propagate import extract, inject
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context

from service_kit.rpc.surrounding import Around, status_code_of

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]

# What is the server's fault; of a client's call, every other status is one too.
FAULTS: Final = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}


def attributes_of(method: str) -> dict[str, str]:
    _, service, name = method.split("/")
    return {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}


def spans_of_calls(tracer: Tracer) -> Around:
    """A span for each call, which is the current one while the call is answered."""

    @contextmanager
    def served(method: str, context: Any, _unary: bool) -> Iterator[None]:  # noqa: ANN401  of either server
        metadata: Metadata = context.invocation_metadata() or ()
        with tracer.start_as_current_span(
            method.lstrip("/"),
            extract({key: value for key, value in metadata if isinstance(value, str)}),
            SpanKind.SERVER,
            attributes_of(method),
            record_exception=False,  # a refusal is none, and a defect is in the log
            set_status_on_exception=False,
        ) as span:
            code = "UNKNOWN"
            try:
                yield
                code = "OK"
            finally:
                conclude(span, told.name if (told := status_code_of(context)) else code)

    return served


def conclude(span: Span, code: str, *, faults: set[str] = FAULTS) -> None:
    span.set_attribute("rpc.grpc.status_code", grpc.StatusCode[code].value[0])
    if code in faults:
        span.set_status(StatusCode.ERROR, code)


class Details(NamedTuple):
    """The grpc.ClientCallDetails of a call, with metadata of ours."""

    method: str
    timeout: float | None
    metadata: Metadata | None
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: Any


class TraceOwnCalls(grpc.UnaryUnaryClientInterceptor):
    """For a channel: unary calls, waited for or not."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def intercept_unary_unary(
        self,
        continuation: Callable[[Any, Any], Any],
        client_call_details: Any,  # noqa: ANN401  grpc.ClientCallDetails, of which gRPC's types know half
        request: Any,  # noqa: ANN401  of the call
    ) -> Any:  # noqa: ANN401  grpc.Call and grpc.Future in one
        method = client_call_details.method
        method = method.decode() if isinstance(method, bytes) else method
        span = self._tracer.start_span(method.lstrip("/"), kind=SpanKind.CLIENT, attributes=attributes_of(method))
        carrier: dict[str, str] = {}
        inject(carrier, set_span_in_context(span))
        call = continuation(
            Details(
                client_call_details.method,
                client_call_details.timeout,
                [*(client_call_details.metadata or ()), *carrier.items()],
                client_call_details.credentials,
                client_call_details.wait_for_ready,
                getattr(client_call_details, "compression", None),
            ),
            request,
        )

        def end(done: Any) -> None:  # noqa: ANN401  the call
            code = done.code().name
            conclude(span, code, faults=set() if code == "OK" else {code})
            span.end()

        call.add_done_callback(end)
        return call
