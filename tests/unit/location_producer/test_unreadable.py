"""Bytes that are no message of a method's type are the client's mistake, on every method, health and reflection too."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from location_producer.unreadable import UnreadableRequests
from tests.patience import PATIENCE_S

GARBAGE = b"\xff"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


async def status_of(method: str, *messages: bytes, many_answers: bool) -> grpc.StatusCode:
    server = grpc.aio.server(interceptors=[UnreadableRequests()])
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    reflection.enable_server_reflection([health.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            if not many_answers:
                unary: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
                await unary(messages[0], timeout=PATIENCE_S)
            else:
                stream: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(method)
                async for _ in stream(iter(messages), timeout=PATIENCE_S):
                    pass
    except grpc.RpcError as error:
        return error.code()
    finally:
        await server.stop(None)
    return grpc.StatusCode.OK


@pytest.mark.parametrize(
    ("method", "messages", "many_answers"),
    [
        ("/grpc.health.v1.Health/Check", (GARBAGE,), False),
        ("/grpc.health.v1.Health/Watch", (GARBAGE,), True),
        (REFLECTION, (b"\x3a\x00", GARBAGE), True),
    ],
)
def test_garbage_is_an_invalid_argument(method: str, messages: tuple[bytes, ...], many_answers: bool) -> None:
    status = asyncio.run(status_of(method, *messages, many_answers=many_answers))
    assert status is grpc.StatusCode.INVALID_ARGUMENT


def test_readable_requests_pass() -> None:
    assert asyncio.run(status_of(REFLECTION, b"\x3a\x00", many_answers=True)) is grpc.StatusCode.OK
