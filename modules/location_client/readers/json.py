"""JSON files: whatever the list is called, each item says by its members what it is."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from location_client.readers import geojson, google, owntracks
from location_client.readers.json_stream import Item, items
from location_client.readers.rows import (
    LocatedRow,
    NoLocationsError,
    Place,
    Reading,
    Rejected,
    Rows,
    UnreadableFileError,
)
from location_client.readers.text import CHUNK, as_text
from location_client.readers.values import NAMES, UnreadableError, accuracy, decimal, named, not_a, text_of

LISTS = frozenset(("features", "locations", "semanticSegments", "rawSignals", "timelineObjects"))
A_REFERENCE_SYSTEM = b'"crs"'


def read_json(file: BinaryIO, reading: Reading) -> Rows:
    """The rows of a file. Raises UnreadableFileError."""
    refuse_other_reference_systems(file)
    number = 0
    with as_text(file) as text:
        for item in items(text, LISTS):
            number += 1
            if isinstance(item, Rejected):
                yield item
                continue
            place = (item.line, number)
            try:
                yield from rows_of(place, item, reading)
            except UnreadableError as error:
                yield Rejected(place, error.field, error.reason)


def rows_of(place: Place, item: Item, reading: Reading) -> Iterator[LocatedRow | Rejected]:
    """The locations of one item. Raises UnreadableError, UnreadableFileError."""
    value = item.value
    if not item.of and isinstance(value, dict) and not is_known(value):
        raise NoLocationsError(
            "is no GeoJSON FeatureCollection: it has no list of features, and no other that is known"
        )
    geojson.check_reference_system(item.around.get("crs", geojson.USUAL))
    if not isinstance(value, dict) or geojson.is_feature(value):
        yield from geojson.feature_rows(place, value, reading)
    elif "_type" in value:
        yield from owntracks.message_rows(place, value, reading)
    elif "latitudeE7" in value or "longitudeE7" in value:
        yield google.record_row(place, value, reading)
    elif google.is_of_timeline(value, item.of):
        yield from google.timeline_rows(place, value, reading)
    else:
        yield flat_row(place, value, reading)


def is_known(value: dict[str, Any]) -> bool:
    """Whether an object that stands for itself is something that is read."""
    return (
        "geometry" in value
        or "coordinates" in value
        or "_type" in value
        or "latitudeE7" in value
        or google.is_of_timeline(value, "")
        or any(name in value for name in NAMES["latitude"])
    )


def flat_row(place: Place, value: dict[str, Any], reading: Reading) -> LocatedRow:
    """An object with the members of a location, as GET /api/persons/{id}/locations gives them.

    Raises UnreadableError.
    """
    if not any(name in value for name in NAMES["latitude"]):
        raise UnreadableError("geometry", not_a("Point of longitude and latitude", json.dumps(value.get("geometry"))))
    return (
        place,
        reading.person(named(value, "person_id")),
        reading.instant(text_of(named(value, "creation_time"))),
        decimal("latitude", text_of(named(value, "latitude"))),
        decimal("longitude", text_of(named(value, "longitude"))),
        accuracy(text_of(named(value, "accuracy_m"))),
    )


def refuse_other_reference_systems(file: BinaryIO) -> None:
    """Before anything is sent: the member `crs` of a collection may stand behind its features.

    Raises UnreadableFileError.
    """
    if not file.seekable():
        return
    start = file.tell()
    before = b""
    found = False
    while not found and (chunk := file.read(CHUNK)):
        found = A_REFERENCE_SYSTEM in (before + chunk).replace(b"\0", b"")  # UTF-16 has zeros in between
        before = chunk[-2 * len(A_REFERENCE_SYSTEM) :]
    file.seek(start)
    if not found:
        return
    try:
        with as_text(file) as text:
            for item in items(text, frozenset()):
                if isinstance(item, Item) and isinstance(item.value, dict):
                    geojson.check_reference_system(item.value.get("crs", geojson.USUAL))
    except geojson.OtherReferenceSystemError:
        raise
    except UnreadableFileError:
        pass  # it is read as far as it goes, and this said then
    finally:
        file.seek(start)
