"""TCX, what sports watches write: the track points of one person, those that have a position."""

from typing import ClassVar

from location_client.readers.rows import Reading
from location_client.readers.track_points import TrackPoints
from location_client.readers.values import decimal

VALUES = {"Time": "creation_time", "LatitudeDegrees": "latitude", "LongitudeDegrees": "longitude"}
WITHOUT_POSITION = "points without a position, such as those of a heart rate alone, were passed over"


class TcxPoints(TrackPoints):
    wanted: ClassVar[frozenset[str]] = frozenset(VALUES)
    what: ClassVar[str] = "TCX"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._values: dict[str, str] = {}
        self._depth = 0

    def opened(self, path: list[str], attributes: dict[str, str], line: int) -> None:  # noqa: ARG002  as the others
        if path[-1] == "Trackpoint" and not self._depth:
            self._values, self._depth, self.line = {}, len(path), line

    def closed(self, path: list[str], text: str) -> None:
        name = path[-1]
        if name in VALUES and self._depth:
            self._values[name] = f"{self._values[name]} {text}" if name in self._values else text
        elif len(path) == self._depth:
            self._depth = 0
            if self._values.keys() <= {"Time"}:
                self.reading.remarks[WITHOUT_POSITION] += 1
                return
            latitude, longitude = (decimal(VALUES[of], self._values.get(of, "")) for of in list(VALUES)[1:])
            time = self.reading.instant(self._values.get("Time", ""))
            self.rows.append((self.line, self.owner, time, latitude, longitude, None))
