"""What can go wrong in the domain, and the one table that says what a caller is told about it.

Domain code raises these; the edges (rest/problem.py, rpc/errors.py) look them up in STATUSES, so that
routes and servicers hold no `try`. An exception that is not in the table is a defect: 500 or INTERNAL, without detail.
"""

# ruff: noqa: N818  a domain exception is named by what happened

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple


class Violation(NamedTuple):
    """One thing that is wrong with a request: `field` as the caller wrote it, `reason` as "must be …"."""

    field: str
    reason: str


class DomainError(Exception):
    """The message is for the caller: a sentence without internals."""


class InvalidInput(DomainError):
    """The request can never be answered as it is. At least one violation."""

    def __init__(self, violations: Sequence[tuple[str, str]]) -> None:
        self.violations = [Violation(*violation) for violation in violations]
        super().__init__("; ".join(f"{field} {reason}" for field, reason in self.violations))


class NotFound(DomainError):
    """What was asked for does not exist: `NotFound("person 7")`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not exist")


class DependencyDown(DomainError):
    """A database, broker or service that is needed does not answer; trying again `after_s` seconds later is right."""

    after_s = 1

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not answer, try again later")


class NotAuthenticated(DomainError):
    """Nobody can tell who is calling: no token came (`token_given` is False), or it is not a good one."""

    def __init__(self, message: str, *, token_given: bool = True) -> None:
        self.token_given = token_given
        super().__init__(message)


class NotAllowed(DomainError):
    """It is known who is calling, and he may not do that. `scope`: what his token would have to hold, if that is it."""

    def __init__(self, message: str, *, scope: str | None = None) -> None:
        self.scope = scope
        super().__init__(message)


class TooManyCalls(DomainError):
    """The caller is above the rate at which he may call; `after_s` seconds from now the next call is welcome."""

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        super().__init__(f"too many calls, try again in {after_s:.1f} s")


class Status(NamedTuple):
    """`grpc` is the name of a grpc.StatusCode: REST services need not install grpc to read this table."""

    http: HTTPStatus
    grpc: str


STATUSES: Mapping[type[DomainError], Status] = {
    InvalidInput: Status(HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT"),
    NotFound: Status(HTTPStatus.NOT_FOUND, "NOT_FOUND"),
    NotAuthenticated: Status(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED"),
    NotAllowed: Status(HTTPStatus.FORBIDDEN, "PERMISSION_DENIED"),
    TooManyCalls: Status(HTTPStatus.TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED"),
    DependencyDown: Status(HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE"),
}
UNEXPECTED = Status(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL")


def status_of(error: BaseException) -> Status:
    """Look up the status of an exception, or of the nearest of its base classes that the table names."""
    return next((STATUSES[base] for base in type(error).__mro__ if base in STATUSES), UNEXPECTED)
