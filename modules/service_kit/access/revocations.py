"""Tokens that are taken back before their end: a list of their ids (the claim `jti`), kept by whoever issues them.

The document is {"revoked": ["…", …]}, a file or an https URL. An id can leave the list when its token has expired.
"""

import json
import time
from collections.abc import Callable
from typing import Final

from service_kit.access.watched import Watched
from service_kit.errors import DependencyDown, NotAuthenticated

# Short: until then a token that somebody has lost is good.
URL_MAX_AGE_S: Final = 10.0


class Revocations:
    """Thread-safe. Connects to nothing before the first question."""

    def __init__(
        self, source: str, *, read: Callable[[str], bytes] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._list = Watched("revoked tokens", source, revoked_ids, url_max_age_s=URL_MAX_AGE_S, read=read, clock=clock)

    @property
    def due(self) -> bool:
        """Whether it is time to look at the list again."""
        return self._list.due

    @property
    def generation(self) -> int:
        """Grows whenever the list has changed."""
        return self._list.generation

    def look_if_due(self) -> None:
        """May take as long as it takes to ask the source."""
        self._list.look_if_due()

    def check(self, token_id: str | None) -> int:
        """Return the generation of the list, as it is known, that the token is not on. Never waits.

        Raises NotAuthenticated where it is on it, or has no id, and could then never be taken back; DependencyDown
        where no list has come yet.
        """
        generation, revoked = self._list.generation, self._list.content
        if revoked is None:
            raise DependencyDown("whoever knows which tokens have been taken back")
        if token_id is None:
            raise NotAuthenticated("the token has no claim jti, and could never be taken back")
        if token_id in revoked:
            raise NotAuthenticated("the token has been taken back")
        return generation


def revoked_ids(document: bytes) -> frozenset[str]:
    """Read the list. Raises ValueError where the document is none."""
    content = json.loads(document)
    listed = content.get("revoked") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not all(isinstance(token_id, str) for token_id in listed):
        raise ValueError('the list of revoked tokens is an object with a list "revoked" of texts')
    return frozenset(listed)
