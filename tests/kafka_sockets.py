"""kafka-python 3.0.12 does not close a socket that does not come to be connected, so the tests make it.

Such a socket is refused, or its client is closed while the client's own thread connects it: close() ends what waits for
the connection, and forgets the socket. Services are none the worse for it, as Python closes what nobody holds. But then
it says ResourceWarning, which is an error here, of whatever test runs when garbage is collected.
"""

import socket
from typing import Any

from kafka.net.inet import KafkaNetSocket

connect = KafkaNetSocket.sock_connect


async def connect_or_close(
    self: KafkaNetSocket, net: Any, unconnected: socket.socket, address: Any, timeout_at: float | None = None
) -> socket.socket:
    try:
        connected: socket.socket = await connect(self, net, unconnected, address, timeout_at=timeout_at)
    except BaseException:  # GeneratorExit where the client is closed meanwhile
        unconnected.close()
        raise
    return connected


def close_what_is_not_connected() -> None:
    """Of every client that this process makes from now on."""
    KafkaNetSocket.sock_connect = connect_or_close
