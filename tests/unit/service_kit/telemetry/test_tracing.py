"""One trace across services, and none where nobody asked for one."""

import asyncio
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from service_kit.rest.api import Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.rpc.surrounding import AroundAioCalls, AroundCalls
from service_kit.rpc.tracing import TraceOwnCalls, spans_of_calls
from service_kit.telemetry.tracing import exporter_asked_for, tracer, tracing
from tests.patience import PATIENCE_S

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with tracing("tools", processor=SimpleSpanProcessor(exporter)):
        yield exporter


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, None),
        (ENDPOINT, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, None),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, None),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "false"}, "otlp"),
        ({"OTEL_SERVICE_NAME": "tools"}, None),
    ],
)
def test_tracing_is_on_where_the_standard_variables_ask_for_it(
    environment: dict[str, str], exporter: str | None
) -> None:
    assert exporter_asked_for(environment) == exporter


@pytest.mark.parametrize(
    "environment",
    [{"OTEL_TRACES_EXPORTER": "jaeger"}, ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}],
)
def test_what_is_asked_for_and_not_there_is_refused_by_name(environment: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match=list(environment)[-1]):
        exporter_asked_for(environment)


def test_where_it_is_off_there_is_no_tracer_and_the_sdk_is_not_even_loaded() -> None:
    program = """
import sys
from service_kit.telemetry.tracing import tracer, tracing
import service_kit.rpc.tracing, service_kit.rest.tracing, location_producer.tracing, location_consumer.tracing
with tracing("tools"):
    assert tracer() is None
assert not [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))]
"""
    without = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    subprocess.run([sys.executable, "-c", program], check=True, env=without)


class Tool(Resource):
    @operation()
    def get(self, tool_id: int) -> None:
        """Get a tool; the one with the number 0 is broken."""
        _ = 1 / tool_id


def rest_client() -> FlaskClient:
    app, api = create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)
    api.add(Tool, "/api/tools/<int:tool_id>")
    return app.test_client()


def only(spans: InMemorySpanExporter) -> ReadableSpan:
    [span] = spans.get_finished_spans()
    return span


def trace_and_parent(span: ReadableSpan) -> tuple[str, str | None]:
    assert span.context
    return f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}" if span.parent else None


def test_a_request_is_a_span_of_its_callers_trace_named_by_its_route(spans: InMemorySpanExporter) -> None:
    rest_client().get("/api/tools/1?q=Ada", headers={"traceparent": TRACEPARENT})
    span = only(spans)
    assert (span.name, span.kind) == ("GET /api/tools/<int:tool_id>", SpanKind.SERVER)
    assert trace_and_parent(span) == (TRACE, PARENT)
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/api/tools/<int:tool_id>",
        "http.response.status_code": 400,  # it knows no query, of which nothing is told
    }


def test_a_failure_is_marked_and_a_refusal_is_not(spans: InMemorySpanExporter) -> None:
    client = rest_client()
    client.get("/api/tools/0")
    client.get("/api/none")
    failed, refused = spans.get_finished_spans()
    assert failed.status.status_code == StatusCode.ERROR
    assert (refused.name, refused.status.status_code) == ("GET", StatusCode.UNSET)


def test_probes_are_not_traced_and_one_request_leaves_nothing_to_the_next(spans: InMemorySpanExporter) -> None:
    client = rest_client()
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert spans.get_finished_spans() == ()
    client.get("/api/tools/1", headers={"traceparent": TRACEPARENT})
    client.get("/api/tools/1")
    _, second = spans.get_finished_spans()
    assert trace_and_parent(second)[0] != TRACE
    assert second.parent is None


def id_of(span: ReadableSpan) -> int | None:
    return span.context.span_id if span.context else None


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def use(request: bytes, context: Any) -> bytes:
    if request == b"refuse":
        context.abort(grpc.StatusCode.NOT_FOUND, "no such tool")
    return request


async def use_aio(request: bytes, _context: Any) -> bytes:
    return request


def handler(behaviour: Any) -> Any:
    return grpc.method_handlers_generic_handler(
        "tools.v1.Tools", {"Use": grpc.unary_unary_rpc_method_handler(behaviour)}
    )


def test_a_call_to_another_service_is_in_the_same_trace_on_both_sides(spans: InMemorySpanExporter) -> None:
    ours = tracer()
    assert ours
    server = grpc.server(ThreadPoolExecutor(1), interceptors=[AroundCalls(spans_of_calls(ours))])
    server.add_generic_rpc_handlers([handler(use)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            call: Any = grpc.intercept_channel(channel, TraceOwnCalls(ours)).unary_unary("/tools.v1.Tools/Use")
            with ours.start_as_current_span("request"):
                assert call(b"hammer", timeout=PATIENCE_S) == b"hammer"
            with pytest.raises(grpc.RpcError):
                call(b"refuse", timeout=PATIENCE_S)
    finally:
        server.stop(0).wait()
    served, made, request, refused, asked = spans.get_finished_spans()
    assert [span.kind for span in (served, made)] == [SpanKind.SERVER, SpanKind.CLIENT]
    assert served.name == made.name == "tools.v1.Tools/Use"
    assert parent_of(served) == id_of(made)
    assert parent_of(made) == id_of(request)
    # Not there is an answer: the asking failed, the service did not.
    assert (refused.status.status_code, asked.status.status_code) == (StatusCode.UNSET, StatusCode.ERROR)
    assert refused.attributes
    assert refused.attributes["rpc.grpc.status_code"] == grpc.StatusCode.NOT_FOUND.value[0]


def test_an_asyncio_server_takes_up_the_trace_of_its_caller(spans: InMemorySpanExporter) -> None:
    async def test() -> None:
        ours = tracer()
        assert ours
        server = grpc.aio.server(interceptors=[AroundAioCalls(spans_of_calls(ours))])
        server.add_generic_rpc_handlers([handler(use_aio)])
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call: Any = channel.unary_unary("/tools.v1.Tools/Use")
            await call(b"saw", metadata=[("traceparent", TRACEPARENT)])
        await server.stop(0)

    asyncio.run(test())
    assert trace_and_parent(only(spans)) == (TRACE, PARENT)


def test_spans_that_nobody_takes_do_not_keep_a_service_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    waiting: queue.Queue[threading.Thread] = queue.Queue()

    class OfASilentCollector(SpanProcessor):
        def shutdown(self) -> None:
            waiting.put(threading.current_thread())
            answers.wait(PATIENCE_S)

    monkeypatch.setattr("service_kit.telemetry.tracing.SHUT_DOWN_WITHIN_S", 0.1)
    with tracing("tools", processor=OfASilentCollector()):
        pass
    thread = waiting.get(timeout=PATIENCE_S)
    assert thread.is_alive(), "it waits for the collector still, and nobody for it"
    assert thread.daemon
    answers.set()
    thread.join(PATIENCE_S)
