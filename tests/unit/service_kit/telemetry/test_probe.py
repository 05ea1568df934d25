from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry

from deployment.native.ports import free_address
from service_kit.telemetry.health import health_server
from service_kit.telemetry.probe import is_ready

NOBODY = "127.0.0.1:1"


@contextmanager
def grpc_service(status: int) -> Iterator[str]:
    servicer = health.HealthServicer()
    servicer.set("", status)
    server = grpc.server(ThreadPoolExecutor(1))
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def test_a_grpc_service_is_ready_when_it_says_that_it_serves() -> None:
    with grpc_service(health_pb2.HealthCheckResponse.SERVING) as address:
        assert is_ready(address)
    with grpc_service(health_pb2.HealthCheckResponse.NOT_SERVING) as address:
        assert not is_ready(address)


def test_a_rest_service_is_ready_when_it_answers_with_success() -> None:
    bind = free_address()
    with health_server(bind, live=lambda: True, ready=lambda: False, metrics=CollectorRegistry()):
        assert is_ready(f"http://{bind}/livez")
        assert not is_ready(f"http://{bind}/readyz")


def test_a_service_that_does_not_listen_is_not_ready() -> None:
    assert not is_ready(f"grpc://{NOBODY}")
    assert not is_ready(f"http://{NOBODY}/readyz")
