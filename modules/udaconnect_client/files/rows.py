"""What every file format comes to: rows, each a location or the reason why it is none."""

from collections.abc import Iterator
from typing import NamedTuple

from udaconnect_client.files.instants import EPOCH, MICROSECOND, parse_instant

LARGEST_ID = 2**63 - 1
LONGEST_SHOWN = 60  # characters of a value that could not be read

Place = int | tuple[int, int]  # where in the file: line, or line and feature, from 1


class Rejected(NamedTuple):
    """A row that was not accepted: by us because it cannot be read, or by the server."""

    place: Place
    field: str
    reason: str  # reads on from the field: "latitude" "must be a number, is 'north'"


# place, person_id, creation_time in microseconds since 1970, latitude, longitude, accuracy_m. A plain tuple, because
# files have millions of them.
LocatedRow = tuple[Place, int, int, float, float, float | None]
Rows = Iterator[LocatedRow | Rejected]


class UnreadableError(Exception):
    """A value that cannot be read. Whether it makes sense (a latitude of 91) is for the server to say."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


class UnreadableFileError(Exception):
    """The file as a whole cannot be read, or not beyond some point. The message is for the user."""


def microseconds(text: str) -> int:
    """An instant as microseconds since 1970; digits beyond the microsecond are cut off."""
    try:
        return (parse_instant(text) - EPOCH) // MICROSECOND
    except ValueError:
        raise UnreadableError("creation_time", not_a("time such as 2026-03-02T10:00:00Z", text)) from None


def whole_number(field: str, text: str) -> int:
    """An integer of 64 bits."""
    try:
        number = int(text)
    except ValueError:
        raise UnreadableError(field, not_a("whole number", text)) from None
    if not -LARGEST_ID <= number <= LARGEST_ID or "_" in text:  # Python takes 1_000, nobody else does
        raise UnreadableError(field, not_a("whole number of 64 bits", text))
    return number


def decimal(field: str, text: str) -> float:
    """A number; also nan and inf, which are for the server to refuse."""
    try:
        number = float(text)
    except ValueError:
        raise UnreadableError(field, not_a("number", text)) from None
    if "_" in text:
        raise UnreadableError(field, not_a("number", text))
    return number


def not_a(kind: str, text: str) -> str:
    """The reason why a value cannot be read."""
    if not text.strip():
        return "is missing"
    shown = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    return f"must be a {kind}, is {shown!r}"
