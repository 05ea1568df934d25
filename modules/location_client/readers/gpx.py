"""GPX 1.0 and 1.1: the track points of one person. Where somebody meant to go (routes, waypoints) is passed over.

GPX has no accuracy in metres. Some programs write one as an extension; else the dilution of precision gives an idea.
"""

from typing import ClassVar

from location_client.readers.instants import microseconds
from location_client.readers.rows import Reading
from location_client.readers.track_points import TrackPoints
from location_client.readers.values import UnreadableError, accuracy, decimal

METRES_OF_HDOP = 5.0  # what a phone's receiver has where the dilution of precision is 1
# Both write the radius of Android's Location as hdop: osmandapp/OsmAnd#3445.
METRES_AS_HDOP = ("osmand", "locus")
ACCURACIES = frozenset(
    ("accuracy", "hacc", "horaccur", "accuracy_horizontal", "horizontal_accuracy", "horizontalAccuracy")
)
FROM_HDOP = f"accuracies were taken as {METRES_OF_HDOP:g} m for each unit of hdop"
OTHERS = "waypoints and points of routes, where nobody need have been, were passed over"


class GpxPoints(TrackPoints):
    wanted: ClassVar[frozenset[str]] = frozenset(("time", "hdop")) | ACCURACIES
    what: ClassVar[str] = "GPX"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._point: dict[str, str] | None = None
        self._depth = 0
        self._times: list[str] = []
        self._hdop = ""
        self._accuracy = ""
        self._metres_of_hdop = METRES_OF_HDOP

    def opened(self, path: list[str], attributes: dict[str, str], line: int) -> None:
        name = path[-1]
        if name == "trkpt" and self._point is None:
            self._point, self._depth, self.line = attributes, len(path), line
            self._times, self._hdop, self._accuracy = [], "", ""
        elif name in {"wpt", "rtept"}:
            self.reading.remarks[OTHERS] += 1
        elif len(path) == 1 and attributes.get("creator", "").lower().startswith(METRES_AS_HDOP):
            self._metres_of_hdop = 1.0

    def closed(self, path: list[str], text: str) -> None:
        if self._point is None:
            return
        name, is_own = path[-1], len(path) == self._depth + 1
        if name == "time" and is_own:
            self._times.append(text)
        elif name == "hdop" and is_own:
            self._hdop = text
        elif name in ACCURACIES:
            self._accuracy = self._accuracy or text
        elif len(path) == self._depth:
            point, self._point = self._point, None
            latitude, longitude = decimal("latitude", point.get("lat", "")), decimal("longitude", point.get("lon", ""))
            time = microseconds(" ".join(self._times))  # GPX is in UTC, whether it says so or not
            self.rows.append((self.line, self.owner, time, latitude, longitude, self._radius()))

    def _radius(self) -> float | None:
        if self._accuracy:
            return accuracy(self._accuracy)
        try:
            hdop = accuracy(self._hdop)
        except UnreadableError:  # it says nothing about where and when
            return None
        if hdop is None or not 0 < hdop < 50:  # noqa: PLR2004  99 and the like stand for "no fix"
            return None
        if self._metres_of_hdop == METRES_OF_HDOP:
            self.reading.remarks[FROM_HDOP] += 1
        return hdop * self._metres_of_hdop
