"""kafka-python 3.0.12 forgets sockets without closing them, so the tests' close themselves.

One is refused; or its client is closed while the client's own thread connects it, or is about to close it: close() ends
what would have. Services are none the worse for it, as Python closes what nobody holds. But then it says
ResourceWarning, which is an error here, of whatever test runs when garbage is collected.
"""

import socket

from kafka.net.inet import KafkaNetSocket


class ClosesItself(socket.socket):
    def __del__(self) -> None:
        self.close()


def close_forgotten_sockets() -> None:
    """Of every client that this process makes from now on."""
    KafkaNetSocket.socket = lambda _, family, kind, protocol: ClosesItself(family, kind, protocol)
