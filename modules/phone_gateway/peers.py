"""The services behind the gateway, over gRPC: this service's own token, and what a failed call means."""

from collections.abc import Sequence

import grpc
import structlog

from service_kit.access.token_file import TokenFile
from service_kit.errors import DependencyDown

log = structlog.get_logger()

Metadata = Sequence[tuple[str, str]]


class TooBusyError(DependencyDown):
    """More comes in than can be taken: the phone should come again."""


class OwnToken:
    """What this service shows to the others: scopes locations:write, refusals:write and devices:check."""

    def __init__(self, path: str) -> None:
        self._file = TokenFile(path) if path else None

    def metadata(self) -> Metadata:
        """Raises DependencyDown."""
        return [] if self._file is None else [("authorization", f"Bearer {self._file.token()}")]


def failure(error: grpc.aio.AioRpcError, peer: str) -> DependencyDown:
    """What to raise instead. What is a defect of ours is logged; the phone is to keep what it has in either case."""
    code = error.code()
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return TooBusyError(peer)
    if code not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
        log.error("call refused", peer=peer, code=code.name)
    return DependencyDown(peer)
