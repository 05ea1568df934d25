"""What others' servers stumbled over: a call that unpacks to far more, and clients that speak something else."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from udaconnect.location.v1 import location_pb2 as pb

from tests.conftest import PollUntil
from tests.integration.location_producer.running import StartProducer
from tests.integration.location_producer.test_overload import resident_mb
from tests.patience import PATIENCE_S

CREATE = "/udaconnect.location.v1.LocationService/BatchCreateLocations"
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(
    (0, 0, 0, 4, 0, 0, 0, 0, 0)
)  # and settings, none of them (RFC 9113)
PING = bytes((0, 0, 8, 6, 0, 0, 0, 0, 0))  # the head of its frame; eight bytes follow
PING_ACK, GOAWAY = (6, 1), (7, 0)
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


def frames(line: socket.socket) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Type and flags, and payload, until the server hangs up."""
    with line.makefile("rb") as stream:
        while len(head := stream.read(9)) == len(PING):
            yield (head[3], head[4]), stream.read(int.from_bytes(head[:3]))


def test_pings_without_calls_are_answered_for_as_long_as_a_connection_may_be_idle(
    start_producer: StartProducer, make_topic: Callable[..., str], poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic())
    poll_until(producer.serving)
    host, _, port = producer.target.rpartition(":")
    pings = [number.to_bytes(8) for number in range(1, 91)]  # each 10 s for a quarter of an hour
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(HELLO)
        answers = frames(line)
        for ping in pings:
            line.sendall(PING + ping)
            assert ping in next(payload for kind, payload in answers if kind in (PING_ACK, GOAWAY))

        line.sendall(b"".join(PING + number.to_bytes(8) for number in range(1_000)))
        assert GOAWAY in [kind for kind, _ in answers], "a flood of them ends with a connection that is closed"
