"""What the services are shown as proof of who asks, and how they are recognised: a bearer token, and TLS."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import grpc
import requests
import typer

TOKEN = "UDACONNECT_TOKEN"  # noqa: S105  the name of the variable
HTTPS = "https://"

TokenFileOption = Annotated[
    Path | None,
    typer.Option(dir_okay=False, metavar="FILE", help=f"Holds the bearer token. (Environment: the token in {TOKEN}.)"),
]
CaOption = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False, exists=True, envvar="UDACONNECT_CA", help="TLS, and this CA is trusted: a file of certificates."
    ),
]
CertOption = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False, exists=True, envvar="UDACONNECT_CERT", help="TLS: the certificate to show, with --key."
    ),
]
KeyOption = Annotated[
    Path | None, typer.Option(dir_okay=False, exists=True, envvar="UDACONNECT_KEY", help="TLS: the key to --cert.")
]


class AccessError(Exception):
    """The token or a certificate cannot be used. The message is for the user."""


@dataclass(frozen=True)
class Access:
    token_file: Path | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    def token(self) -> str | None:
        """Of the file, which is read anew each time: it may be renewed while much is sent. Raises AccessError."""
        if self.token_file is None:
            return os.environ.get(TOKEN) or None
        try:
            return self.token_file.read_text().strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise AccessError(f"the token cannot be read: {error}") from error

    def metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """For a gRPC call."""
        token = self.token()
        return (("authorization", f"Bearer {token}"),) if token else ()

    def session(self) -> requests.Session:
        """For REST."""
        session = requests.Session()
        if token := self.token():
            session.headers["Authorization"] = f"Bearer {token}"
        if self.ca:
            session.verify = str(self.ca)
        if self.cert and self.key:
            session.cert = (str(self.cert), str(self.key))
        return session

    def channel(self, target: str, options: list[tuple[str, object]]) -> grpc.Channel:
        """To host:port in plain text; over TLS where the target is written https://host:port, or a CA is given.

        Raises AccessError.
        """
        address = target.removeprefix(HTTPS)
        if target == address and not (self.ca or self.cert):
            return grpc.insecure_channel(address, options=options)
        try:
            ca, key, cert = (path.read_bytes() if path else None for path in (self.ca, self.key, self.cert))
        except OSError as error:
            raise AccessError(f"a certificate cannot be read: {error}") from error
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, key, cert), options=options)


def access_of_environment() -> Access:
    """For what has no options."""

    def path(name: str) -> Path | None:
        return Path(value) if (value := os.environ.get(name)) else None

    return Access(None, path("UDACONNECT_CA"), path("UDACONNECT_CERT"), path("UDACONNECT_KEY"))


PLAIN = Access()
"""Plain text, and the token of the environment if there is one."""
