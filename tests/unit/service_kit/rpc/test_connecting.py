"""A service that is slow to answer is waited for, by everybody who calls one over gRPC.

`grpc.min_reconnect_backoff_ms`, in spite of its name, is how long an attempt to connect may take: it stays as it is.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from connection_service.people import person_service as asked_for_names
from location_producer.people import person_service as asked_who_there_is
from service_kit.rpc import peer
from tests.chaos.link import Link
from tests.patience import PATIENCE_S

SLOW_S = 1.5  # longer than they pause between two attempts
SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture
def link() -> Iterator[Link]:
    """The way to a server."""
    server = grpc.server(ThreadPoolExecutor(1))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    link = Link(("127.0.0.1", server.add_insecure_port("127.0.0.1:0")))
    server.start()
    yield link
    link.close()
    server.stop(grace=None).wait()


@pytest.mark.parametrize(
    "options", [asked_for_names.OPTIONS, asked_who_there_is.OPTIONS, peer.OPTIONS], ids=["names", "who", "peer"]
)
def test_a_slow_answer_to_an_attempt_to_connect_is_no_failure(
    link: Link, options: Sequence[tuple[str, int | str]]
) -> None:
    link.silence()
    threading.Timer(SLOW_S, link.heal).start()
    with grpc.insecure_channel(link.address, options=options) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
    assert answer.status == SERVING
