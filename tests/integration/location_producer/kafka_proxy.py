"""Real Kafka that a test can freeze, or make slow."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress


class KafkaBehindProxy:
    """A TCP proxy in front of one broker, which can be frozen (connections stay, nothing passes) or slow.

    Kafka tells its clients the address to use. The proxy writes its own port over the broker's in what passes, so that
    the clients stay with it.
    """

    def __init__(self, broker: str) -> None:
        host, port = broker.split(":")
        self._broker = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        own_port = self._listener.getsockname()[1]
        self.bootstrap_servers = f"127.0.0.1:{own_port}"
        self._advertised = host.encode() + int(port).to_bytes(4, "big")
        self._rewritten = host.encode() + own_port.to_bytes(4, "big")
        self._seconds_per_byte = 0.0
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: list[socket.socket] = [self._listener]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def slow_down(self, bytes_per_s: float) -> None:
        """What a client sends passes at this rate, for each connection."""
        self._seconds_per_byte = 1 / bytes_per_s

    def close(self) -> None:
        self.thaw()
        for each in list(self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *args: object, **options: object) -> None:
        thread = threading.Thread(target=target, args=args, kwargs=options, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                broker = socket.create_connection(self._broker)
            except OSError:
                return
            self._sockets += [client, broker]
            self._start(self._pass, client, broker, slowly=True)
            self._start(self._pass, broker, client, slowly=False)

    def _pass(self, source: socket.socket, sink: socket.socket, *, slowly: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                self._flowing.wait()
                if slowly:
                    time.sleep(len(chunk) * self._seconds_per_byte)
                sink.sendall(chunk.replace(self._advertised, self._rewritten))
            sink.shutdown(socket.SHUT_WR)
