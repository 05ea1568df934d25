"""KML: tracks (gx:Track), and points with a time.

A track holds all its times and then all its positions, or both in turns. They are counted before they are put
together: where one is missing, nobody knows whose time is whose. Until then they wait in a temporary file, so that
memory stays small.
"""

import struct
from collections.abc import Iterator
from contextlib import closing
from tempfile import SpooledTemporaryFile
from typing import ClassVar

from location_client.readers.rows import Reading, Rejected, Rows
from location_client.readers.track_points import TrackPoints
from location_client.readers.values import UnreadableError, decimal, not_a

IN_MEMORY = 1 << 20  # bytes of each list
TIME, POSITION = struct.Struct("<q"), struct.Struct("<qdd")  # the second with its line
REFUSED = -(2**63)  # in place of a value that was refused already
LONGITUDE_LATITUDE = 2  # numbers that a position has at least
WITHOUT_TIMES = "places and lines without a time for each point were passed over"


class Waiting:
    """Values of one size in a temporary file."""

    def __init__(self, form: struct.Struct) -> None:
        self.count = 0
        self._form = form
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the track

    def add(self, *values: float) -> None:
        self._file.write(self._form.pack(*values))
        self.count += 1

    def __iter__(self) -> Iterator[tuple[float, ...]]:
        self._file.seek(0)
        while octets := self._file.read(self._form.size * 1024):
            yield from self._form.iter_unpack(octets)

    def close(self) -> None:
        self._file.close()


class Track:
    """Times and positions until the end of a track, then its rows."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.times = Waiting(TIME)
        self.positions = Waiting(POSITION)

    def close(self) -> None:
        self.times.close()
        self.positions.close()

    def rows(self, owner: int) -> Rows:
        if self.times.count != self.positions.count:
            reason = f"is not clear: the track has {self.positions.count} positions and {self.times.count} times"
            yield Rejected(self.line, "creation_time", reason)
        else:
            for (time,), (line, latitude, longitude) in zip(self.times, self.positions, strict=True):
                if REFUSED not in {time, line}:
                    yield int(line), owner, int(time), latitude, longitude, None


class KmlPoints(TrackPoints):
    wanted: ClassVar[frozenset[str]] = frozenset(("when", "coord", "coordinates"))
    what: ClassVar[str] = "KML"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._track: Track | None = None
        self._done: list[Track] = []
        self._begins = 0
        self._when: str | None = None
        self._point: str | None = None

    def opened(self, path: list[str], attributes: dict[str, str], line: int) -> None:  # noqa: ARG002  as the others
        name = path[-1]
        if name == "Track" and self._track is None:
            self._track = Track(line)
        elif name == "Placemark":
            self._begins, self._when, self._point = line, None, None
        elif name in {"when", "coord"}:
            self.line = line

    def closed(self, path: list[str], text: str) -> None:
        name, inside = path[-1], path[-2] if len(path) > 1 else ""
        if self._track and inside == "Track" and name == "when":
            self._add_time(self._track.times, text)
        elif self._track and inside == "Track" and name == "coord":
            self._add_position(self._track.positions, text)
        elif self._track and name == "Track":
            self._done.append(self._track)
            self._track = None
        elif name == "when" and inside == "TimeStamp":
            self._when = text
        elif name == "coordinates" and inside == "Point":
            self._point = text
        elif name == "coordinates":
            self.reading.remarks[WITHOUT_TIMES] += 1
        elif name == "Placemark" and self._point is not None:
            self._placemark(self._point, self._when)

    def _add_time(self, times: Waiting, text: str) -> None:
        try:
            times.add(self.reading.instant(text))
        except UnreadableError:
            times.add(REFUSED)
            raise

    def _add_position(self, positions: Waiting, text: str) -> None:
        try:
            positions.add(self.line, *latitude_longitude(text.split()))
        except UnreadableError:
            positions.add(REFUSED, 0, 0)
            raise

    def _placemark(self, point: str, when: str | None) -> None:
        if when is None:
            self.reading.remarks[WITHOUT_TIMES] += 1
            return
        self.line = self._begins
        latitude, longitude = latitude_longitude(point.split(","))
        self.rows.append((self.line, self.owner, self.reading.instant(when), latitude, longitude, None))

    def taken(self) -> Rows:
        yield from super().taken()
        while self._done:
            with closing(self._done.pop(0)) as track:
                yield from track.rows(self.owner)

    def close(self) -> None:
        for track in (*self._done, *([self._track] if self._track else [])):
            track.close()


def latitude_longitude(values: list[str]) -> tuple[float, float]:
    """Of a position, which begins with the longitude. Raises UnreadableError."""
    if len(values) < LONGITUDE_LATITUDE:
        raise UnreadableError("coord", not_a("longitude and latitude", " ".join(values)))
    return decimal("latitude", values[1]), decimal("longitude", values[0])
