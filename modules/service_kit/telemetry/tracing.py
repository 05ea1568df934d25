"""Traces by OpenTelemetry, where its standard variables ask for them; otherwise the hooks are not even put in place.

OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) sends them by OTLP over HTTP, OTEL_TRACES_EXPORTER=console prints
them. OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_… and OTEL_SDK_DISABLED mean what they
mean everywhere. A span holds no names of persons and no places.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
from opentelemetry.trace import Tracer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

Entered = TypeVar("Entered")

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
HTTP: Final = "http/protobuf"
SHUT_DOWN_WITHIN_S: Final = 3

log = structlog.get_logger()

_in_use: "TracerProvider | None" = None


def tracer() -> Tracer | None:
    """What to make spans with; None where nothing is to be traced, and then no hook should be put in place."""
    return None if _in_use is None else _in_use.get_tracer("udaconnect")


def exporter_asked_for(environment: Mapping[str, str]) -> str | None:
    """`otlp` or `console`, or None. Raises SystemExit where something is asked for that is not here."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    exporter = environment.get("OTEL_TRACES_EXPORTER", "")
    if not exporter:
        exporter = "otlp" if any(environment.get(name) for name in ENDPOINTS) else "none"
    if exporter == "none":
        return None
    if exporter not in ("otlp", "console"):
        raise SystemExit(f"OTEL_TRACES_EXPORTER: must be otlp, console or none, is {exporter}")
    for name in PROTOCOLS:
        if exporter == "otlp" and (protocol := environment.get(name, HTTP)) != HTTP:
            raise SystemExit(f"{name}: must be {HTTP}, is {protocol}")
    return exporter


@contextmanager
def tracing(service: str, *, processor: "SpanProcessor | None" = None) -> Iterator[None]:
    """Trace, if it is asked for, for the length of the `with` block; enter it after the fork.

    `service` is the name where OTEL_SERVICE_NAME says none; `processor` takes the spans instead of an exporter.
    """
    global _in_use  # noqa: PLW0603  as OpenTelemetry itself does it: what is traced is of the process, not of an object
    exporter = exporter_asked_for(os.environ)
    if exporter is None and processor is None:
        yield
        return
    provider = make_provider(service, processor or exporting(exporter or ""))
    _in_use = provider
    log.info("tracing", exporter=exporter)
    try:
        yield
    finally:
        _in_use = None
        # A collector that is away must not use up the time that a pod has for its end.
        ending = Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(SHUT_DOWN_WITHIN_S)


@contextmanager
def traced(service: str, context: AbstractContextManager[Entered]) -> Iterator[Entered]:
    """Enter `context` within `tracing(service)`."""
    with tracing(service), context as entered:
        yield entered


def make_provider(service: str, processor: "SpanProcessor") -> "TracerProvider":
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  nothing of the SDK is loaded where it is not used
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": service}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return provider


def exporting(exporter: str) -> "SpanProcessor":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  likewise
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter  # noqa: PLC0415

    return BatchSpanProcessor(ConsoleSpanExporter() if exporter == "console" else OTLPSpanExporter())
