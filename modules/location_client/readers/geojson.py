"""GeoJSON: features that are Points with a time, or lines and groups of Points with a time for each of theirs.

The properties of a feature: person_id, creation_time and accuracy_m, or the other names of values.NAMES. Overland's
batches are such features too.
"""

import json
from collections.abc import Iterator
from typing import Any

from location_client.readers.rows import LocatedRow, Place, Reading, Rejected, UnreadableFileError
from location_client.readers.values import UnreadableError, accuracy, decimal, named, not_a, text_of

LONGITUDE_LATITUDE = 2  # numbers that a position has at least; a height may follow
DEEPEST = 8  # collections in collections
USUAL = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
USUAL_NAMES = ("crs84", "crs84h", "4326", "4979")
TIMES = ("coordTimes", "times")


class OtherReferenceSystemError(UnreadableFileError):
    """Its numbers are no longitudes and latitudes."""


def is_feature(value: dict[str, Any]) -> bool:
    return "geometry" in value or value.get("type") in {"Feature", "FeatureCollection"} or "coordinates" in value


def check_reference_system(crs: object) -> None:
    """Only degrees of WGS 84 are read. `crs` is the member of GeoJSON of 2008, which that of 2016 does not have.

    Raises OtherReferenceSystemError.
    """
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if str(name).lower().rpartition(":")[2].rpartition("/")[2] not in USUAL_NAMES:
        raise OtherReferenceSystemError(
            f"has coordinates in {str(name or json.dumps(crs))[:80]!r}; only longitude and latitude (WGS 84) are read"
        )


def feature_rows(place: Place, feature: object, reading: Reading, depth: int = 0) -> Iterator[LocatedRow | Rejected]:
    """The locations of one feature, or of a collection of them. Raises UnreadableError, UnreadableFileError."""
    if isinstance(feature, dict) and isinstance(feature.get("features"), list) and depth < DEEPEST:
        check_reference_system(feature.get("crs", USUAL))
        for one in feature["features"]:
            try:
                yield from feature_rows(place, one, reading, depth + 1)
            except UnreadableError as error:
                yield Rejected(place, error.field, error.reason)
        return
    geometry, properties = member(feature, "geometry"), member(feature, "properties")
    for part in (feature, geometry):
        if isinstance(part, dict) and "crs" in part:
            check_reference_system(part["crs"])
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        yield row(place, coordinates, properties, named(properties, "creation_time"), reading)
    elif kind in {"LineString", "MultiPoint", "MultiLineString"} and isinstance(coordinates, list):
        times = times_of(properties)
        if kind == "MultiLineString":
            coordinates, times = joined(coordinates, times)
        yield from timed_rows(place, coordinates, times, properties, reading)
    else:
        raise UnreadableError("geometry", not_a("Point of longitude and latitude", json.dumps(geometry)))


def timed_rows(
    place: Place, coordinates: list[Any], times: object, properties: dict[str, Any], reading: Reading
) -> Iterator[LocatedRow | Rejected]:
    """The points of a line, each at its own time. Raises UnreadableError where it is not clear which is whose."""
    if not isinstance(times, list):
        raise UnreadableError("geometry", "is a line, which must come with a time for each of its points (coordTimes)")
    if len(times) != len(coordinates):
        raise UnreadableError("creation_time", f"is not clear: {len(coordinates)} points, {len(times)} times")
    for position, time in zip(coordinates, times, strict=True):
        try:
            yield row(place, position, properties, time, reading)
        except UnreadableError as error:
            yield Rejected(place, error.field, error.reason)


def times_of(properties: dict[str, Any]) -> object:
    """As several programs write them; None: there are none."""
    for holder in (properties, member(properties, "coordinateProperties")):
        for name in TIMES:
            if name in holder:
                return holder[name]
    return None


def joined(parts: list[Any], times: object) -> tuple[list[Any], object]:
    """The points and the times of several lines as those of one. Raises UnreadableError where they do not agree."""
    if not isinstance(times, list) or not all(isinstance(one, list) for one in (*parts, *times)):
        return parts, None
    if [len(part) for part in parts] != [len(part) for part in times]:
        raise UnreadableError("creation_time", "is not clear: the lines have other numbers of points than of times")
    return [point for part in parts for point in part], [time for part in times for time in part]


def row(place: Place, position: object, properties: dict[str, Any], time: object, reading: Reading) -> LocatedRow:
    """One location; raises UnreadableError with the field and the reason."""
    if not isinstance(position, list) or len(position) < LONGITUDE_LATITUDE:
        raise UnreadableError("geometry", not_a("Point of longitude and latitude", json.dumps(position)))
    return (
        place,
        reading.person(named(properties, "person_id")),
        reading.instant(text_of(time)),
        decimal("latitude", text_of(position[1])),
        decimal("longitude", text_of(position[0])),
        accuracy(text_of(named(properties, "accuracy_m"))),
    )


def member(feature: object, name: str) -> dict[str, Any]:
    """An object inside a feature, empty if it is missing or no object."""
    value = feature.get(name) if isinstance(feature, dict) else None
    return value if isinstance(value, dict) else {}
