"""The Flask app around an API: its limits, its headers, /livez, /readyz and /metrics."""

from collections.abc import Callable

from flask import Flask, Response
from prometheus_client import CollectorRegistry

from service_kit.access.rules import Gate, Rules
from service_kit.rest.access import guard
from service_kit.rest.api import RestApi
from service_kit.rest.headers import add_headers_to
from service_kit.rest.limits import BODY_MAX_BYTES
from service_kit.rest.metrics import RestMetrics
from service_kit.rest.paths import mark_known_paths
from service_kit.rest.tracing import trace_requests_of
from service_kit.telemetry import tracing


def create_rest_app(  # noqa: PLR0913  each is a part of it
    *,
    title: str,
    description: str,
    tag: str,
    check: Callable[[], None],
    registry: CollectorRegistry | None = None,
    gate: Gate | None = None,
    rules: Rules | None = None,
) -> tuple[Flask, RestApi]:
    """Make an app without routes of its own, and the API to add them to.

    `check` returns where the service can do its work and raises (best: DependencyDown) where it cannot. `registry` may
    hold what else the process counts. `gate` is asked before every call of the API, by the table `rules`; without one
    the app is open.
    """
    gate = gate or Gate()
    app = Flask(title, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
    app.url_map.merge_slashes = False  # a path that is not ours is 404, not a redirect
    trace_requests_of(app, tracing.tracer())
    metrics = RestMetrics(registry)
    metrics.count_requests_of(app)
    app.add_url_rule("/metrics", view_func=metrics.exposition)

    @app.get("/livez")
    def live() -> Response:
        return Response("live\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        check()
        return Response("ready\n", mimetype="text/plain")

    mark_known_paths(app)
    add_headers_to(app)
    guard(app, gate, rules or {})
    return app, RestApi(app, title=title, description=description, tag=tag, gate=gate)
