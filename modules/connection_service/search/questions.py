"""What can be asked, read and checked: times in microseconds since 1970-01-01 UTC, lengths in metres."""

from dataclasses import astuple, dataclass, replace
from typing import ClassVar
from zlib import crc32

from proximity.instants import DAY_US
from proximity.network.summaries import Period
from service_kit.errors import InvalidInput

# The place of a row in the order of an answer, as whole numbers; the next page starts after it.
Key = tuple[int, ...]


@dataclass(frozen=True)
class TrackQuestion:
    start_us: int  # inclusive, as end_us is
    end_us: int
    max_points: int


@dataclass(frozen=True)
class PagedQuestion:
    key_length: ClassVar[int]

    start_us: int  # inclusive, as end_us is
    end_us: int
    limit: int
    cursor: tuple[int, ...] | None

    def after(self, person_id: int) -> Key | None:
        """Where this page starts. Raises InvalidInput for the cursor of another question."""
        if self.cursor is None:
            return None
        *key, question = self.cursor
        if question != self._digest(person_id):
            raise InvalidInput(
                [("cursor", "belongs to another question: send it with the parameters it was given for")]
            )
        return tuple(key)

    def cursor_at(self, person_id: int, key: Key) -> tuple[int, ...]:
        return (*key, self._digest(person_id))

    def _digest(self, person_id: int) -> int:
        same_on_all_pages = replace(self, limit=0, cursor=None)
        return crc32(repr((person_id, type(self).__name__, astuple(same_on_all_pages))).encode())


@dataclass(frozen=True)
class WayQuestion(PagedQuestion):
    key_length = 1  # time


@dataclass(frozen=True)
class NearQuestion(PagedQuestion):
    distance_m: float


@dataclass(frozen=True)
class SearchQuestion(NearQuestion):
    """About fixes: who had one near to one of P's."""

    window_us: int | None  # None: any time of the range
    include_possible: bool
    interpolate: bool


@dataclass(frozen=True)
class ConnectionQuestion(SearchQuestion):
    key_length = 3  # micrometres (0 where the order is time), time, person

    by_distance: bool


@dataclass(frozen=True)
class EncounterQuestion(SearchQuestion):
    key_length = 2  # time, person

    gap_us: int | None  # None: however far apart
    min_duration_us: int


@dataclass(frozen=True)
class ContactQuestion(EncounterQuestion):
    key_length = 2  # duration (negative: the longest comes first), person


@dataclass(frozen=True)
class EstimateQuestion(NearQuestion):
    """About people: who was near to P at the same time, by their most likely ways."""

    key_length = 2  # time, person
    cut_us: ClassVar[int | None] = None  # what meets over a multiple of it is not joined while it is searched for

    gap_us: int
    min_duration_us: int
    min_probability: float


@dataclass(frozen=True)
class ContactEstimateQuestion(EstimateQuestion):
    key_length = 2  # duration (negative: the longest comes first), person


@dataclass(frozen=True)
class SummaryQuestion(EstimateQuestion):
    key_length = 2  # first day of the period, person
    cut_us = DAY_US

    period: Period


@dataclass(frozen=True)
class IntroductionQuestion:
    start_us: int  # inclusive, as end_us is
    end_us: int
    min_duration_us: int
    limit: int


@dataclass(frozen=True)
class GroupQuestion(PagedQuestion):
    key_length = 2  # time, number among those that begin then

    gap_us: int
    min_people: int
    min_duration_us: int
    person_id: int | None  # None: all groups, else those with this person
