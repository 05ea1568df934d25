"""What every file format comes to: rows, each a location or the reason why it is none."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from location_client.readers.instants import microseconds
from location_client.readers.values import UnreadableError, text_of, whole_number

WITHOUT_ZONE = "times name no zone and were taken as UTC"


class Record(NamedTuple):
    """A place in a file without lines: the number of a record, from 1."""

    number: int


class Member(NamedTuple):
    """A place in a file that is packed into another one; `spot` 0: the whole of it."""

    name: str
    spot: "int | tuple[int, int] | Record | Member"


Place = int | tuple[int, int] | Record | Member
"""Where in the file: line, or line and feature, from 1."""


class Rejected(NamedTuple):
    """A row that was not accepted: by us because it cannot be read, or by the server."""

    place: Place
    field: str
    reason: str  # reads on from the field: "latitude" "must be a number, is 'north'"


# place, person_id, creation_time in microseconds since 1970, latitude, longitude, accuracy_m. A plain tuple, because
# files have millions of them.
LocatedRow = tuple[Place, int, int, float, float, float | None]
Rows = Iterator[LocatedRow | Rejected]


class UnreadableFileError(Exception):
    """The file as a whole cannot be read, or not beyond some point. The message is for the user."""


class NoLocationsError(UnreadableFileError):
    """The file may be in order, but is of no kind that holds locations."""


@dataclass
class Reading:
    """What is said about a file from outside, and what is to be said of it in the end."""

    person_id: int | None = None
    """Whose locations these are, where the file does not say."""
    zone: tzinfo | None = None
    """Where clocks stood that wrote times without a zone; None: UTC."""
    remarks: Counter[str] = field(default_factory=Counter)
    """What was done on the way that nobody might expect, and to how many rows."""

    def owner(self, what: str) -> int:
        """Whose a file is that cannot say so. Raises UnreadableFileError."""
        if self.person_id is None:
            raise UnreadableFileError(f"{what}, which does not say whose locations they are: --person-id must")
        return self.person_id

    def person(self, value: object) -> int:
        """A row's person, or the one of the file. Raises UnreadableError."""
        return whole_number("person_id", text_of(self.person_id if value is None else value))

    def instant(self, text: str) -> int:
        """A time as microseconds since 1970. Raises UnreadableError."""
        return microseconds(text, self._placed)

    def _placed(self, clock: datetime) -> datetime:
        """The instant at which the clocks showed this. Raises UnreadableError where there is none, or two."""
        if self.zone is None:
            self.remarks[WITHOUT_ZONE] += 1
            return clock.replace(tzinfo=UTC)
        earlier, later = (clock.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if earlier.utcoffset() != later.utcoffset():
            which = "did not show" if earlier.utcoffset() < later.utcoffset() else "showed twice"  # type: ignore[operator]  # a zone has offsets
            raise UnreadableError("creation_time", f"is {clock}, which the clocks of {self.zone} {which}")
        return earlier
