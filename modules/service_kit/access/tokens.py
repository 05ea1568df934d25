"""The one check of a bearer token, a JWT (RFC 7519): signature, issuer, audience, time; then who it says is calling."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import jwt
from jwt import exceptions

from service_kit.access.issuer_keys import ALGORITHMS, IssuerKeys
from service_kit.access.revocations import Revocations
from service_kit.errors import NotAuthenticated

LEEWAY_S: Final = 30
"""How far the issuer's clock may be off."""

TOKEN_MAX_CHARACTERS: Final = 8_000
REMEMBERED_MAX: Final = 10_000

REQUIRED: Final = ("exp", "iss", "aud")
REASONS: Final[dict[type[exceptions.PyJWTError], str]] = {
    exceptions.ExpiredSignatureError: "the token has expired",
    exceptions.ImmatureSignatureError: "the token is not valid yet",
    exceptions.InvalidAudienceError: "the token is for another audience",
    exceptions.InvalidIssuerError: "the token is of another issuer",
    exceptions.InvalidSignatureError: "the token's signature is wrong",
}
MALFORMED: Final = "the token is malformed"

Generation = tuple[int, int]
"""Of the issuer's keys, and of the revocations."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever a good token was given to."""

    subject: str
    """The claim `sub`, or where there is none a digest of the token: who is counted and named in logs."""

    scopes: frozenset[str]

    person_id: int | None
    """The token is good for the data of this person only; None: for everybody's."""

    expires_at_s: float
    """Seconds since 1970, the leeway included."""

    token_id: str | None = None
    """The claim `jti`, by which the token can be taken back."""


class TokenCheck:
    """Thread-safe. A good token is remembered by its digest until it expires, or the keys or the revocations change."""

    def __init__(
        self,
        keys: IssuerKeys,
        *,
        issuer: str,
        audience: str,
        revocations: Revocations | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._revocations = revocations
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._lock = Lock()
        self._good: OrderedDict[bytes, Caller] = OrderedDict()
        self._generation = self._newest()

    @property
    def revocations_due(self) -> bool:
        """Whether it is time to look at the revocations again, which may take a while."""
        return self._revocations is not None and self._revocations.due

    def recall(self, token: str) -> Caller | None:
        """The caller, if this token has been found good already. Never waits for anything."""
        if self._keys.due or self.revocations_due or self._newest() != self._generation:
            return None
        caller = self._good.get(digest(token))
        return caller if caller is not None and caller.expires_at_s > self._clock() else None

    def check(self, token: str) -> Caller:
        """Raises NotAuthenticated, or DependencyDown where the issuer's keys are not known; see IssuerKeys.find."""
        if caller := self.recall(token):
            return caller
        if len(token) > TOKEN_MAX_CHARACTERS:
            raise NotAuthenticated(MALFORMED)
        try:
            caller, generation = self._caller(token)
        except exceptions.MissingRequiredClaimError as error:
            raise NotAuthenticated(f"the token has no claim {error.claim}") from error
        except exceptions.PyJWTError as error:
            raise NotAuthenticated(REASONS.get(type(error), MALFORMED)) from error
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotAuthenticated(MALFORMED) from error
        self._remember(token, caller, generation)
        return caller

    def look_at_revocations(self) -> None:
        if self._revocations is not None:
            self._revocations.look_if_due()

    def check_again(self, caller: Caller) -> None:
        """Whether a token that was found good still is, for a call that lasts. Never waits. Raises NotAuthenticated."""
        if caller.expires_at_s <= self._clock():
            raise NotAuthenticated("the token has expired; connect again with a new one")
        if self._revocations is not None:
            self._revocations.check(caller.token_id)

    def _newest(self) -> Generation:
        return self._keys.generation, self._revocations.generation if self._revocations else 0

    def _caller(self, token: str) -> tuple[Caller, Generation]:
        """And the generations of the key that signed it and of the revocations that it is not among."""
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS or "crit" in header:
            raise NotAuthenticated(f"the token must be signed by {' or '.join(ALGORITHMS)}, without extensions")
        key, of_keys = self._keys.find(header.get("kid"), algorithm)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self._audience,
            issuer=self._issuer,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED)},
        )
        caller = Caller(
            subject=claims.get("sub") or digest(token).hex()[:16],
            scopes=frozenset(read_scopes(claims.get("scope"))),
            person_id=read_person_id(claims["person_id"]) if "person_id" in claims else None,
            expires_at_s=float(claims["exp"]) + LEEWAY_S,
            token_id=claims.get("jti"),
        )
        self.look_at_revocations()
        return caller, (of_keys, self._revocations.check(caller.token_id) if self._revocations else 0)

    def _remember(self, token: str, caller: Caller, generation: Generation) -> None:
        """Unless the keys or the revocations have changed since it was checked."""
        with self._lock:
            if (newest := self._newest()) != self._generation:
                self._good.clear()
                self._generation = newest
            if generation == self._generation:
                self._good[digest(token)] = caller
            while len(self._good) > REMEMBERED_MAX:
                self._good.popitem(last=False)


def digest(token: str) -> bytes:
    """What stands for a token in memory, so that the token itself need not."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def read_scopes(claim: object) -> list[str]:
    """As issuers write it: one text with spaces (RFC 9068), or a list of texts."""
    if claim is None:
        return []
    if isinstance(claim, str):
        return claim.split()
    if isinstance(claim, list) and all(isinstance(scope, str) for scope in claim):
        return claim
    raise NotAuthenticated("the token's claim scope must be a text or a list of texts")


def read_person_id(claim: object) -> int:
    """A whole number above 0, or such a one as text. Anything else is refused, not taken for no bound at all."""
    if isinstance(claim, str) and claim.isascii() and claim.isdecimal():
        claim = int(claim)
    if type(claim) is not int or not 0 < claim < 2**63:
        raise NotAuthenticated("the token's claim person_id must be the id of a person")
    return claim
