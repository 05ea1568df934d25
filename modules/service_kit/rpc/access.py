"""The gate before every gRPC call, for grpc.aio and for the server with threads.

UNAUTHENTICATED without a good token, PERMISSION_DENIED for what its scopes do not allow, RESOURCE_EXHAUSTED with
google.rpc.RetryInfo above the rate. Health and reflection tell nobody's data and stay open.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

import grpc

from service_kit.access.rules import ADMIN, CALLER, Gate, Rule, Rules
from service_kit.access.tokens import Caller
from service_kit.errors import DomainError
from service_kit.rpc.errors import domain_status

OPEN: Final = ("/grpc.health.v1.Health/", "/grpc.reflection.")
UNLISTED: Final = Rule(ADMIN)

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class AccessOfAioCalls(grpc.aio.ServerInterceptor):
    """Refuses before a message is read, and sets CALLER for the handler.

    The handler itself compares a bound token with the persons in the messages: it reads them anyway. `refused` is told
    of every refusal.
    """

    def __init__(self, gate: Gate, rules: Rules, refused: Callable[[grpc.StatusCode], None]) -> None:
        self._gate = gate
        self._rules = rules
        self._refused = refused

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        method = handler_call_details.method
        if self._gate.is_open or method.startswith(OPEN):
            return await continuation(handler_call_details)
        try:
            caller = await self._identify(authorization_of(handler_call_details))
            if caller is not None:
                self._rules.get(method, UNLISTED).check_scope(caller)
                self._gate.count(caller, "")
        except DomainError as error:
            return self._refusal(error)
        CALLER.set(caller)
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        if handler.stream_stream is not None:
            return self._paced(handler, caller)
        return handler if caller is not None else self._counted_by_address(handler)

    async def _identify(self, authorization: str | None) -> Caller | None:
        """In a thread where the token has not been seen before: the issuer's keys may have to be asked for."""
        return self._gate.recall(authorization) or await asyncio.to_thread(self._gate.identify, authorization)

    def _refusal(self, error: DomainError) -> "grpc.RpcMethodHandler[Any, Any]":
        """In the form of a stream, because gRPC reads the message of a unary call before it asks the handler."""

        async def refuse(requests: object, context: Context) -> AsyncIterator[object]:
            await self._abort(context, error)
            yield requests  # never, but that makes it what the handler of a stream is

        return grpc.stream_stream_rpc_method_handler(refuse)

    async def _abort(self, context: Context, error: DomainError) -> None:
        status = domain_status(error)
        self._refused(status.code)
        await context.abort_with_status(status)

    def _counted_by_address(self, handler: "grpc.RpcMethodHandler[Any, Any]") -> "grpc.RpcMethodHandler[Any, Any]":
        """Where no tokens are asked for: who is at the other end is known only now."""
        answer: Callable[..., Any] = handler.unary_unary  # type: ignore[assignment]  # our rpcs are this or streams

        async def count_and_answer(request: object, context: Context) -> object:
            try:
                self._gate.count(None, address_of(context))
            except DomainError as error:
                await self._abort(context, error)
            return await answer(request, context)

        return grpc.unary_unary_rpc_method_handler(
            count_and_answer, handler.request_deserializer, handler.response_serializer
        )

    def _paced(
        self, handler: "grpc.RpcMethodHandler[Any, Any]", caller: Caller | None
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        """Each message of a stream counts as a call: above the rate it is read later, which slows the client down.

        A stream may outlive its token: it ends with the first message after its end, or after it was taken back.
        """
        answer: Callable[..., Any] = handler.stream_stream  # type: ignore[assignment]  # of this kind, the caller said
        limit, tokens = self._gate.limit, self._gate.tokens

        async def pace(requests: AsyncIterator[object], key: str) -> AsyncIterator[object]:
            async for request in requests:
                if tokens is not None and caller is not None:
                    if tokens.revocations_due:
                        await asyncio.to_thread(tokens.look_at_revocations)
                    tokens.check_again(caller)
                while limit is not None and (wait_s := limit.wait_s(key)):  # noqa: ASYNC110  it says how long
                    await asyncio.sleep(wait_s)
                yield request

        async def answer_paced(requests: AsyncIterator[object], context: Context) -> AsyncIterator[object]:
            key = address_of(context) if caller is None else caller.subject
            try:
                async with aclosing(answer(pace(requests, key), context)) as answers:
                    async for each in answers:
                        yield each
            except DomainError as error:
                await self._abort(context, error)

        return grpc.stream_stream_rpc_method_handler(
            answer_paced, handler.request_deserializer, handler.response_serializer
        )


class AccessOfCalls(grpc.ServerInterceptor):
    """For the server with threads, and unary rpcs. Raises domain errors, which an interceptor before it answers."""

    def __init__(self, gate: Gate, rules: Rules) -> None:
        self._gate = gate
        self._rules = rules

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Handler], handler_call_details: grpc.HandlerCallDetails
    ) -> Handler:
        handler = continuation(handler_call_details)
        method = handler_call_details.method
        if self._gate.is_open or method.startswith(OPEN) or handler is None or handler.unary_unary is None:
            return handler
        answer = handler.unary_unary
        rule = self._rules.get(method, UNLISTED)

        def answer_if_admitted(request: object, context: grpc.ServicerContext) -> object:
            # Here, as this runs in a thread of the pool: what stands outside would hold up every other call.
            caller = self._gate.identify(authorization_of(handler_call_details))
            self._gate.count(caller, address_of(context))
            if caller is not None:
                rule.check(caller, request)
            CALLER.set(caller)
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(
            answer_if_admitted, handler.request_deserializer, handler.response_serializer
        )


def authorization_of(details: grpc.HandlerCallDetails) -> str | None:
    """The header of the call; two of them are none that could be told to be meant."""
    metadata: Iterable[tuple[str, str | bytes]] = details.invocation_metadata or ()
    given = [str(value) for name, value in metadata if name == "authorization"]
    return ", ".join(given) if given else None


def caller_of(context: "Context | grpc.ServicerContext") -> str:
    """Whose call it is, for whatever is counted by caller: the subject of his token, or else where he is.

    Of IPv6 the network of 64 bits, which everybody has at least one of: a machine has as many addresses as it likes.
    """
    caller = CALLER.get()
    if caller is not None:
        return caller.subject
    host = unquote(address_of(context).partition(":")[2]).strip("[]")
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return address_of(context)  # a Unix socket
    if isinstance(address, IPv4Address) or address.ipv4_mapped:
        return str(getattr(address, "ipv4_mapped", None) or address)
    return str(IPv6Network((address, 64), strict=False))


def address_of(context: "Context | grpc.ServicerContext") -> str:
    """The remote address without its port: ipv4:192.0.2.1:5000 → ipv4:192.0.2.1."""
    peer: str = context.peer()
    return peer.rpartition(":")[0]
