"""Which paths may stand in a log: those of routes that are there. Any other could hold a name."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

KNOWN = "udaconnect.path_is_known"


def mark_known_paths(app: Flask) -> None:
    """Tell the server, in the request's environment, that the path is one of a route."""

    @app.before_request
    def mark() -> None:
        request.environ[KNOWN] = request.url_rule is not None


def path_to_log(environ: Mapping[str, Any]) -> str:
    path: str = environ["PATH_INFO"]
    return path if environ.get(KNOWN) else "unknown"
