"""No socket of a client of Kafka is left to the garbage collector, whose warning would end another test."""

import gc
import logging
import socket
import warnings
import weakref
from typing import Any

import pytest
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket

from tests.kafka_sockets import ClosesItself
from tests.patience import PATIENCE_S

Made = list["weakref.ref[socket.socket]"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """The sockets that clients made; held by nobody here."""
    make = KafkaNetSocket.socket
    sockets: Made = []

    def remember(self: KafkaNetSocket, *arguments: Any) -> socket.socket:
        one: socket.socket = make(self, *arguments)
        sockets.append(weakref.ref(one))
        return one

    monkeypatch.setattr(KafkaNetSocket, "socket", remember)
    return sockets


def left_open(made: Made) -> list[socket.socket]:
    """Once garbage is collected, of which a warning fails the test."""
    gc.collect()
    assert len(made) == 1
    return [one for each in made if (one := each()) is not None and one.fileno() != -1]


def client_of(port: int) -> KafkaNetClient:
    return KafkaNetClient(bootstrap_servers=f"127.0.0.1:{port}")


def test_a_client_that_is_closed_while_it_connects_closes_the_socket(made: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = client_of(server.getsockname()[1])
        client.maybe_connect("bootstrap-0")  # to begin with the next step of the loop, of which close() does the last
        client.close()
    del client
    assert left_open(made) == []


def test_a_socket_that_is_refused_is_closed(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "kafka")  # what is logged would hold the error, and this the socket
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = client_of(port)
    client.maybe_connect("bootstrap-0")
    client.poll(PATIENCE_S * 1000, future=client._manager._conns["bootstrap-0"].close_future)  # noqa: SLF001  none else says so
    client.close()
    del client
    assert left_open(made) == []


def test_a_socket_of_kafka_that_nobody_holds_is_closed_without_a_warning() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        forgotten = KafkaNetSocket().socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        assert isinstance(forgotten, ClosesItself)
        forgotten.connect(server.getsockname())
        other_end, _ = server.accept()
        with other_end, warnings.catch_warnings():
            warnings.simplefilter("error")
            del forgotten
            gc.collect()
            other_end.settimeout(PATIENCE_S)
            assert other_end.recv(1) == b""
