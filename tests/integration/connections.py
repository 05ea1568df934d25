"""Many connections that only are there."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.patience import PATIENCE_S

OTHER_FILES = 500


@contextmanager
def connections(target: str, count: int, hello: bytes) -> Iterator[list[socket.socket]]:
    """So many to host:port, each of which has sent `hello`. Raises OSError where the system lets none have so many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < count + OTHER_FILES:
        raise OSError(f"{count:,} connections need `ulimit -Hn` above {count + OTHER_FILES:,}, it is {most:,}")
    host, _, port = target.rpartition(":")
    with ExitStack() as open_ones:
        made = []
        for _ in range(count):
            connection = open_ones.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE_S))
            connection.sendall(hello)
            made.append(connection)
        yield made
