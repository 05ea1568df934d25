"""GPX 1.0 and 1.1: the track points of one person. Their hdop is no accuracy in metres and is passed over.

Read by expat as a stream, because a point that cannot be read must neither stop the rest nor lose its line number.
"""

from typing import BinaryIO
from xml.parsers import expat

from udaconnect_client.files.rows import (
    LocatedRow,
    Rejected,
    Rows,
    UnreadableError,
    UnreadableFileError,
    decimal,
    microseconds,
)

CHUNK_BYTES = 1 << 16


class TrackPoints:
    """Collects the rows of the track points as expat comes past them."""

    def __init__(self, person_id: int) -> None:
        self.rows: list[LocatedRow | Rejected] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.CharacterDataHandler = self.text
        self.parser.EndElementHandler = self.end
        self._person_id = person_id
        self._line = 0
        self._path: list[str] = []
        self._point: dict[str, str] = {}
        self._time = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(" ")[2])
        if len(self._path) == 1 and self._path != ["gpx"]:
            raise UnreadableFileError(f"is no GPX file: its outermost element is {self._path[0]}")
        if self._path[-1] == "trkpt":
            self._line, self._point, self._time = self.parser.CurrentLineNumber, attributes, ""

    def text(self, text: str) -> None:
        if self._path[-2:] == ["trkpt", "time"]:
            self._time += text

    def end(self, _: str) -> None:
        if self._path.pop() == "trkpt":
            try:
                self.rows.append(self._row())
            except UnreadableError as error:
                self.rows.append(Rejected(self._line, error.field, error.reason))

    def _row(self) -> LocatedRow:
        latitude = decimal("latitude", self._point.get("lat", ""))
        longitude = decimal("longitude", self._point.get("lon", ""))
        return self._line, self._person_id, microseconds(self._time.strip()), latitude, longitude, None


def read_gpx(file: BinaryIO, person_id: int | None) -> Rows:
    """The track points of a file. GPX does not say whose they are: `person_id` is required."""
    if person_id is None:
        raise UnreadableFileError("is GPX, which does not say whose track it is: --person-id must")
    points = TrackPoints(person_id)
    last = False
    while not last:
        chunk = file.read(CHUNK_BYTES)
        last = not chunk
        try:
            points.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            yield from points.rows
            raise UnreadableFileError(
                f"is not XML from line {error.lineno} on: {expat.ErrorString(error.code)}"
            ) from None
        yield from points.rows
        points.rows.clear()
