"""Who may do what: each service has one table of Rules, REST and gRPC ask the same Gate before every call.

A token holds scopes; `admin` implies them all. A token with the claim `person_id` is bound: it is good for what
concerns that person alone, unless it is an admin's.
"""

from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from service_kit.access.rate_limit import RateLimit
from service_kit.access.tokens import Caller, TokenCheck
from service_kit.errors import NotAllowed, NotAuthenticated

LOCATIONS_WRITE: Final = "locations:write"
PEOPLE_READ: Final = "people:read"
PEOPLE_WRITE: Final = "people:write"
MEETINGS_READ: Final = "meetings:read"
INTRODUCTIONS_READ: Final = "introductions:read"
"""Of a bound token: with whom those were whom its person met. Without a person, MEETINGS_READ tells that too."""

REFUSALS_WRITE: Final = "refusals:write"
"""Of gateways: what a phone sent and can never be taken, to be kept as a dead letter."""

DEVICES_CHECK: Final = "devices:check"
"""Of gateways: whose a phone's secret is."""

ADMIN: Final = "admin"
SCOPES: Final = (
    LOCATIONS_WRITE,
    PEOPLE_READ,
    PEOPLE_WRITE,
    MEETINGS_READ,
    INTRODUCTIONS_READ,
    REFUSALS_WRITE,
    DEVICES_CHECK,
    ADMIN,
)

CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""Who is calling, within a gRPC call; None where the service is open."""


def no_particular_persons(_request: Any) -> None:  # noqa: ANN401  of whatever kind of request
    """What a request concerns that is not about certain persons: bound tokens are not good for it."""


@dataclass(frozen=True)
class Rule:
    """Who may make a call."""

    scope: str

    persons: Callable[[Any], Collection[int] | None] = no_particular_persons
    """The ids of the persons that a request is about: of REST the variables in the path, of gRPC the message."""

    own_scope: str | None = None
    """The scope that a bound token needs in its place: less for one's own data, more for what else is told with it."""

    def check(self, caller: Caller, request: object) -> None:
        """Raises NotAllowed."""
        if ADMIN in caller.scopes:
            return
        self.check_scope(caller)
        if caller.person_id is not None:
            check_own(caller, self.persons(request))

    def check_scope(self, caller: Caller) -> None:
        """The half of the check that needs no request. Raises NotAllowed."""
        scope = self.own_scope if self.own_scope and caller.person_id is not None else self.scope
        if scope not in caller.scopes and ADMIN not in caller.scopes:
            raise NotAllowed(f"the token lacks the scope {scope}", scope=scope)


def check_own(caller: Caller, persons: Collection[int] | None) -> None:
    """Raises NotAllowed unless all of it concerns the person that the token is bound to."""
    if persons is None:
        raise NotAllowed(f"the token is bound to person {caller.person_id}; this is not about one person")
    if other := next((person for person in persons if person != caller.person_id), None):
        raise NotAllowed(f"the token is bound to person {caller.person_id}, this is about person {other}")


Rules = Mapping[str, Rule]
"""REST: "GET /api/persons/<int:person_id>" → rule; gRPC: "/package.Service/Method" → rule."""


class Gate:
    """Asked before every call. Without `tokens` everybody is let in, without `limit` as often as he likes."""

    def __init__(self, tokens: TokenCheck | None = None, limit: RateLimit | None = None) -> None:
        self.tokens = tokens
        self.limit = limit

    @property
    def is_open(self) -> bool:
        """Whether it need not be asked at all."""
        return self.tokens is None and self.limit is None

    def identify(self, authorization: str | None) -> Caller | None:
        """Whose token is in the header Authorization; None where the service is open.

        Raises NotAuthenticated, or DependencyDown where that cannot be told now. May wait for the issuer's keys.
        """
        return None if self.tokens is None else self.tokens.check(bearer_token(authorization))

    def recall(self, authorization: str | None) -> Caller | None:
        """As `identify`, but None wherever that might have to wait."""
        return None if self.tokens is None else self.tokens.recall(bearer_token(authorization))

    def count(self, caller: Caller | None, address: str) -> None:
        """Count a call of this caller or, where tokens are not asked for, from this address. Raises TooManyCalls."""
        if self.limit is not None:
            self.limit.count(address if caller is None else caller.subject)


def bearer_token(authorization: str | None) -> str:
    """Raises NotAuthenticated."""
    if authorization is None:
        raise NotAuthenticated("a bearer token is needed: Authorization: Bearer TOKEN", token_given=False)
    scheme, _, token = authorization.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii() or " " in token or "," in token:
        raise NotAuthenticated("the header must be Authorization: Bearer TOKEN, with one token")
    return token
