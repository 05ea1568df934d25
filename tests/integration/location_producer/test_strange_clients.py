"""What others' servers stumbled over: a call that unpacks to far more, and clients that speak something else."""

import socket
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from udaconnect.location.v1 import location_pb2 as pb

from tests.conftest import PollUntil
from tests.integration.location_producer.running import StartProducer
from tests.integration.location_producer.test_overload import resident_mb
from tests.patience import PATIENCE_S

CREATE = "/udaconnect.location.v1.LocationService/BatchCreateLocations"
OTHERS = {
    "http/1.1": b"GET / HTTP/1.1\r\nHost: udaconnect\r\n\r\n",
    "grpc-web": f"POST {CREATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web+proto\r\n\r\n".encode(),
}


def test_a_call_of_kilobytes_that_unpacks_to_30_mb_is_refused_and_costs_no_memory(
    start_producer: StartProducer, make_topic: Callable[..., str], poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic())
    poll_until(producer.serving)
    before_mb = resident_mb(producer)
    with grpc.insecure_channel(producer.target, options=[("grpc.max_send_message_length", -1)]) as channel:
        call: Any = channel.unary_unary(CREATE)
        for _ in range(5):
            with pytest.raises(grpc.RpcError) as error:
                call(bytes(30_000_000), timeout=PATIENCE_S, compression=grpc.Compression.Gzip)
            assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert resident_mb(producer) < before_mb + 30


@pytest.mark.parametrize("hello", OTHERS.values(), ids=OTHERS)
def test_whoever_speaks_something_else_is_hung_up_on_and_the_others_are_served(
    start_producer: StartProducer, make_topic: Callable[..., str], poll_until: PollUntil, hello: bytes
) -> None:
    producer = start_producer(make_topic())
    poll_until(producer.serving)
    host, _, port = producer.target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(hello)
        while line.recv(4096):
            pass  # its settings, and why it ends
    location = pb.Location(person_id=1, latitude=1, longitude=1)
    answer = producer.stub.CreateLocation(pb.CreateLocationRequest(location=location), timeout=PATIENCE_S)
    assert answer.location.person_id == 1
