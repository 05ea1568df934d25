"""The public keys of whoever issues the tokens: a JWKS (RFC 7517), from a file or an https URL, read again in time.

Only signing keys of the algorithms that are meant count; whatever else the document holds is passed over.
"""

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

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
URL_MIN_INTERVAL_S: Final = 10.0  # however many tokens name keys that nobody knows
FILE_MAX_AGE_S: Final = 1.0
TIMEOUT_S: Final = 3.0
MAX_BYTES: Final = 256 * 1024

KeysByName = Mapping[tuple[str | None, str], PyJWK]
"""(key id, algorithm) → key"""

log = structlog.get_logger()


class IssuerKeys:
    """Thread-safe. Connects to nothing before the first question."""

    def __init__(
        self, source: str, *, read: Callable[[str], bytes] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._read = read or read_source
        self._clock = clock
        is_url = source.startswith("https://")
        self._max_age_s = URL_MAX_AGE_S if is_url else FILE_MAX_AGE_S
        self._min_interval_s = URL_MIN_INTERVAL_S if is_url else FILE_MAX_AGE_S
        self._looking = Lock()
        self._looked_at_s = float("-inf")
        self._document = b""
        self._keys: KeysByName = {}
        self.generation = 0
        """Grows whenever the keys have changed: what was found out by means of the old ones is to be forgotten."""

    @property
    def due(self) -> bool:
        """Whether it is time to look at the source again."""
        return self._clock() - self._looked_at_s >= self._max_age_s

    def find(self, kid: str | None, algorithm: str) -> tuple[PyJWK, int]:
        """The key that a token names, and its generation.

        Raises NotAuthenticated where there is none, DependencyDown where no keys have come yet.

        May take as long as it takes to ask the source: when it is due, and, at a bounded rate, for a key id that is
        not known, as the issuer may just have made a new key.
        """
        if self.due:
            # Whoever comes while another one is looking goes on with what is known, if anything is.
            self._look(wait=not self._keys)
        if self._named(kid, algorithm) is None and self._clock() - self._looked_at_s >= self._min_interval_s:
            self._look(wait=True)
        generation = self.generation  # first: the key may then be newer than it says, but never older
        key = self._named(kid, algorithm)
        if not self._keys:
            raise DependencyDown("whoever knows the keys of the tokens' issuer")
        if key is None:
            raise NotAuthenticated("the token is not signed by a key of its issuer that is known here")
        return key, generation

    def _named(self, kid: str | None, algorithm: str) -> PyJWK | None:
        if kid is not None:
            return self._keys.get((kid, algorithm))
        of_algorithm = [key for (_, name), key in self._keys.items() if name == algorithm]
        return of_algorithm[0] if len(of_algorithm) == 1 else None

    def _look(self, *, wait: bool) -> None:
        if not self._looking.acquire(blocking=wait):
            return
        try:
            now_s = self._clock()
            if now_s - self._looked_at_s < self._min_interval_s:
                return  # another thread has looked while this one waited
            self._looked_at_s = now_s
            document = self._read(self._source)
            if document != self._document:
                self._keys = usable_keys(document)
                self._document = document
                self.generation += 1
                log.info("keys of the tokens' issuer", source=self._source, keys=len(self._keys))
        except (OSError, HTTPException, ValueError) as error:
            # What was known goes on being used: an issuer that is down must not take everything down with it.
            log.warning("keys of the tokens' issuer cannot be read", source=self._source, reason=str(error))
        finally:
            self._looking.release()


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


class NoRedirect(HTTPRedirectHandler):
    """An https URL is to be trusted for what it says itself."""

    def redirect_request(self, *_request: object) -> None:
        return None


def read_source(source: str) -> bytes:
    """Read a file, or an https URL (by the certificates that the system trusts, or SSL_CERT_FILE). Raises OSError."""
    if not source.startswith("https://"):
        return Path(source).read_bytes()
    request = Request(source, headers={"Accept": "application/jwk-set+json, application/json"})  # noqa: S310  it is https
    with build_opener(NoRedirect).open(request, timeout=TIMEOUT_S) as answer:
        document: bytes = answer.read(MAX_BYTES + 1)
    if len(document) > MAX_BYTES:
        raise OSError(f"it is larger than {MAX_BYTES} bytes")
    return document
