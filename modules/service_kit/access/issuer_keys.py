"""The public keys of whoever issues the tokens: a JWKS (RFC 7517), from a file or an https URL, read again in time.

Only signing keys of the algorithms that are meant count; whatever else the document holds is passed over.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from service_kit.access.watched import Watched
from service_kit.errors import DependencyDown, NotAuthenticated

# What a key must be for each algorithm, and which of its members are public. A key of another kind can't be meant.
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "RS256": {"kty": "RSA"},
    "ES256": {"kty": "EC", "crv": "P-256"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
}
ALGORITHMS: Final = tuple(KINDS)
PUBLIC_MEMBERS: Final = ("kty", "crv", "x", "y", "n", "e")
RSA_MIN_BITS: Final = 2048

URL_MAX_AGE_S: Final = 300.0

KeysByName = Mapping[tuple[str | None, str], PyJWK]
"""(key id, algorithm) → key"""


class IssuerKeys:
    """Thread-safe. Connects to nothing before the first question."""

    def __init__(
        self, source: str, *, read: Callable[[str], bytes] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._jwks = Watched(
            "keys of the tokens' issuer", source, usable_keys, url_max_age_s=URL_MAX_AGE_S, read=read, clock=clock
        )

    @property
    def due(self) -> bool:
        """Whether it is time to look at the source again."""
        return self._jwks.due

    @property
    def generation(self) -> int:
        """Grows whenever the keys have changed: what was found out by means of the old ones is to be forgotten."""
        return self._jwks.generation

    def find(self, kid: str | None, algorithm: str) -> tuple[PyJWK, int]:
        """The key that a token names, and its generation.

        Raises NotAuthenticated where there is none, DependencyDown where that cannot be told: no keys have come yet, or
        another thread is just asking for a key that was not known.

        May take as long as it takes to ask the source: when it is due, and, at a bounded rate, for a key id that is
        not known, as the issuer may just have made a new key.
        """
        self._jwks.look_if_due()
        if self._named(kid, algorithm) is None and self._jwks.may_be_looked_at:
            self._jwks.look(wait=True)
        # Both first: this key may be what is being asked for, or newer than the generation, but never older.
        is_being_asked, generation = self._jwks.is_being_looked_at, self.generation
        key = self._named(kid, algorithm)
        if self._jwks.content is None or (key is None and is_being_asked):
            raise DependencyDown("whoever knows the keys of the tokens' issuer")
        if key is None:
            raise NotAuthenticated("the token is not signed by a key of its issuer that is known here")
        return key, generation

    def _named(self, kid: str | None, algorithm: str) -> PyJWK | None:
        keys = self._jwks.content or {}
        if kid is not None:
            return keys.get((kid, algorithm))
        of_algorithm = [key for (_, name), key in keys.items() if name == algorithm]
        return of_algorithm[0] if len(of_algorithm) == 1 else None


def usable_keys(document: bytes) -> KeysByName:
    """Read a JWKS. Raises ValueError where it is none, or holds no key that tokens may be signed with here."""
    content = json.loads(document)
    listed = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise ValueError('a JWKS is an object with a list "keys"')  # noqa: TRY004  all that is wrong with it is one error
    keys = {}
    for member in listed:
        for algorithm in ALGORITHMS:
            if isinstance(member, dict) and is_meant(member, algorithm) and (key := public_key(member, algorithm)):
                keys[member.get("kid"), algorithm] = key
    if not keys:
        raise ValueError(f"it holds no signing key for {', '.join(ALGORITHMS)}")
    return keys


def is_meant(member: Mapping[str, Any], algorithm: str) -> bool:
    return (
        all(member.get(name) == value for name, value in KINDS[algorithm].items())
        and member.get("alg", algorithm) == algorithm
        and member.get("use", "sig") == "sig"
        and isinstance(member.get("kid"), str | None)
    )


def public_key(member: Mapping[str, Any], algorithm: str) -> PyJWK | None:
    """The key, without a private part that has no business here; None where it is malformed or too weak."""
    try:
        key = PyJWK({name: member[name] for name in PUBLIC_MEMBERS if name in member}, algorithm=algorithm)
    except PyJWTError:
        return None
    return None if algorithm == "RS256" and key.key.key_size < RSA_MIN_BITS else key
