"""What can go wrong, and the gRPC status that says so."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError

from service_kit.errors import DomainError
from service_kit.rpc.errors import domain_status, field_violations_status, retry_status

log = structlog.get_logger()


class InvalidRequestError(Exception):
    """The request as a whole cannot be taken, whatever is tried."""

    def __init__(self, violations: Sequence[tuple[str, str]]) -> None:
        super().__init__("invalid request")  # no values: an exception may end in a log
        self.violations = violations


class OverloadedError(Exception):
    """More is waiting for Kafka than may be; the client should slow down."""


class NotAcknowledgedError(Exception):
    """Kafka did not acknowledge; the client should send the same again."""


def status_of(error: Exception) -> grpc.Status:
    match error:
        case InvalidRequestError():
            return field_violations_status(error.violations)
        case DecodeError():
            return field_violations_status([("request", "must be a protobuf message of its type, cannot be read")])
        case OverloadedError():
            return retry_status(grpc.StatusCode.RESOURCE_EXHAUSTED, str(error), after_s=0.5)
        case NotAcknowledgedError():
            return retry_status(grpc.StatusCode.UNAVAILABLE, str(error), after_s=1)
        case DomainError():
            return domain_status(error)
        case _:
            log.error("unexpected error", exc_info=error)
            return retry_status(grpc.StatusCode.INTERNAL, "An unexpected error happened; it is in the log.", after_s=10)


@asynccontextmanager
async def errors_as_status(
    context: "grpc.aio.ServicerContext[Any, Any]", failed: Callable[[grpc.StatusCode], None]
) -> AsyncIterator[None]:
    """End the call with the status of what was raised, and tell `failed` of it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  whatever happened, the client is told without a stack trace
        status = status_of(error)
    else:
        return
    failed(status.code)
    await context.abort_with_status(status)
