"""No socket of a client of Kafka is left to the garbage collector, whose warning would end another test."""

import socket
from typing import Any

import pytest
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket

from tests.patience import PATIENCE_S


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The sockets that clients made."""
    make = KafkaNetSocket.socket
    sockets: list[socket.socket] = []

    def remember(self: KafkaNetSocket, *arguments: Any) -> socket.socket:
        sockets.append(make(self, *arguments))
        return sockets[-1]

    monkeypatch.setattr(KafkaNetSocket, "socket", remember)
    return sockets


def client_of(port: int) -> KafkaNetClient:
    return KafkaNetClient(bootstrap_servers=f"127.0.0.1:{port}")


def test_a_client_that_is_closed_while_it_connects_closes_the_socket(made: list[socket.socket]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = client_of(server.getsockname()[1])
        client.maybe_connect("bootstrap-0")  # to begin with the next step of the loop, of which close() does the last
        client.close()
    assert [one.fileno() for one in made] == [-1]


def test_a_socket_that_is_refused_is_closed(made: list[socket.socket]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = client_of(port)
    client.maybe_connect("bootstrap-0")
    client.poll(PATIENCE_S * 1000, future=client._manager._conns["bootstrap-0"].close_future)  # noqa: SLF001  none else says so
    client.close()
    assert [one.fileno() for one in made] == [-1]
