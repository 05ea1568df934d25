"""Answers that are written while they are read: what becomes of one whose end cannot be had any more."""

import errno
from collections.abc import Iterator

import structlog

from service_kit.errors import DomainError

log = structlog.get_logger("access")


def whole_or_broken_off(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces. After a DomainError the connection ends, so that the client sees that there should be more.

    Raises ConnectionResetError then, of which gunicorn logs no traceback: it is no defect.
    """
    try:
        yield from pieces
    except DomainError as error:
        log.warning("the answer is broken off", because=str(error))
        raise ConnectionResetError(errno.ECONNRESET, "broken off") from error
