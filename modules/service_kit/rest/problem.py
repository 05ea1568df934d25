"""Errors as application/problem+json (RFC 9457), for everything that a REST service answers."""

import json
from http import HTTPStatus

import structlog
from flask import Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from service_kit.errors import DependencyDown, DomainError, InvalidInput, status_of
from service_kit.rest.documents import PROBLEM_JSON, access_headers, problem

# What werkzeug would say is written for readers of HTML pages. The others keep werkzeug's description.
DETAILS = {
    HTTPStatus.NOT_FOUND: "there is nothing at this path",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "the body must be application/json",
}

log = structlog.get_logger()


class ViolationSchema(Schema):
    field = fields.String(required=True)
    reason = fields.String(required=True)


class ProblemSchema(Schema):
    """The answer of every error; `errors` only where the caller's input was at fault."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ViolationSchema))


def problem_response(error: Exception) -> Response:
    """Answer an exception. What is not the caller's fault is logged; its details stay in the log."""
    if isinstance(error, HTTPException):
        return _http_problem(error)
    status = status_of(error).http
    if isinstance(error, DependencyDown):
        log.warning("dependency down", detail=str(error), cause=type(error.__cause__).__name__, path=request.path)
    elif not isinstance(error, DomainError):
        log.error("unexpected", method=request.method, path=request.path, exc_info=error)
        return _problem(status, "the service failed unexpectedly; the failure has been logged")
    if isinstance(error, InvalidInput):
        return _problem(status, str(error), errors=[violation._asdict() for violation in error.violations])
    response = _problem(status, str(error))
    response.headers.update(access_headers(error))
    return response


def _http_problem(error: HTTPException) -> Response:
    """Answer what Flask and werkzeug raise by themselves: 404, 405 with its Allow header, 413, 415, redirects."""
    answer = error.get_response()
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST or error.response is not None:
        return Response(answer.get_data(), answer.status_code, answer.headers)
    status = HTTPStatus(error.code)
    detail = DETAILS.get(status) or error.description or status.phrase
    if allow := answer.headers.get("Allow"):
        detail = f"allowed here: {', '.join(sorted(allow.split(', ')))}"
    response = _problem(status, detail)
    response.headers.extend(
        (name, value) for name, value in answer.headers.items() if name not in {"Content-Type", "Content-Length"}
    )
    return response


def _problem(status: HTTPStatus, detail: str, **more: object) -> Response:
    return Response(json.dumps(problem(status, detail, **more)), status, mimetype=PROBLEM_JSON)
