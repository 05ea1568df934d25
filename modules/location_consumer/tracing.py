"""From the records' contexts to the rows: a span for each batch, linked to every record of it that is traced.

Where all of them are of one trace, the batch is part of it. A batch in which nothing is traced has no span.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from kafka.consumer.fetcher import ConsumerRecord
from opentelemetry.propagate import extract
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Tracer,
    get_current_span,
    set_span_in_context,
    use_span,
)

Result = TypeVar("Result")


def context_of(record: ConsumerRecord) -> SpanContext:
    headers = {name: value.decode(errors="replace") for name, value in record.headers or () if value is not None}
    return get_current_span(extract(headers)).get_span_context()


class BatchTraces:
    """Without a tracer it does nothing."""

    def __init__(self, tracer: Tracer | None = None, topic: str = "location") -> None:
        self._tracer = tracer
        self._topic = topic

    def processing(self, records: Iterable[ConsumerRecord], locations: int) -> Span | None:
        """Begin the span of a batch; whoever asks for it ends it. None: there is nothing to trace."""
        if self._tracer is None:
            return None
        contexts = {(one.trace_id, one.span_id): one for one in map(context_of, records) if one.trace_flags.sampled}
        if not contexts:
            return None
        alone = len({trace_id for trace_id, _ in contexts}) == 1
        return self._tracer.start_span(
            f"process {self._topic}",
            set_span_in_context(NonRecordingSpan(next(iter(contexts.values())))) if alone else None,
            SpanKind.CONSUMER,
            {
                "messaging.system": "kafka",
                "messaging.operation.name": "process",
                "messaging.operation.type": "process",
                "messaging.destination.name": self._topic,
                "messaging.batch.message_count": len(contexts),
                "udaconnect.locations": locations,
            },
            [Link(context) for context in contexts.values()],
        )

    def storing(self, batch: Span | None, store: Callable[[], Result]) -> Callable[[], Result]:
        """The same, within a span of its own, in whatever thread it is called."""
        tracer = self._tracer
        if batch is None or tracer is None:
            return store
        attributes = {"db.system.name": "postgresql", "db.collection.name": "location"}

        def traced() -> Result:
            with use_span(batch), tracer.start_as_current_span("store location", None, SpanKind.CLIENT, attributes):
                return store()

        return traced
