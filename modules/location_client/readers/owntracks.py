"""OwnTracks: its messages (owntracks.org/booklet/tech/json), and the .rec files in which its recorder keeps them.

A line of these holds when it was received, what of (`*`: a location), and the message, with tabs in between.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from location_client.readers.rows import LocatedRow, Place, Reading, Rejected, Rows
from location_client.readers.text import as_text, numbered_lines
from location_client.readers.values import UnreadableError, accuracy, decimal, not_a, text_of

LONGEST_LINE = 100_000
COLUMNS = 3
OTHERS = "messages of OwnTracks that are no locations were passed over"


def read_rec(file: BinaryIO, reading: Reading) -> Rows:
    """The locations of a recorder's file. Raises UnreadableFileError where it is not said whose they are."""
    reading.owner("is a file of OwnTracks' recorder")
    with as_text(file) as text:
        for number, line in numbered_lines(text, LONGEST_LINE):
            if not line.strip():
                continue
            try:
                yield from message_rows(number, message_of(line), reading)
            except UnreadableError as error:
                yield Rejected(number, error.field, error.reason)


def message_of(line: str) -> dict[str, Any]:
    """The message of a line. Raises UnreadableError."""
    columns = line.strip("\ufeff\n ").split("\t", COLUMNS - 1)
    try:
        message = json.loads(columns[-1])
    except (ValueError, RecursionError):
        message = None
    if len(columns) < COLUMNS or not isinstance(message, dict):
        raise UnreadableError("line", not_a("time, a kind and a message of OwnTracks with tabs in between", line))
    return message


def message_rows(place: Place, message: dict[str, Any], reading: Reading) -> Iterator[LocatedRow]:
    """Nothing for other messages than locations. Raises UnreadableError, UnreadableFileError."""
    if message.get("_type") == "encrypted":
        raise UnreadableError("message", "is encrypted, and can only be read where the key is")
    if message.get("_type") != "location":
        reading.remarks[OTHERS] += 1
        return
    yield (
        place,
        reading.owner("holds messages of OwnTracks"),
        reading.instant(text_of(message.get("tst"))),
        decimal("latitude", text_of(message.get("lat"))),
        decimal("longitude", text_of(message.get("lon"))),
        accuracy(text_of(message.get("acc"))),
    )
