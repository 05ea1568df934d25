"""What can be asked, read and checked: times in microseconds since 1970-01-01 UTC, lengths in metres."""

from dataclasses import astuple, dataclass, replace
from typing import NamedTuple
from zlib import crc32

from service_kit.errors import InvalidInput


class Key(NamedTuple):
    """The place of a row in the order of an answer; the next page starts after it."""

    time_us: int
    person_id: int


@dataclass(frozen=True)
class TrackQuestion:
    start_us: int  # inclusive, as end_us is
    end_us: int
    max_points: int


@dataclass(frozen=True)
class ConnectionQuestion:
    start_us: int  # inclusive, as end_us is
    end_us: int
    distance_m: float
    window_us: int | None  # None: any time of the range
    limit: int
    cursor: tuple[int, int, int] | None

    def after(self, person_id: int) -> Key | None:
        """Where this page starts. Raises InvalidInput for the cursor of another question."""
        if self.cursor is None:
            return None
        *key, question = self.cursor
        if question != self._digest(person_id):
            raise InvalidInput(
                [("cursor", "belongs to another question: send it with the parameters it was given for")]
            )
        return Key(*key)

    def cursor_at(self, person_id: int, key: Key) -> tuple[int, int, int]:
        return (*key, self._digest(person_id))

    def _digest(self, person_id: int) -> int:
        same_on_all_pages = replace(self, limit=0, cursor=None)
        return crc32(repr((person_id, type(self).__name__, astuple(same_on_all_pages))).encode())


@dataclass(frozen=True)
class EncounterQuestion(ConnectionQuestion):
    gap_us: int | None  # None: however far apart
    min_duration_us: int
