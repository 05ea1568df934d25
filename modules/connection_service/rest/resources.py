"""What the resources have in common: where the locations are, and the manners of an answer in pages."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Final, Protocol

from flask import Response

from connection_service.rest.weave import Rows
from connection_service.search import one_slice
from connection_service.search.questions import Key, PagedQuestion
from connection_service.store.freshness import DESCRIPTION, HEADER, Freshness
from connection_service.store.meetings import Remembered
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes
from proximity.network.groups import PairMeetings
from proximity.network.introductions import Ties
from service_kit.rest.api import JSON
from service_kit.rest.audit import answered_rows
from service_kit.rest.cursor import encode_cursor, next_page

FRESHNESS: Final = {HEADER: DESCRIPTION}
PAGED: Final = {"Link": 'The next page, as rel="next"; absent on the last.', **FRESHNESS}


class Locations(one_slice.Locations, Protocol):
    def freshness(self, person_id: int, start_us: int) -> Freshness: ...

    def settled(self, first: int, until: int) -> Remembered: ...

    def ties(self, person_id: int, windows: Remembered, least_us: int, most_between: int) -> Ties: ...

    def pair_meetings(self, start_us: int, until_us: int, person_id: int | None, max_rows: int) -> PairMeetings: ...


class Store(Protocol):
    """Where the locations are: LocationStore, or a test's own."""

    def locations(self) -> AbstractContextManager[Locations]:
        """For the time of one question."""

    def history(self, person_id: int) -> Iterator[Fixes]:
        """All fixes of one person, by time, in portions."""

    def meeting_history(self, person_id: int, gap_us: int) -> Iterator[EstimatedMeetings]:
        """All meetings that are remembered of one person, by time, in portions."""


def paged(
    person_id: int, question: PagedQuestion, rows: Rows, next_after: Key | None, freshness: Freshness
) -> Response:
    """The answer with these rows; it says where the next page is."""
    response = listed(rows)
    cursor = encode_cursor(*question.cursor_at(person_id, next_after)) if next_after else None
    response.headers.update(next_page(cursor))
    response.headers.update(freshness.header())
    return response


def listed(rows: Rows) -> Response:
    """The answer with these rows and no others."""
    answered_rows().add(rows.size)
    return Response(b"".join((b"[", rows.text, b"]")), mimetype=JSON)
