"""The services behind the gateway, over gRPC: channels, this service's own token, and what a failed call means."""

from collections.abc import Sequence
from typing import Final

import grpc
import structlog

from phone_gateway.settings import Peer
from service_kit.access.token_file import TokenFile
from service_kit.errors import DependencyDown
from service_kit.rpc.tls import channel_credentials

log = structlog.get_logger()

Metadata = Sequence[tuple[str, str]]

OPTIONS: Final = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.dns_min_time_between_resolutions_ms", 1000),  # a pod that is replaced has another address
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
]


class TooBusyError(DependencyDown):
    """More comes in than can be taken: the phone should come again."""


def open_channel(peer: Peer) -> grpc.aio.Channel:
    """Within the event loop that is going to use it; it connects when it is first used."""
    if not peer.tls_ca:
        return grpc.aio.insecure_channel(peer.target, OPTIONS)
    return grpc.aio.secure_channel(peer.target, channel_credentials(peer.tls_ca, peer.tls_cert, peer.tls_key), OPTIONS)


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
