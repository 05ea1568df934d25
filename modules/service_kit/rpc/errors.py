"""Errors of gRPC that a program can read: the details of google.rpc in the status, through grpcio-status.

A servicer ends the call by `context.abort_with_status(status)`, an aio servicer awaits it.
"""

from collections.abc import Sequence

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from service_kit.errors import DependencyDown, DomainError, InvalidInput, TooManyCalls, status_of


def field_violations_status(violations: Sequence[tuple[str, str]]) -> grpc.Status:
    """INVALID_ARGUMENT with google.rpc.BadRequest.

    `violations` are (field, reason) pairs; the field is a path in the request such as `location.latitude`. The message
    says the same in one line, for people.
    """
    bad_request = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=field, description=reason) for field, reason in violations
        ]
    )
    message = "; ".join(f"{field} {reason}" for field, reason in violations)
    return _status(code_pb2.INVALID_ARGUMENT, message, bad_request)


def retry_status(code: grpc.StatusCode, message: str, *, after_s: float) -> grpc.Status:
    """Any status, with google.rpc.RetryInfo: when trying again is worth it."""
    retry_info = error_details_pb2.RetryInfo()
    retry_info.retry_delay.FromNanoseconds(int(after_s * 1e9))
    return _status(code.value[0], message, retry_info)


def domain_status(error: DomainError) -> grpc.Status:
    """What the one table of errors says, with the details that belong to it. The message is for the caller."""
    if isinstance(error, InvalidInput):
        return field_violations_status(error.violations)
    code = grpc.StatusCode[status_of(error).grpc]
    if isinstance(error, TooManyCalls | DependencyDown):
        return retry_status(code, str(error), after_s=error.after_s)
    status: grpc.Status = rpc_status.to_status(status_pb2.Status(code=code.value[0], message=str(error)))
    return status


def _status(code: int, message: str, detail: Message) -> grpc.Status:
    packed = any_pb2.Any()
    packed.Pack(detail)
    status: grpc.Status = rpc_status.to_status(status_pb2.Status(code=code, message=message, details=[packed]))
    return status
