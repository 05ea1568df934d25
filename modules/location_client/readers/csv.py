"""CSV: a header, then one location a line: person_id,creation_time,latitude,longitude[,accuracy_m].

Columns may stand in any order and under the names of values.NAMES; others are passed over. Between them are commas, or
what is between the names of the header: semicolons, tabs, bars; then numbers may have decimal commas.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from location_client.readers.rows import LocatedRow, Reading, Rejected, Rows, UnreadableFileError
from location_client.readers.text import as_text, numbered_lines
from location_client.readers.values import NAMES, UnreadableError, accuracy, decimal, whole_number

REQUIRED = ("person_id", "creation_time", "latitude", "longitude")
DELIMITERS = ",;\t|"
LONGEST_LINE = 100_000  # a file without line ends is no CSV file, and must not be read as one line
LONGEST_RECORD = 20  # lines that a quoted field may span: a stray quotation mark must not swallow the rest of the file
EXCELS_OWN_LINE = re.compile(r"\ufeff?sep=([,;\t|])\s*", re.IGNORECASE)

Line = tuple[int, str]


class Columns(NamedTuple):
    """Which column, from 0, holds what; None: there is none."""

    person_id: int | None
    creation_time: int
    latitude: int
    longitude: int
    accuracy_m: int | None
    width: int
    delimiter: str


def read_csv(file: BinaryIO, reading: Reading) -> Rows:
    """The rows of a file. Raises UnreadableFileError where its header lacks something."""
    with as_text(file) as text:
        lines = numbered_lines(text, LONGEST_LINE)
        _, header = next(lines, (1, ""))
        if said := EXCELS_OWN_LINE.fullmatch(header):
            _, header = next(lines, (2, ""))
        columns = read_header(header, reading, said[1] if said else DELIMITERS)
        for number, record in records(lines):
            if record.isspace():
                continue
            try:
                yield parse_record(number, record, columns, reading)
            except UnreadableError as error:
                if "\0" in record:
                    yield Rejected(number, "line", "holds zero bytes, which a loss of power leaves behind")
                elif anew := header_again(record, columns, reading):
                    columns = anew
                elif record.strip(columns.delimiter + '" \n'):  # else Excel's rows of nothing
                    yield Rejected(number, error.field, error.reason)


def read_header(line: str, reading: Reading, delimiters: str) -> Columns:
    """Find the columns; raises UnreadableFileError with what is missing."""
    if not line.strip():
        raise UnreadableFileError(f"has no header; the first line must be {','.join(REQUIRED)}[,accuracy_m]")
    found, width, delimiter = max((found_columns(line, sign) for sign in delimiters), key=lambda one: len(one[0]))
    missing = [name for name in REQUIRED if name not in found and (name != "person_id" or reading.person_id is None)]
    if missing:
        hint = " (--person-id says whose locations these are)" if missing == ["person_id"] else ""
        raise UnreadableFileError(
            f"has no column {' and '.join(missing)}{hint}; its first line is {line.strip()[:80]!r}"
        )
    return Columns(
        found.get("person_id"),
        found["creation_time"],
        found["latitude"],
        found["longitude"],
        found.get("accuracy_m"),
        width,
        delimiter,
    )


def found_columns(line: str, delimiter: str) -> tuple[dict[str, int], int, str]:
    """Field → column, how many columns there are, and between what. Raises UnreadableFileError if it is not clear."""
    try:
        fields = fields_of(line.lstrip("\ufeff"), delimiter)
    except UnreadableError:
        return {}, 0, delimiter
    names = [field.strip().lower().replace(" ", "_") for field in fields]
    found = {}
    for field, called in NAMES.items():
        own = called[:1] if called[0] in names else called
        if places := [place for place, name in enumerate(names) if name in own]:
            if len(places) > 1:
                which = " and ".join(repr(fields[place]) for place in places[:5])
                raise UnreadableFileError(f"has more than one column for the {field}: {which}")
            found[field] = places[0]
    return found, len(fields), delimiter


def header_again(record: str, columns: Columns, reading: Reading) -> Columns | None:
    """Files that were put one behind the other bring their headers along, whose columns may stand otherwise."""
    if not any(name in record.lower() for name in NAMES["latitude"]):
        return None
    try:
        return read_header(record, reading, columns.delimiter)
    except UnreadableFileError:
        return None


def records(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, joined where a quoted field goes on in the next one.

    Where no end of it is found nearby, the quotation mark is a stray one and costs its own line alone.
    """
    rest = iter(lines)
    ahead = deque[Line]()
    while line := ahead.popleft() if ahead else next(rest, None):
        if line[1].count('"') % 2:
            while len(ahead) < LONGEST_RECORD and (following := next(rest, None)):
                ahead.append(following)
            texts, quotes = [line[1]], 1
            for _, text in ahead:
                texts.append(text)
                quotes += text.count('"')
                if quotes % 2 == 0:
                    line = line[0], "".join(texts)
                    for _ in texts[1:]:
                        ahead.popleft()
                    break
        yield line


def parse_record(number: int, record: str, columns: Columns, reading: Reading) -> LocatedRow:
    """One location; raises UnreadableError with the field and the reason."""
    values = fields_of(record, columns.delimiter)
    if len(values) != columns.width:
        check_width(values, columns)
    person, time, latitude, longitude, radius, _, delimiter = columns
    if delimiter != ",":
        with_points(values, [place for place in (latitude, longitude, radius) if place is not None])
    return (
        number,
        whole_number("person_id", values[person]) if person is not None else reading.person_id or 0,
        reading.instant(values[time]),
        decimal("latitude", values[latitude]),
        decimal("longitude", values[longitude]),
        accuracy(values[radius]) if radius is not None and values[radius] else None,
    )


def check_width(values: list[str], columns: Columns) -> None:
    """Raises UnreadableError unless what is missing, or what is too much, is nothing anyway."""
    if len(values) > columns.width and any(value.strip() for value in values[columns.width :]):
        hint = "; a decimal comma needs semicolons between the columns" if columns.delimiter == "," else ""
        raise UnreadableError("line", f"has more fields than the header: {len(values)}{hint}")
    if len(values) <= max(place for place in columns[:5] if place is not None):
        raise UnreadableError("line", f"has fewer fields than the header: {len(values)}")


def with_points(values: list[str], places: list[int]) -> None:
    """Decimal commas of these values become points, unless there are points too: then a comma may be anything."""
    if not any("." in values[place] for place in places):
        for place in places:
            if values[place].count(",") == 1:
                values[place] = values[place].replace(",", ".")


def fields_of(record: str, delimiter: str) -> list[str]:
    """The fields of one record, any quotation marks taken off."""
    if len(record) >= LONGEST_LINE:
        raise UnreadableError("line", f"is longer than {LONGEST_LINE:,} characters")
    if '"' not in record:
        return record.rstrip("\n").split(delimiter)
    try:
        (fields,) = csv.reader([record], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as error:
        raise UnreadableError("line", f"is not CSV: {error}") from None
    return fields
