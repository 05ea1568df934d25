"""Bytes that are no message of a method's type are the client's mistake, on every method, health and reflection too."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from service_kit.errors import InvalidInput
from service_kit.rpc.errors import domain_status
from service_kit.rpc.unreadable import UnreadableRequests
from tests.patience import PATIENCE_S

GARBAGE = b"\xff"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


class DomainErrors(grpc.ServerInterceptor):
    """As the services have it before this one: what a unary call raises becomes its status."""

    def intercept_service(self, continuation, handler_call_details):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  gRPC's
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: object, context: grpc.ServicerContext) -> object:
            try:
                return handler.unary_unary(request, context)
            except InvalidInput as error:
                context.abort_with_status(domain_status(error))

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


@pytest.fixture
def channel() -> Iterator[grpc.Channel]:
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[DomainErrors(), UnreadableRequests()])
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    reflection.enable_server_reflection([health.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None).wait()


def test_a_unary_call(channel: grpc.Channel) -> None:
    check: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/grpc.health.v1.Health/Check")
    with pytest.raises(grpc.RpcError) as error:
        check(GARBAGE, timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "protobuf message" in (error.value.details() or "")


def test_a_call_with_many_answers(channel: grpc.Channel) -> None:
    watch: grpc.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream("/grpc.health.v1.Health/Watch")
    with pytest.raises(grpc.RpcError) as error:
        list(watch(GARBAGE, timeout=PATIENCE_S))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_stream_whose_second_message_is_garbage(channel: grpc.Channel) -> None:
    good = b"\x3a\x00"  # list_services: ""
    ask: grpc.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(REFLECTION)
    with pytest.raises(grpc.RpcError) as error:
        list(ask(iter([good, GARBAGE]), timeout=PATIENCE_S))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_readable_requests_pass(channel: grpc.Channel) -> None:
    answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
