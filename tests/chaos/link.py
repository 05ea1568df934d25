"""A TCP link between two parts of the system that can be cut and healed: a proxy on loopback."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER for no time at all: closing sends RST


class Passage:
    """One connection: two sockets, and a thread for each direction."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        flowing: threading.Event,
        look: Callable[[bytes], None],
    ) -> None:
        self._ends = client, server
        self.leads_to = server.getpeername()
        self._flowing = flowing
        self._look = look
        self.forgotten = False
        """What comes is swallowed from now on, and nothing is ever said: half-open, as after a firewall's restart."""
        self._threads = [threading.Thread(target=self._pass, args=each, daemon=True) for each in self._directions()]
        for thread in self._threads:
            thread.start()

    @property
    def over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def reset(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            close(end)

    def _directions(self) -> list[tuple[socket.socket, socket.socket]]:
        client, server = self._ends
        return [(client, server), (server, client)]

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                self._look(chunk)
                self._flowing.wait()
                if not self.forgotten:
                    sink.sendall(chunk)
        if not self.forgotten:
            self._flowing.wait()
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
        else:
            close(source)


class Link:
    """From a port of its own to `server`, to which it comes from the address `comes_from`."""

    def __init__(self, server: tuple[str, int], comes_from: str = "127.0.0.1") -> None:
        self._server = server
        self._comes_from = comes_from
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flowing = threading.Event()
        self._flowing.set()
        self._refusing = False
        self._silent_at = b""
        self._passages: list[Passage] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def lead_to(self, server: tuple[str, int]) -> None:
        """Where new connections go from now on, as a Service's do when a pod is not ready any more."""
        self._server = server

    def still_leads_to(self, server: tuple[str, int]) -> bool:
        """Whether a connection to it is open."""
        return any(passage.leads_to == server and not passage.over for passage in self._passages)

    def refuse(self) -> None:
        """Every connection is reset, now and until `heal`."""
        self._refusing = True
        for passage in self._passages:
            passage.reset()

    def silence(self) -> None:
        """Connections stay, new ones come about, nothing passes, until `heal`."""
        self._flowing.clear()

    def silence_at(self, words: bytes) -> None:
        """As `silence`, from when somebody says this: it does not arrive any more."""
        self._silent_at = words

    @property
    def is_silent(self) -> bool:
        return not self._flowing.is_set()

    def _look(self, chunk: bytes) -> None:
        if self._silent_at and self._silent_at in chunk:
            self._silent_at = b""
            self.silence()

    def heal(self, *, forget: bool = False) -> None:
        """`forget`: only new connections work; those from before stay silent for ever."""
        for passage in self._passages:
            passage.forgotten = passage.forgotten or forget
        self._refusing = False
        self._flowing.set()

    def close(self) -> None:
        close(self._listener)
        self.heal()
        for passage in self._passages:
            passage.reset()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._forget_what_is_over()
            try:
                if self._refusing:
                    raise ConnectionRefusedError
                server = socket.create_connection(self._server, timeout=5, source_address=(self._comes_from, 0))
            except OSError:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                client.close()
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._passages.append(Passage(client, server, self._flowing, self._look))

    def _forget_what_is_over(self) -> None:
        over = [passage for passage in self._passages if passage.over]
        self._passages = [passage for passage in self._passages if passage not in over]
        for passage in over:
            passage.reset()


def close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
