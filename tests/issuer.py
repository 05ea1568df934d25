"""An issuer of tokens for tests: keys of its own, a JWKS file, and tokens of every kind, good and bad."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE = "https://issuer.test", "udaconnect"

MakeKey = {
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class Issuer:
    def __init__(self, algorithm: str = "ES256", kid: str | None = "first") -> None:
        self.algorithm, self.kid = algorithm, kid
        self.key: Any = MakeKey[algorithm]()

    def jwk(self, **more: object) -> dict[str, Any]:
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        member: dict[str, Any] = json.loads(algorithm.to_jwk(self.key.public_key()))
        member.pop("key_ops", None)
        return {**member, **({"kid": self.kid} if self.kid else {}), "use": "sig", **more}

    def write_jwks(self, path: Path) -> Path:
        path.write_text(jwks(self))
        return path

    def token(self, *scopes: str, person_id: object = None, expires_in_s: float = 600, **claims: object) -> str:
        """A good token, unless `claims` say otherwise; a claim of None is left out."""
        now = time.time()
        content = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": now - 3600,
            "exp": now + expires_in_s,
            "scope": " ".join(scopes),
            "person_id": person_id,
            **claims,
        }
        headers = {"kid": self.kid} if self.kid else None
        payload = {name: value for name, value in content.items() if value is not None}
        return jwt.encode(payload, self.key, algorithm=self.algorithm, headers=headers)


def jwks(*issuers: Issuer) -> str:
    return json.dumps({"keys": [issuer.jwk() for issuer in issuers]})


def raw_token(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token as somebody might make it by hand."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    return ".".join([part(json.dumps(header).encode()), part(json.dumps(claims).encode()), part(signature)])
