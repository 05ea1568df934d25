"""A server span for each request of a REST service, in the trace that the caller's `traceparent` names."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, request
from opentelemetry import context
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context

UNTRACED: Final = {"/livez", "/readyz", "/metrics"}


def trace_requests_of(app: Flask, tracer: Tracer | None) -> None:
    """Names are those of OpenTelemetry's conventions for HTTP.

    Neither the path as it was asked for nor its query is noted: they hold ids and names.
    """
    if tracer is None:
        return

    @app.before_request
    def begin() -> None:
        if request.path in UNTRACED:
            return
        route = request.url_rule.rule if request.url_rule else ""
        caller = extract({name.lower(): value for name, value in request.headers.items()})
        attributes = {"http.request.method": request.method} | ({"http.route": route} if route else {})
        name = f"{request.method} {route}".strip()
        g.span = tracer.start_span(name, caller, SpanKind.SERVER, attributes)
        g.span_in_context = context.attach(set_span_in_context(g.span, caller))

    @app.after_request
    def note_status(response: Response) -> Response:
        if "span" in g:
            g.span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                g.span.set_attribute("error.type", str(response.status_code))
                g.span.set_status(StatusCode.ERROR)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if "span" in g:
            context.detach(g.pop("span_in_context"))
            g.pop("span").end()
