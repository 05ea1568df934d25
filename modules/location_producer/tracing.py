"""The way of a call through Kafka: a span for each record, whose context travels in the record's headers.

A record may serve several calls. Then its span is part of the first one's trace, and linked to all the others.
"""

from collections.abc import Iterable
from typing import NamedTuple

from opentelemetry.propagate import inject
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)

Headers = list[tuple[str, bytes]]


class Sending(NamedTuple):
    """A record on its way. `outcome` may be called by any thread."""

    headers: Headers
    span: Span

    def outcome(self, outcome: object) -> None:
        """Kafka's metadata of the record, or an exception."""
        if isinstance(outcome, Exception):
            self.span.set_attribute("error.type", type(outcome).__name__)
            self.span.set_status(StatusCode.ERROR)
        else:
            self.span.set_attribute("messaging.kafka.offset", getattr(outcome, "offset", -1))
        self.span.end()


class RecordTraces:
    def __init__(self, tracer: Tracer, topic: str) -> None:
        self._tracer = tracer
        self._topic = topic

    def here(self) -> SpanContext:
        """Where the call that is being answered stands in its trace."""
        return get_current_span().get_span_context()

    def sending(self, partition: int, octets: int, calls: Iterable[SpanContext]) -> Sending:
        """Names are those of OpenTelemetry's conventions for messaging."""
        first, *others = {(call.trace_id, call.span_id): call for call in calls}.values()
        span = self._tracer.start_span(
            f"send {self._topic}",
            set_span_in_context(NonRecordingSpan(first)),
            SpanKind.PRODUCER,
            {
                "messaging.system": "kafka",
                "messaging.operation.name": "send",
                "messaging.operation.type": "send",
                "messaging.destination.name": self._topic,
                "messaging.destination.partition.id": str(partition),
                "messaging.message.body.size": octets,
            },
            [Link(other) for other in others],
        )
        carrier: dict[str, str] = {}
        inject(carrier, set_span_in_context(span))
        return Sending([(name, value.encode()) for name, value in carrier.items()], span)
