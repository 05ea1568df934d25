"""CSV: a header, then one location a line: person_id,creation_time,latitude,longitude[,accuracy_m].

Columns may stand in any order; columns with other names are passed over. A quoted field may not span lines, so that a
stray quotation mark costs its own line and not the rest of the file.
"""

import csv
from typing import BinaryIO, NamedTuple

from udaconnect_client.files.rows import (
    LocatedRow,
    Rejected,
    Rows,
    UnreadableError,
    UnreadableFileError,
    decimal,
    microseconds,
    whole_number,
)

REQUIRED = ("person_id", "creation_time", "latitude", "longitude")
LONGEST_HEADER = 10_000  # a file without line ends is no CSV file, and must not be read as one line


class Columns(NamedTuple):
    """Which column, from 0, holds what; None: there is none."""

    person_id: int | None
    creation_time: int
    latitude: int
    longitude: int
    accuracy_m: int | None


def read_csv(file: BinaryIO, person_id: int | None) -> Rows:
    """The rows of a UTF-8 file. `person_id` stands in for a missing column of that name."""
    columns = read_header(file.readline(LONGEST_HEADER).decode("utf-8-sig", "replace"), person_id)
    for number, line in enumerate(file, start=2):
        if line.isspace():
            continue
        try:
            yield parse_line(number, line.decode("utf-8", "replace"), columns, person_id)
        except UnreadableError as error:
            yield Rejected(number, error.field, error.reason)


def read_header(line: str, person_id: int | None) -> Columns:
    """Find the columns; raises UnreadableFileError with what is missing."""
    if not line.strip():
        raise UnreadableFileError(f"has no header; the first line must be {','.join(REQUIRED)}[,accuracy_m]")
    names = [name.strip().strip('"').lower() for name in line.split(",")]
    found = {name: names.index(name) for name in (*REQUIRED, "accuracy_m") if name in names}
    missing = [name for name in REQUIRED if name not in found and (name != "person_id" or person_id is None)]
    if missing:
        hint = ""
        if ";" in line or "\t" in line:
            hint = " (columns are separated by commas)"
        elif missing == ["person_id"]:
            hint = " (--person-id says whose locations these are)"
        raise UnreadableFileError(
            f"has no column {' and '.join(missing)}{hint}; its first line is {line.strip()[:80]!r}"
        )
    return Columns(
        found.get("person_id"),
        found["creation_time"],
        found["latitude"],
        found["longitude"],
        found.get("accuracy_m"),
    )


def parse_line(number: int, line: str, columns: Columns, person_id: int | None) -> LocatedRow:
    """One location; raises UnreadableError with the field and the reason."""
    values = fields_of(line)
    person, time, latitude, longitude, accuracy = columns
    try:
        return (
            number,
            whole_number("person_id", values[person]) if person is not None else person_id or 0,
            microseconds(values[time].strip()),
            decimal("latitude", values[latitude]),
            decimal("longitude", values[longitude]),
            decimal("accuracy_m", values[accuracy]) if accuracy is not None and values[accuracy].strip() else None,
        )
    except IndexError:
        raise UnreadableError("line", f"has fewer fields than the header: {len(values)}") from None


def fields_of(line: str) -> list[str]:
    """The fields of one line, any quotation marks taken off."""
    if '"' not in line:
        return line.rstrip("\r\n").split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error as error:
        raise UnreadableError("line", f"is not CSV: {error}") from None
