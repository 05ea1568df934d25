"""TLS on gRPC by three files: certificate, key and, where clients must show one too, the CA of theirs.

The server reads them again when they have changed, so that a renewed certificate needs no restart.
"""

from dataclasses import dataclass
from pathlib import Path

import grpc
import structlog
from environs import Env, EnvError

from service_kit.settings import readable_file

log = structlog.get_logger()


@dataclass(frozen=True)
class ServerTls:
    """Paths; all empty: plain text."""

    cert: str = ""
    key: str = ""
    client_ca: str = ""
    """Only clients with a certificate of this CA are served (mTLS); empty: any client."""

    def credentials(self) -> grpc.ServerCredentials | None:
        """None for plain text. Raises OSError."""
        if not self.cert:
            return None
        known = self._read()
        state = [known]

        def renewed() -> grpc.ServerCertificateConfiguration | None:
            """What gRPC asks for before each handshake; None: as before."""
            try:
                found = self._read()
            except OSError as error:
                log.warning("certificate cannot be read; the one before goes on", file=error.filename)
                return None
            if found == state[0]:
                return None
            state[0] = found
            return self._configuration(*found)

        return grpc.dynamic_ssl_server_credentials(
            self._configuration(*known),
            renewed,  # type: ignore[arg-type]  # its types do not know that None is an answer
            require_client_authentication=bool(self.client_ca),
        )

    def _read(self) -> tuple[bytes, bytes, bytes | None]:
        return (
            Path(self.key).read_bytes(),
            Path(self.cert).read_bytes(),
            Path(self.client_ca).read_bytes() if self.client_ca else None,
        )

    @staticmethod
    def _configuration(key: bytes, cert: bytes, client_ca: bytes | None) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(key, cert)], root_certificates=client_ca)

    def add_port(self, server: grpc.Server | grpc.aio.Server, bind: str) -> int:
        """Listen on host:port; returns the port. Raises RuntimeError where that is taken, or the files are no pair."""
        credentials = self.credentials()
        if credentials is None:
            return server.add_insecure_port(bind)
        return server.add_secure_port(bind, credentials)


def read_server_tls(env: Env) -> ServerTls:
    """Read GRPC_TLS_CERT, GRPC_TLS_KEY and GRPC_TLS_CLIENT_CA. Raises EnvError where one wants another."""
    tls = ServerTls(
        env.str("GRPC_TLS_CERT", "", validate=readable_file),
        env.str("GRPC_TLS_KEY", "", validate=readable_file),
        env.str("GRPC_TLS_CLIENT_CA", "", validate=readable_file),
    )
    if bool(tls.cert) != bool(tls.key):
        raise EnvError("GRPC_TLS_CERT and GRPC_TLS_KEY belong together: set both or none")
    if tls.client_ca and not tls.cert:
        raise EnvError("GRPC_TLS_CLIENT_CA asks clients for certificates, which needs GRPC_TLS_CERT and GRPC_TLS_KEY")
    return tls


def channel_credentials(ca: str, cert: str = "", key: str = "") -> grpc.ChannelCredentials:
    """For a client, by paths: whom it trusts (empty: whom gRPC does), and what it shows where that is asked for.

    Raises OSError.
    """

    def content(path: str) -> bytes | None:
        return Path(path).read_bytes() if path else None

    return grpc.ssl_channel_credentials(content(ca), content(key), content(cert))
