"""A request that is no protobuf message of its type: the client's mistake, so INVALID_ARGUMENT.

Left alone, gRPC answers INTERNAL and writes a stack trace for each. For the server with threads; health and reflection
included, which anybody may ask.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from service_kit.errors import InvalidInput
from service_kit.rpc.errors import domain_status

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
Behaviour: TypeAlias = Callable[[Any, grpc.ServicerContext], Any]

NOT_A_MESSAGE = InvalidInput([("request", "must be a protobuf message of its type, cannot be read")])


class UnreadableRequests(grpc.ServerInterceptor):
    """The last one of all, next to the servicer: those before it need not know."""

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Handler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        read = message_or_error(handler.request_deserializer)
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(_one(handler.unary_unary), read, handler.response_serializer)
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(
                _one_to_many(handler.unary_stream), read, handler.response_serializer
            )
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(
                _many(handler.stream_stream), read, handler.response_serializer
            )
        return handler


def message_or_error(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The same, but that a DecodeError is given to the handler instead of raised where nobody can answer it."""

    def read(wire: bytes) -> object:
        try:
            return deserialize(wire)
        except DecodeError as error:
            return error

    return read


def _one(behaviour: Behaviour) -> Behaviour:
    def answer(request: object, context: grpc.ServicerContext) -> object:
        if isinstance(request, DecodeError):
            raise NOT_A_MESSAGE
        return behaviour(request, context)

    return answer


def _one_to_many(behaviour: Behaviour) -> Behaviour:
    def answer(request: object, context: grpc.ServicerContext) -> object:
        if isinstance(request, DecodeError):
            context.abort_with_status(domain_status(NOT_A_MESSAGE))
        return behaviour(request, context)

    return answer


def _many(behaviour: Behaviour) -> Behaviour:
    def readable(requests: Iterable[object], context: grpc.ServicerContext) -> Iterator[object]:
        for request in requests:
            if isinstance(request, DecodeError):
                context.abort_with_status(domain_status(NOT_A_MESSAGE))
            yield request

    def answer(requests: Iterable[object], context: grpc.ServicerContext) -> object:
        return behaviour(readable(requests, context), context)

    return answer
