"""What Google keeps of a phone: Records.json of the Takeout, and Timeline.json of Android's and iOS' own export.

Google writes down none of these forms; they are as files that people published show them.
"""

import re
from collections.abc import Iterator
from typing import Any

from location_client.readers.rows import LocatedRow, NoLocationsError, Place, Reading, Rejected
from location_client.readers.values import UnreadableError, accuracy, decimal, not_a, text_of, whole_number

DEGREES_E7 = 10_000_000
HALF_TURN_E7 = {"latitude": 90 * DEGREES_E7, "longitude": 180 * DEGREES_E7}
# Some exports hold negative numbers of 32 bits as positive ones: support.google.com/maps/thread/4595364.
OVERFLOW = 2**32
# 52.5200°, 13.4050° on Android, geo:52.5200,13.4050 on iOS.
POINT = re.compile(r"(?:geo:)?\s*(-?[\d.]+)\s*°?\s*,\s*(-?[\d.]+)\s*°?", re.ASCII)
MINUTE_US = 60_000_000
PLACES = "places and journeys that Google found, not the phone's fixes, were passed over"


def record_row(place: Place, record: dict[str, Any], reading: Reading) -> LocatedRow:
    """One of the `locations` of Records.json. Raises UnreadableError, UnreadableFileError."""
    owner = reading.owner("holds Google's records")
    time = record.get("timestamp")
    return (
        place,
        owner,
        reading.instant(text_of(record.get("timestampMs") if time is None else time)),
        degrees("latitude", record.get("latitudeE7")),
        degrees("longitude", record.get("longitudeE7")),
        accuracy(text_of(record.get("accuracy"))),
    )


def degrees(field: str, e7: object) -> float:
    """Degrees out of ten-millionths of them."""
    number = whole_number(field, text_of(e7))
    if HALF_TURN_E7[field] < number < OVERFLOW:
        number -= OVERFLOW
    return number / DEGREES_E7


def is_of_timeline(value: dict[str, Any], of: str) -> bool:
    return of in {"semanticSegments", "rawSignals", "timelineObjects"} or ("startTime" in value and "endTime" in value)


def timeline_rows(place: Place, value: dict[str, Any], reading: Reading) -> Iterator[LocatedRow | Rejected]:
    """The fixes of a segment or of a raw signal; most of the other things that stand there are none.

    Raises UnreadableError, UnreadableFileError.
    """
    owner = reading.owner("holds Google's timeline")
    if isinstance(position := value.get("position"), dict):
        where = position.get("LatLng", position.get("latLng"))
        radius = accuracy(text_of(position.get("accuracyMeters")))
        yield (place, owner, reading.instant(text_of(position.get("timestamp"))), *coordinates(where), radius)
    elif isinstance(path := value.get("timelinePath"), list):
        for point in path:
            try:
                yield path_row(place, owner, point, value, reading)
            except UnreadableError as error:
                yield Rejected(place, error.field, error.reason)
    elif "placeVisit" in value or "activitySegment" in value:
        raise NoLocationsError("holds places and journeys that Google found, not the phone's fixes: Records.json does")
    elif "visit" in value or "activity" in value:
        reading.remarks[PLACES] += 1


def path_row(place: Place, owner: int, point: object, segment: dict[str, Any], reading: Reading) -> LocatedRow:
    """A point of a path; its time is said, or so many minutes after the begin of the segment."""
    if not isinstance(point, dict):
        raise UnreadableError("point", not_a("point and a time", text_of(point)))
    if (time := point.get("time")) is not None:
        instant = reading.instant(text_of(time))
    else:
        minutes = decimal("creation_time", text_of(point.get("durationMinutesOffsetFromStartTime")))
        if not 0 <= minutes < 1e6:  # noqa: PLR2004  two years
            raise UnreadableError("creation_time", not_a("number of minutes", str(minutes)))
        instant = reading.instant(text_of(segment.get("startTime"))) + round(minutes * MINUTE_US)
    return place, owner, instant, *coordinates(point.get("point")), None


def coordinates(point: object) -> tuple[float, float]:
    """Latitude and longitude out of text."""
    found = POINT.fullmatch(point.strip()) if isinstance(point, str) else None
    if found is None:
        raise UnreadableError("point", not_a("latitude and longitude such as 52.5200°, 13.4050°", text_of(point)))
    return decimal("latitude", found[1]), decimal("longitude", found[2])
