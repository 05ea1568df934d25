"""A request that is no protobuf message of its type: the client's mistake, so INVALID_ARGUMENT.

Left alone, gRPC answers UNKNOWN and writes a stack trace for each.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from location_producer.errors import status_of

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"


class UnreadableRequests(grpc.aio.ServerInterceptor):
    """For unary rpcs; the handler of a stream meets the DecodeError itself, where it reads."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None or handler.request_deserializer is None:
            return handler
        deserialize = handler.request_deserializer
        answer: Callable[..., Any] = handler.unary_unary  # a coroutine function here; gRPC's types know the sync server

        def read(wire: bytes) -> object:
            try:
                return deserialize(wire)
            except DecodeError as error:
                return error

        async def answer_if_readable(request: object, context: grpc.aio.ServicerContext[Any, Any]) -> object:
            if isinstance(request, DecodeError):
                await context.abort_with_status(status_of(request))
            return await answer(request, context)

        return grpc.unary_unary_rpc_method_handler(answer_if_readable, read, handler.response_serializer)
