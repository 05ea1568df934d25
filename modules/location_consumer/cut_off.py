"""Ends the wait for a database that says nothing any more.

The server's own timeouts end with the server; and where something between the two has forgotten the connection (a
firewall, a proxy), or the server is frozen, not even TCP notices. libpq waits for ever then.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class


@contextmanager
def cut_off_after(limit_s: float, connection: Connection) -> Iterator[None]:
    """Shut the connection's socket where the block takes longer: whoever waits for it gets an OperationalError."""
    # A descriptor of its own: the number of the connection's could meanwhile be somebody else's.
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        timer = Timer(limit_s, _shut, [line])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # the block has just ended
        line.shutdown(socket.SHUT_RDWR)
