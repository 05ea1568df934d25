"""A small document that somebody else writes, from a file or an https URL, read again in time."""

import time
from collections.abc import Callable, Sized
from http.client import HTTPException
from pathlib import Path
from threading import Lock
from typing import Final, Generic, TypeVar
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

URL_MIN_INTERVAL_S: Final = 10.0  # however much depends on it
FILE_MAX_AGE_S: Final = 1.0
TIMEOUT_S: Final = 3.0
MAX_BYTES: Final = 256 * 1024

Content = TypeVar("Content", bound=Sized)

log = structlog.get_logger()


class Watched(Generic[Content]):
    """Thread-safe. Connects to nothing before it is first looked at."""

    def __init__(  # noqa: PLR0913  each says something of its own
        self,
        what: str,
        source: str,
        parse: Callable[[bytes], Content],
        *,
        url_max_age_s: float,
        read: Callable[[str], bytes] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`parse` raises ValueError for a document that is none. `what` is its name in the log."""
        self._what = what
        self._source = source
        self._parse = parse
        self._read = read or read_source
        self._clock = clock
        is_url = source.startswith("https://")
        self._max_age_s = url_max_age_s if is_url else FILE_MAX_AGE_S
        self._min_interval_s = URL_MIN_INTERVAL_S if is_url else FILE_MAX_AGE_S
        self._looking = Lock()
        self._looked_at_s = float("-inf")
        self._document = b""
        self.content: Content | None = None
        """None until it has been read once."""

        self.generation = 0
        """Grows whenever it has changed: what was found out by means of the old one is to be forgotten."""

    @property
    def due(self) -> bool:
        """Whether it is time to look at the source again."""
        return self._clock() - self._looked_at_s >= self._max_age_s

    @property
    def may_be_looked_at(self) -> bool:
        """Whether the source may be asked already, for a reason of its own."""
        return self._clock() - self._looked_at_s >= self._min_interval_s

    @property
    def is_being_looked_at(self) -> bool:
        """Whether somebody asks the source just now; what was found is known when this is over."""
        return self._looking.locked()

    def look_if_due(self) -> None:
        """Whoever comes while another one is looking goes on with what is known, and waits where nothing is."""
        nothing_is_known = self.content is None
        if self.due or nothing_is_known:
            self.look(wait=nothing_is_known)

    def look(self, *, wait: bool) -> None:
        """May take as long as it takes to ask the source. What cannot be read changes nothing, and is logged."""
        if not self._looking.acquire(blocking=wait):
            return
        try:
            if not self.may_be_looked_at:
                return  # another thread has looked while this one waited
            self._looked_at_s = self._clock()
            document = self._read(self._source)
            if document != self._document or self.content is None:
                self.content = self._parse(document)
                self._document = document
                self.generation += 1
                log.info("read", what=self._what, source=self._source, entries=len(self.content))
        except (OSError, HTTPException, ValueError) as error:
            # What was known goes on being used: a source that is down must not take everything down with it.
            log.warning("cannot be read", what=self._what, source=self._source, reason=str(error))
        finally:
            self._looking.release()


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
