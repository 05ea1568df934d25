"""A file of any format as rows: the one way in, for the command `push` and for whoever else takes files.

    reading = Reading(person_id=7)
    with open("day.gpx", "rb") as file:
        for row in read_file(file, "day.gpx", reading):
            ...  # a location, or Rejected: where, which field, why
    reading.remarks  # what is to be said of it in the end

Which format a file has is told by how it begins, where that is clear, else by the end of its name.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO

from location_client.readers.csv import read_csv
from location_client.readers.fit import is_fit, read_fit
from location_client.readers.json import read_json
from location_client.readers.json_stream import RECORD_SEPARATOR
from location_client.readers.one_instant import one_position_an_instant
from location_client.readers.owntracks import read_rec
from location_client.readers.packed import GZIP, Allowance, TooMuchError, is_zip, kind_of_archive, members, unzipped
from location_client.readers.rows import (
    Member,
    NoLocationsError,
    Reading,
    Rejected,
    Rows,
    UnreadableFileError,
)
from location_client.readers.text import buffered
from location_client.readers.xml import read_xml

Reader = Callable[[BinaryIO, Reading], Rows]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".gpx": read_xml,
    ".geojson": read_json,
    ".json": read_json,
    ".kml": read_xml,
    ".tcx": read_xml,
    ".fit": read_fit,
    ".rec": read_rec,
    ".tsv": read_csv,
    ".geojsonl": read_json,
    ".geojsons": read_json,
    ".ndjson": read_json,
    ".jsonl": read_json,
}
PACKED = (".gz", ".zip", ".kmz")
NAMES = (*READERS, *PACKED)
SPACE_AND_MARKS = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
HEAD = 512
WORKBOOKS = {"[Content_Types].xml", "mimetype"}
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
A_WORKBOOK = "is a workbook or a document of an office program: save the sheet as CSV"
DEEPEST = 2  # packed files inside of each other


def read_file(file: BinaryIO, name: str, reading: Reading) -> Rows:
    """The rows of a file that can be read from any place; no two positions of a person at one instant.

    Raises UnreadableFileError, after the rows that could be read.
    """
    return one_position_an_instant(rows_of(file, name, reading, Allowance(file)), reading)


def rows_of(file: BinaryIO, name: str, reading: Reading, allowance: Allowance, depth: int = 0) -> Rows:
    with buffered(file) as opened:
        head = opened.peek(HEAD)[:HEAD]
        if not head:
            raise NoLocationsError("is empty")
        if (is_packed := head.startswith(GZIP) or is_zip(head)) and depth == DEEPEST:
            raise UnreadableFileError("is packed too often")
        if not is_packed:
            yield from reader_for(name, head)(opened, reading)
        elif is_zip(head):
            yield from rows_of_zip(opened, reading, allowance, depth)
        else:
            inside = unzipped(opened, allowance)
            yield from rows_of(inside, name.removesuffix(".gz"), reading, allowance, depth + 1)


def rows_of_zip(file: BinaryIO, reading: Reading, allowance: Allowance, depth: int) -> Rows:
    """The rows of the files in it that have a known name, each for itself."""
    with members(file, allowance) as (names, open_member):
        known = [name for name in names if is_known(name)]
        if WORKBOOKS.intersection(names):
            raise NoLocationsError(A_WORKBOOK)
        if not known:
            raise NoLocationsError(f"holds no file that ends in {', '.join(NAMES)}")
        if len(known) < len(names):
            reading.remarks["other files in the archive were passed over"] += len(names) - len(known)
        for name in known:
            try:
                for row in rows_of(open_member(name), name, reading, allowance, depth + 1):
                    if isinstance(row, Rejected):
                        yield row._replace(place=Member(name, row.place))
                    else:
                        yield Member(name, row[0]), *row[1:]
            except TooMuchError:
                raise
            except NoLocationsError as error:
                reading.remarks[f"file in the archive was passed over: {name} {error}"] += 1
            except UnreadableFileError as error:
                yield Rejected(Member(name, 0), "", str(error))


def reader_for(name: str, head: bytes) -> Reader:
    """The reader for a file of this name that begins so. Raises UnreadableFileError where there is none."""
    if is_fit(head):
        return read_fit
    if head.startswith(OLD_WORKBOOK):
        raise NoLocationsError(A_WORKBOOK)
    if kind := kind_of_archive(head):
        raise UnreadableFileError(f"is a {kind} archive: unpack it; only .zip and .gz are read as they are")
    begin = head.lstrip(SPACE_AND_MARKS)[:1].decode("ascii", "replace")
    if begin == "<":
        return read_xml
    if begin and begin in "{[" + RECORD_SEPARATOR:
        return read_json
    try:
        return READERS[suffix_of(name.removesuffix(".gz"))]
    except KeyError:
        raise UnreadableFileError(f"must end in {', '.join(NAMES)}") from None


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def is_known(name: str) -> bool:
    """Whether a file in an archive is one to read, and not what a Mac puts beside it."""
    path = PurePosixPath(name)
    return suffix_of(name) in NAMES and not path.name.startswith(".") and "__MACOSX" not in path.parts
