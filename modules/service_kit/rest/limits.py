"""What a client may cost: how long it may take to ask and to take its answer, and how many may be connected."""

import re
import time
from socket import socket
from typing import Final

from gunicorn.http.errors import LimitRequestHeaders  # type: ignore[import-untyped]  # it ships no types
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]  # likewise
from werkzeug.exceptions import RequestTimeout

from service_kit.open_files import allow_open_files

HEAD_MAX_BYTES: Final = 32 * 1024
BODY_MAX_BYTES: Final = 64 * 1024
WAITING_MAX_BYTES: Final = 32 * 1024 * 1024  # of requests that are not whole yet, in each worker

REQUEST_WITHIN_S: Final = 20.0
ANSWER_WITHIN_S: Final = 60.0  # 10,000 rows through a slow telephone
FAREWELL_S: Final = 1.0
LEAVING: Final = 1_000  # at once

CONNECTIONS: Final = 15_000  # in each worker
OTHER_FILES: Final = 200

END_OF_HEAD: Final = b"\r\n\r\n"
CONTENT_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?:\r\n|$)", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
LAST_CHUNK: Final = re.compile(rb"(?:^|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n")


def is_whole(heard: bytes) -> bool:
    """Whether these bytes hold a request that can be answered without waiting for more. Raises LimitRequestHeaders.

    A body that is larger than it may be is refused by its first bytes, or by the length that is announced.
    """
    head, end, body = heard.partition(END_OF_HEAD)
    if len(head) > HEAD_MAX_BYTES:
        raise LimitRequestHeaders("the head is too large")
    if not end:
        return False
    if CHUNKED.search(head):
        return len(body) > BODY_MAX_BYTES or bool(LAST_CHUNK.search(body) and body.endswith(b"\r\n\r\n"))
    announced = CONTENT_LENGTH.search(head)
    length = int(announced[1]) if announced else 0
    return length > BODY_MAX_BYTES or len(body) >= length


class BoundedReading(SocketUnreader):  # type: ignore[misc]  # likewise
    """Reads from a client until `deadline` (of time.monotonic), however small its bites are."""

    def __init__(self, source: socket) -> None:
        super().__init__(source)
        self.deadline = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Raises RequestTimeout, or TimeoutError where the socket had a shorter time limit already."""
        limit_s, left_s = self.sock.gettimeout(), self.deadline - time.monotonic()
        if left_s <= 0:
            raise RequestTimeout
        shorter = limit_s is not None and limit_s < left_s
        self.sock.settimeout(limit_s if shorter else left_s)
        try:
            octets: bytes = super().chunk(size_hint)
        except TimeoutError:
            if shorter:
                raise
            raise RequestTimeout from None
        finally:
            self.sock.settimeout(limit_s)
        return octets


def connections_of_a_worker() -> int:
    """As many as the process may have files open, but for others: beyond them a worker would not refuse, but die."""
    return max(100, min(CONNECTIONS, allow_open_files() - OTHER_FILES))
