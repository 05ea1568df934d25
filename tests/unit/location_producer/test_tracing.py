"""What the record's headers say of the calls that it serves."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.errors import NotLeaderForPartitionError
from kafka.future import Future
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from location_producer.errors import NotAcknowledgedError
from location_producer.in_flight import InFlight
from location_producer.publisher import KafkaPublisher
from location_producer.tracing import RecordTraces
from service_kit.telemetry.tracing import tracer, tracing


class FakeProducer:
    """Acknowledges every record at once."""

    def __init__(self, error: Exception | None = None) -> None:
        self.headers: list[Any] = []
        self.error = error

    def send(self, _topic: str, *, headers: list[tuple[str, bytes]] | None, **_: Any) -> Future:
        self.headers.append(headers)
        future = Future()
        _ = future.failure(self.error) if self.error else future.success("metadata")
        return future


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with tracing("location_producer", processor=SimpleSpanProcessor(exporter)):
        yield exporter


async def publish(producer: FakeProducer, calls: int) -> None:
    """Several calls at once, each within a span of its own, for the same partition."""
    ours = tracer()
    traces = RecordTraces(ours, "location") if ours else None
    publisher = KafkaPublisher("location", InFlight(100, 10_000), answer_within_s=60, traces=traces)
    publisher.use(producer, 6)
    waiting = []
    for number in range(calls):
        if ours is None:
            waiting.append(publisher.publish({3: b"x"}))
        else:
            with ours.start_as_current_span(f"call {number}"):
                waiting.append(publisher.publish({3: b"x"}))
    await asyncio.gather(*waiting)


def test_without_tracing_a_record_has_no_headers() -> None:
    producer = FakeProducer()
    asyncio.run(publish(producer, calls=2))
    assert producer.headers == [None]


def test_a_record_that_serves_several_calls_is_of_the_first_ones_trace_and_linked_to_the_others(
    spans: InMemorySpanExporter,
) -> None:
    producer = FakeProducer()
    asyncio.run(publish(producer, calls=3))
    first, second, third, sent = spans.get_finished_spans()
    assert (sent.name, sent.kind) == ("send location", SpanKind.PRODUCER)
    assert sent.parent == first.context
    assert [link.context for link in sent.links] == [second.context, third.context]
    assert sent.context
    assert sent.attributes
    assert sent.attributes["messaging.destination.partition.id"] == "3"
    traceparent = f"00-{format_trace_id(sent.context.trace_id)}-{format_span_id(sent.context.span_id)}-".encode()
    [[(name, value)]] = producer.headers
    assert (name, value[:-2]) == ("traceparent", traceparent)


def test_a_record_that_kafka_refuses_is_a_failure(spans: InMemorySpanExporter) -> None:
    with pytest.raises(NotAcknowledgedError):
        asyncio.run(publish(FakeProducer(NotLeaderForPartitionError()), calls=1))
    sent = spans.get_finished_spans()[-1]
    assert sent.status.status_code == StatusCode.ERROR
    assert sent.attributes
    assert sent.attributes["error.type"] == "NotLeaderForPartitionError"
