"""A request that is no protobuf message of its type: the client's mistake, so INVALID_ARGUMENT.

Left alone, gRPC answers UNKNOWN and writes a stack trace for each.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from location_producer.errors import status_of
from service_kit.rpc.unreadable import message_or_error

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
Behaviour: TypeAlias = Callable[..., Any]  # gRPC's types know those of the server with threads
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class UnreadableRequests(grpc.aio.ServerInterceptor):
    """For every rpc, health and reflection included, which anybody may ask."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        read = message_or_error(handler.request_deserializer)
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(_one(handler.unary_unary), read, handler.response_serializer)
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(_one(handler.unary_stream), read, handler.response_serializer)
        if handler.stream_stream is not None:
            # Its reader meets the error itself, wherever in the stream it is.
            return grpc.stream_stream_rpc_method_handler(
                _many(handler.stream_stream), handler.request_deserializer, handler.response_serializer
            )
        return handler


def _one(answer: Behaviour) -> Behaviour:
    """For the handlers that are coroutine functions: all of ours, and those of health."""

    async def answer_if_readable(request: object, context: Context) -> object:
        if isinstance(request, DecodeError):
            await context.abort_with_status(status_of(request))
        return await answer(request, context)

    return answer_if_readable


def _many(answer: Behaviour) -> Behaviour:
    async def answer_what_is_readable(requests: object, context: Context) -> AsyncIterator[object]:
        try:
            async with aclosing(answer(requests, context)) as responses:
                async for response in responses:
                    yield response
        except DecodeError as error:
            await context.abort_with_status(status_of(error))

    return answer_what_is_readable
