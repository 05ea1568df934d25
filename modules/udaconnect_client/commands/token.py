"""udaconnect token: tokens of an issuer of one's own, for development. Real ones come from a real issuer."""

import json
import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import jwt
import typer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from udaconnect_client.addresses import data_folder

SCOPES = (
    "locations:write",
    "people:read",
    "people:write",
    "meetings:read",
    "introductions:read",
    "refusals:write",
    "devices:check",
    "admin",
)
ISSUER, AUDIENCE, ALGORITHM = "udaconnect-development", "udaconnect", "ES256"
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FAILED = 2


def read_duration(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not number.isascii() or not number.isdecimal() or unit not in UNITS_S:
        raise typer.BadParameter(f"must be a number of s, m, h or d, as in 90m, is {text!r}")
    return timedelta(seconds=int(number) * UNITS_S[unit])


def read_scope(text: str) -> str:
    if text not in SCOPES:
        raise typer.BadParameter(f"must be one of {', '.join(SCOPES)}, is {text!r}")
    return text


def token(  # noqa: PLR0913, PLR0917  each is an option
    scope: Annotated[
        list[str] | None, typer.Option(parser=read_scope, metavar="SCOPE", help=f"Any of {', '.join(SCOPES)}.")
    ] = None,
    person: Annotated[
        int | None, typer.Option(min=1, help="Bind it to this person: good for that one's data only.")
    ] = None,
    expires: Annotated[
        timedelta, typer.Option(parser=read_duration, metavar="TIME", help="When it ends: 90s, 30m, 8h, 7d.")
    ] = "1h",  # type: ignore[assignment] # the parser makes a timedelta of it
    subject: Annotated[str, typer.Option(help="Who it is given to: whom the rate limit counts.")] = "developer",
    issuer: Annotated[str, typer.Option(help="What AUTH_ISSUER of the services says.")] = ISSUER,
    audience: Annotated[str, typer.Option(help="What AUTH_AUDIENCE of the services says.")] = AUDIENCE,
    keys: Annotated[
        Path | None, typer.Option(file_okay=False, help="The folder of the key pair; made if not there.")
    ] = None,
) -> None:
    """Print a token for development, signed by a key pair that is made at the first use.

    The services take it if they are started with AUTH_JWKS, AUTH_ISSUER and AUTH_AUDIENCE, as is said then on standard
    error. Without --scope it may do everything.
    """
    folder = keys or data_folder() / "tokens"
    try:
        key = signing_key(folder, issuer, audience)
    except (OSError, ValueError, TypeError) as error:
        typer.echo(f"The key pair in {folder} cannot be used: {error}", err=True)
        raise typer.Exit(FAILED) from None
    typer.echo(signed(key, scope or ["admin"], person, expires, subject=subject, issuer=issuer, audience=audience))


def signing_key(folder: Path, issuer: str, audience: str) -> ec.EllipticCurvePrivateKey:
    """The key in the folder; made at the first use, with the JWKS beside it. Raises OSError, ValueError, TypeError."""
    file, jwks = folder / "signing_key.pem", folder / "jwks.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = ec.generate_private_key(ec.SECP256R1())
        draft = file.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        draft.replace(file)
        settings = f"AUTH_JWKS={jwks.resolve()} AUTH_ISSUER={issuer} AUTH_AUDIENCE={audience}"
        typer.echo(f"A key pair was made. The services ask for its tokens if started with\n  {settings}", err=True)
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} must hold a key for {ALGORITHM}")
    if not jwks.exists():
        jwks.write_text(json.dumps({"keys": [public_member(key)]}))
    return key


def public_member(key: ec.EllipticCurvePrivateKey) -> dict[str, object]:
    """The public key as a member of a JWKS."""
    return {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "development", "use": "sig", "alg": ALGORITHM}


def signed(  # noqa: PLR0913  each is a claim
    key: ec.EllipticCurvePrivateKey,
    scopes: Sequence[str],
    person_id: int | None,
    expires: timedelta,
    *,
    subject: str,
    issuer: str,
    audience: str,
) -> str:
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "jti": secrets.token_hex(8),
        "iat": now,
        "exp": now + int(expires.total_seconds()),
        "scope": " ".join(scopes),
    }
    if person_id is not None:
        claims["person_id"] = person_id
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": "development"})
