"""Calls are counted by what the client was told, on a server of threads and on an asyncio server alike."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from prometheus_client import CollectorRegistry

from service_kit.rpc.metrics import GrpcMetrics
from service_kit.rpc.surrounding import AroundAioCalls, AroundCalls
from tests.patience import PATIENCE_S

SERVICE = "tools.v1.Tools"


class Defect(Exception):  # noqa: N818  not an error of ours
    pass


def behave(request: bytes, context: grpc.ServicerContext) -> bytes:
    if request == b"refuse":
        context.abort(grpc.StatusCode.NOT_FOUND, "no such tool")
    if request == b"defect":
        raise Defect
    return request


async def behave_aio(request: bytes, context: Any) -> bytes:
    if request == b"refuse":
        await context.abort(grpc.StatusCode.NOT_FOUND, "no such tool")
    if request == b"defect":
        raise Defect
    return request


async def stream_aio(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
    async for request in requests:
        yield await behave_aio(request, context)


def handlers(unary: Callable[..., Any], stream: Callable[..., Any] | None = None) -> list[grpc.GenericRpcHandler]:
    methods: dict[str, Any] = {"Use": grpc.unary_unary_rpc_method_handler(unary)}
    if stream:
        methods["UseMany"] = grpc.stream_stream_rpc_method_handler(stream)
    infrastructure: dict[str, Any] = {"Check": grpc.unary_unary_rpc_method_handler(unary)}
    return [
        grpc.method_handlers_generic_handler(SERVICE, methods),
        grpc.method_handlers_generic_handler("grpc.health.v1.Health", infrastructure),
    ]


def ask(channel: grpc.Channel, request: bytes, method: str = f"/{SERVICE}/Use") -> bytes | grpc.StatusCode:
    use: Callable[..., Any] = channel.unary_unary(method)
    try:
        answer: bytes = use(request, timeout=PATIENCE_S)
    except grpc.RpcError as error:
        code: grpc.StatusCode = error.code()
        return code
    return answer


def count(registry: CollectorRegistry, code: str, method: str = "Use") -> float | None:
    labels = {"grpc_service": SERVICE, "grpc_method": method, "grpc_code": code}
    return registry.get_sample_value("grpc_server_handled_total", labels)


def timed(registry: CollectorRegistry, method: str = "Use") -> float | None:
    labels = {"grpc_service": SERVICE, "grpc_method": method}
    return registry.get_sample_value("grpc_server_handling_seconds_count", labels)


def check_counts(registry: CollectorRegistry) -> None:
    assert count(registry, "OK") == 2
    assert count(registry, "NOT_FOUND") == 1
    assert count(registry, "UNKNOWN") == 1
    assert timed(registry) == 4
    counted = {
        sample.labels["grpc_service"]
        for family in registry.collect()
        for sample in family.samples
        if "grpc_service" in sample.labels
    }
    assert counted == {SERVICE}, "neither health checks nor what callers invent"


def ask_everything(channel: grpc.Channel) -> None:
    assert ask(channel, b"hammer") == b"hammer"
    assert ask(channel, b"saw") == b"saw"
    assert ask(channel, b"refuse") == grpc.StatusCode.NOT_FOUND
    assert ask(channel, b"defect") == grpc.StatusCode.UNKNOWN
    assert ask(channel, b"ping", "/grpc.health.v1.Health/Check") == b"ping"
    assert ask(channel, b"?", "/invented.Service/Method") == grpc.StatusCode.UNIMPLEMENTED


def test_a_server_of_threads_counts_what_its_clients_were_told() -> None:
    registry = CollectorRegistry()
    server = grpc.server(ThreadPoolExecutor(2), interceptors=[AroundCalls(GrpcMetrics(registry).call)])
    server.add_generic_rpc_handlers(handlers(behave))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            ask_everything(channel)
    finally:
        server.stop(0).wait()
    check_counts(registry)


async def with_aio_server(registry: CollectorRegistry, test: Callable[[int], Awaitable[None]]) -> None:
    server = grpc.aio.server(interceptors=[AroundAioCalls(GrpcMetrics(registry).call)])
    server.add_generic_rpc_handlers(handlers(behave_aio, stream_aio))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        await test(port)
    finally:
        await server.stop(0)


def test_an_asyncio_server_counts_what_its_clients_were_told() -> None:
    registry = CollectorRegistry()

    async def test(port: int) -> None:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            await asyncio.to_thread(ask_everything, channel)

    asyncio.run(with_aio_server(registry, test))
    check_counts(registry)


@pytest.mark.parametrize(("last", "code"), [(b"saw", "OK"), (b"refuse", "NOT_FOUND")])
def test_a_stream_counts_once_when_it_ends_and_its_length_is_nobodys_latency(last: bytes, code: str) -> None:
    registry = CollectorRegistry()

    async def test(port: int) -> None:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            use_many: Callable[..., Any] = channel.stream_stream(f"/{SERVICE}/UseMany")
            call = use_many(iter([b"hammer", last]))
            assert await call.read() == b"hammer"
            if code == "OK":
                assert await call.read() == last
                assert await call.read() == grpc.aio.EOF
            assert (await call.code()).name == code

    asyncio.run(with_aio_server(registry, test))
    assert count(registry, code, "UseMany") == 1
    assert timed(registry, "UseMany") is None


def test_a_client_that_goes_away_in_mid_stream_is_no_failure_of_the_server(poll_until: Any) -> None:
    registry = CollectorRegistry()

    async def test(port: int) -> None:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            use_many: Callable[..., Any] = channel.stream_stream(f"/{SERVICE}/UseMany")
            call = use_many()
            await call.write(b"hammer")
            assert await call.read() == b"hammer"
            call.cancel()
            # To the handler it may look as if the client had said all it wanted to.
            await asyncio.to_thread(
                poll_until, lambda: count(registry, "OK", "UseMany") or count(registry, "CANCELLED", "UseMany")
            )

    asyncio.run(with_aio_server(registry, test))
    assert count(registry, "UNKNOWN", "UseMany") is None
