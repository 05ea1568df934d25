"""The Flask app around an API: its limits, its headers, /livez, /readyz and /metrics."""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response

from service_kit.rest_api import RestApi
from service_kit.rest_metrics import RestMetrics

BODY_MAX_BYTES: Final = 64 * 1024

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # answers hold personal data
}


def create_rest_app(*, title: str, description: str, tag: str, check: Callable[[], None]) -> tuple[Flask, RestApi]:
    """Make an app without routes of its own, and the API to add them to.

    `check` returns where the service can do its work and raises (best: DependencyDown) where it cannot.
    """
    app = Flask(title, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
    app.url_map.merge_slashes = False  # a path that is not ours is 404, not a redirect
    metrics = RestMetrics()
    metrics.count_requests_of(app)
    app.add_url_rule("/metrics", view_func=metrics.exposition)

    @app.get("/livez")
    def live() -> Response:
        return Response("live\n", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        check()
        return Response("ready\n", mimetype="text/plain")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app, RestApi(app, title=title, description=description, tag=tag)
