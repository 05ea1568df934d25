"""What the environment says about access, and the refusal to serve strangers by mistake."""

import ipaddress
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

from service_kit.access.issuer_keys import IssuerKeys, usable_keys
from service_kit.access.rate_limit import RateLimit
from service_kit.access.revocations import Revocations, revoked_ids
from service_kit.access.rules import Gate
from service_kit.access.tokens import TokenCheck


@dataclass(frozen=True)
class AccessSettings:
    """The defaults are those of a service that only this machine can reach."""

    jwks: str = ""
    """AUTH_JWKS: a file or an https URL; empty: no tokens are asked for."""

    issuer: str = ""
    audience: str = ""
    revoked: str = ""
    """AUTH_REVOKED: a file or an https URL; empty: no token is taken back before its end."""

    rate_limit: float = 0
    """Calls a second and caller; 0: no limit."""

    rate_limit_burst: int = 1

    def gate(self) -> Gate:
        """Make it in the process that serves, after the fork."""
        limit = RateLimit(self.rate_limit, self.rate_limit_burst) if self.rate_limit else None
        if not self.jwks:
            return Gate(None, limit)
        revocations = Revocations(self.revoked) if self.revoked else None
        keys = IssuerKeys(self.jwks)
        return Gate(TokenCheck(keys, issuer=self.issuer, audience=self.audience, revocations=revocations), limit)


def read_access(env: Env, binds: Mapping[str, str]) -> AccessSettings:
    """Read AUTH_JWKS, AUTH_ISSUER, AUTH_AUDIENCE, AUTH_REVOKED, ALLOW_UNAUTHENTICATED, RATE_LIMIT, RATE_LIMIT_BURST.

    `binds` are the addresses that personal data are served at: name of the setting → host:port. Raises EnvError where
    one of them is not loopback and neither tokens are asked for nor is that said to be meant.
    """
    jwks = env.str("AUTH_JWKS", "")
    open_to_all = env.bool("ALLOW_UNAUTHENTICATED", False)
    if jwks and open_to_all:
        raise EnvError("AUTH_JWKS asks for tokens, ALLOW_UNAUTHENTICATED=true for none: unset one of them")
    revoked = env.str("AUTH_REVOKED", "")
    if revoked and not jwks:
        raise EnvError("AUTH_REVOKED takes tokens back, and without AUTH_JWKS none are asked for")
    if jwks:
        check_source("AUTH_JWKS", jwks, usable_keys)
        if revoked:
            check_source("AUTH_REVOKED", revoked, revoked_ids)
    elif not open_to_all:
        for name, bind in binds.items():
            check_loopback(name, bind)
    rate_limit = env.float("RATE_LIMIT", 0.0, validate=validate.Range(min=0, max=1e6))
    burst = env.int("RATE_LIMIT_BURST", max(1, math.ceil(2 * rate_limit)), validate=validate.Range(min=1))
    return AccessSettings(
        jwks=jwks,
        issuer=env.str("AUTH_ISSUER", validate=validate.Length(min=1)) if jwks else "",
        audience=env.str("AUTH_AUDIENCE", validate=validate.Length(min=1)) if jwks else "",
        revoked=revoked,
        rate_limit=rate_limit,
        rate_limit_burst=burst,
    )


def check_source(name: str, source: str, parse: Callable[[bytes], object]) -> None:
    """A file is read at once, so that a wrong one is told at the start; a URL may come to life later."""
    if source.startswith("https://"):
        return
    if urlsplit(source).scheme:
        raise EnvError(f"{name} must be a file or an https URL, is {source}")
    try:
        parse(Path(source).read_bytes())
    except (OSError, ValueError) as error:
        raise EnvError(f"{name}: {source} cannot be used: {error}") from error


def check_loopback(name: str, bind: str) -> None:
    if not is_loopback(bind):
        raise EnvError(
            f"{name}={bind} can be reached from elsewhere, and nobody would have to say who he is. Set AUTH_JWKS (with "
            "AUTH_ISSUER and AUTH_AUDIENCE), listen on 127.0.0.1, or say ALLOW_UNAUTHENTICATED=true if that is meant"
        )


def is_loopback(bind: str) -> bool:
    """Whether only this machine can reach host:port. A name other than localhost counts as reachable from elsewhere."""
    if bind.startswith("unix:"):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
