"""No socket of a client of Kafka is left to the garbage collector, whose warning would end another test."""

import gc
import socket
import warnings

from kafka.net.inet import KafkaNetSocket

from tests.kafka_sockets import ClosesItself
from tests.patience import PATIENCE_S


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
