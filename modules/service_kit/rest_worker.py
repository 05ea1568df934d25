"""gunicorn's threaded worker, which answers what is no HTTP request with a problem document rather than with HTML."""

import json
from http import HTTPStatus
from socket import socket
from typing import Final

import structlog
from gunicorn.http import errors  # type: ignore[import-untyped]  # it ships no types
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]  # likewise
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # likewise

from service_kit.problem import PROBLEM_JSON, problem

STATUSES: Final = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.ParseException: HTTPStatus.BAD_REQUEST,
}

log = structlog.get_logger("access")


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # the base class has no types
    def handle_error(self, req: object, client: socket, addr: object, exc: Exception) -> None:
        """Answer what gunicorn could not read, or could not send. Nothing of it is logged: it may hold names."""
        del req, addr
        status = next((STATUSES[base] for base in type(exc).__mro__ if base in STATUSES), None)
        if status is None:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            log.error("answer failed", exc_info=exc)
        else:
            log.warning("no HTTP request", status=status.value, error=type(exc).__name__)
        body = json.dumps(problem(status, status.description or status.phrase)).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: {PROBLEM_JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            log.info("nobody waits for the answer")
