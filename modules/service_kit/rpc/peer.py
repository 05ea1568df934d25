"""A service that is called over gRPC from an event loop."""

from dataclasses import dataclass
from typing import Final

import grpc
from environs import Env, EnvError

from service_kit.rpc.tls import channel_credentials
from service_kit.settings import readable_file

OPTIONS: Final = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.dns_min_time_between_resolutions_ms", 1000),  # a pod that is replaced has another address
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
]


@dataclass(frozen=True)
class Peer:
    """Where it is. Paths; without a CA in plain text."""

    target: str
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""


def read_peer(env: Env, name: str) -> Peer:
    """Of NAME_TARGET, NAME_TLS_CA, …_CERT and …_KEY. Raises EnvError where one of the files wants another."""
    target = env.str(f"{name}_TARGET")
    ca, cert, key = (env.str(f"{name}_TLS_{file}", "", validate=readable_file) for file in ("CA", "CERT", "KEY"))
    if bool(cert) != bool(key) or (cert and not ca):
        raise EnvError(f"for {target}: …_TLS_CERT and …_TLS_KEY belong together, and need …_TLS_CA")
    return Peer(target, ca, cert, key)


def open_channel(peer: Peer) -> grpc.aio.Channel:
    """Within the event loop that is going to use it; it connects when it is first used."""
    if not peer.tls_ca:
        return grpc.aio.insecure_channel(peer.target, OPTIONS)
    return grpc.aio.secure_channel(peer.target, channel_credentials(peer.tls_ca, peer.tls_cert, peer.tls_key), OPTIONS)
