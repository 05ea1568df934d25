"""Does something around every call that a gRPC server answers: count it, trace it.

Health checks and reflection are left out: they would hide what happens to the calls that matter. So is a method that
does not exist: its name is the caller's invention.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

import grpc

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
# Of either kind of server; gRPC's types know the one of threads only.
Behaviour: TypeAlias = Callable[..., Any]

Around: TypeAlias = Callable[[str, Any, bool], AbstractContextManager[None]]
"""Of /package.Service/Method, the context of the call, and whether it is unary: what to enter for its length."""

INFRASTRUCTURE: Final = "/grpc."
CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


def status_code_of(context: Any) -> grpc.StatusCode | None:  # noqa: ANN401  of either kind of server
    """What the handler told gRPC by abort or set_code. The asyncio server keeps it as a number, with 0 for nothing."""
    code = context.code()
    return (CODES.get(code) if code else None) if isinstance(code, int) else code


class AroundCalls(grpc.ServerInterceptor):
    """For a server of threads; only unary calls. Before all that may answer in the handler's place, so as to see it."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Handler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler, method = continuation(handler_call_details), handler_call_details.method
        if handler is None or handler.unary_unary is None or method.startswith(INFRASTRUCTURE):
            return handler
        behaviour = handler.unary_unary

        def answer(request: object, context: grpc.ServicerContext) -> object:
            with self._around(method, context, True):
                return behaviour(request, context)

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


class AroundAioCalls(grpc.aio.ServerInterceptor):
    """For an asyncio server; unary calls, and streams of both sides as one call. Before all others, likewise."""

    def __init__(self, around: Around) -> None:
        self._around = around

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler, method = await continuation(handler_call_details), handler_call_details.method
        if handler is None or method.startswith(INFRASTRUCTURE):
            return handler
        codecs = handler.request_deserializer, handler.response_serializer
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._unary(method, handler.unary_unary), *codecs)
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(self._stream(method, handler.stream_stream), *codecs)
        return handler

    def _unary(self, method: str, behaviour: Behaviour) -> Behaviour:
        async def answer(request: object, context: object) -> object:
            with self._around(method, context, True):
                return await behaviour(request, context)

        return answer

    def _stream(self, method: str, behaviour: Behaviour) -> Behaviour:
        async def answers(requests: object, context: object) -> AsyncIterator[object]:
            with self._around(method, context, False):
                async for each in behaviour(requests, context):
                    yield each

        return answers
