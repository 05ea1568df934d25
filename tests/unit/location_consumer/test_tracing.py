"""A batch is linked to every record in it that is traced."""

from collections.abc import Iterator
from threading import Thread
from typing import NamedTuple

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from location_consumer.tracing import BatchTraces
from service_kit.telemetry.tracing import tracer, tracing

TRACE, OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736", "7af92f3577b34da6a3ce929d0e0e4736"


class FakeRecord(NamedTuple):
    headers: list[tuple[str, bytes | None]]


def record(trace: str, span: str, flags: str = "01") -> FakeRecord:
    return FakeRecord([("traceparent", f"00-{trace}-{span}-{flags}".encode())])


ONE, TWO = record(TRACE, "00f067aa0ba902b7"), record(TRACE, "00f067aa0ba902b8")
OTHER = record(OTHER_TRACE, "00f067aa0ba902b9")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with tracing("location_consumer", processor=SimpleSpanProcessor(exporter)):
        yield exporter


@pytest.fixture
def traces(spans: InMemorySpanExporter) -> BatchTraces:
    del spans
    return BatchTraces(tracer(), "location")


def test_a_batch_of_one_trace_is_part_of_it_and_so_is_its_storing(
    spans: InMemorySpanExporter, traces: BatchTraces
) -> None:
    batch = traces.processing([ONE, TWO], 2)
    assert batch
    answers: list[str] = []
    store = traces.storing(batch, lambda: "stored")
    thread = Thread(target=lambda: answers.append(store()))
    thread.start()
    thread.join()
    batch.end()
    assert answers == ["stored"]
    stored, processed = spans.get_finished_spans()
    assert processed.context
    assert processed.context.trace_id == int(TRACE, 16)
    assert processed.kind == SpanKind.CONSUMER
    assert len(processed.links) == 2
    assert stored.parent == processed.context


def test_a_batch_of_several_traces_has_a_trace_of_its_own_and_a_link_to_each(
    spans: InMemorySpanExporter, traces: BatchTraces
) -> None:
    batch = traces.processing([ONE, OTHER], 2)
    assert batch
    batch.end()
    [processed] = spans.get_finished_spans()
    assert processed.parent is None
    assert [link.context.trace_id for link in processed.links] == [int(TRACE, 16), int(OTHER_TRACE, 16)]


@pytest.mark.parametrize(
    "untraced",
    [
        FakeRecord([]),
        record(TRACE, "00f067aa0ba902b7", flags="00"),
        FakeRecord([("traceparent", b"\xff\xfe nonsense")]),
        FakeRecord([("traceparent", None)]),
    ],
    ids=["no header", "not sampled", "nonsense", "empty"],
)
def test_a_record_that_is_not_traced_begins_no_trace(
    spans: InMemorySpanExporter, traces: BatchTraces, untraced: FakeRecord
) -> None:
    assert traces.processing([untraced], 1) is None
    assert spans.get_finished_spans() == ()


def test_where_tracing_is_off_storing_stays_as_it_is_and_no_header_is_read() -> None:
    off = BatchTraces()

    def store() -> None: ...

    assert off.processing(iter(()), 1) is None
    assert off.storing(None, store) is store
