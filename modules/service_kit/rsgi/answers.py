"""Answers that are given whole, and what an error is answered with."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final, NamedTuple

import orjson
import structlog
from granian.rsgi import HTTPProtocol, ProtocolClosed  # type: ignore[attr-defined]  # named there for others to import

from service_kit.errors import DomainError, InvalidInput, status_of
from service_kit.rest.documents import PROBLEM_JSON, access_headers, problem
from service_kit.rsgi.unacceptable import UnacceptableError

log = structlog.get_logger()

MANNERS: Final = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def send(answer: Answer, protocol: HTTPProtocol) -> None:
    with suppress(ProtocolClosed):  # whoever asked may have gone away
        protocol.response_bytes(answer.status, answer.headers, answer.body)


def answer_of(error: Exception, headers_for: Callable[[DomainError], Mapping[str, str]] = access_headers) -> Answer:
    match error:
        case UnacceptableError():
            return problem_answer(error.status, str(error), error.headers)
        case InvalidInput():
            errors = [violation._asdict() for violation in error.violations]
            return problem_answer(HTTPStatus.BAD_REQUEST, str(error), errors=errors)
        case DomainError():
            return problem_answer(status_of(error).http, str(error), headers_for(error).items())
    log.error("unexpected", exc_info=error)
    return problem_answer(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed unexpectedly; it is in its log")


def problem_answer(status: HTTPStatus, detail: str, headers: Iterable[tuple[str, str]] = (), **more: object) -> Answer:
    return Answer(
        status,
        [("content-type", PROBLEM_JSON), *MANNERS, *((name.lower(), value) for name, value in headers)],
        orjson.dumps(problem(status, detail, **more)),
    )
