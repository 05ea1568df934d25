"""GeoJSON: a FeatureCollection of Points, also as GET /api/persons/{id}/locations gives it; and the same a line each.

The properties of a feature: person_id, creation_time (or time), accuracy_m.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from udaconnect_client.files.rows import (
    LocatedRow,
    Place,
    Rejected,
    Rows,
    UnreadableError,
    UnreadableFileError,
    decimal,
    microseconds,
    not_a,
    whole_number,
)

LONGITUDE_LATITUDE = 2  # numbers that a position has at least; a height may follow


def read_geojson(file: BinaryIO, person_id: int | None) -> Rows:
    """The rows of a FeatureCollection, read into memory. `person_id` stands in where a feature names nobody."""
    text = file.read().decode("utf-8-sig", errors="replace")
    line, counted_to = 1, 0
    try:
        for number, (offset, feature) in enumerate(features(text), start=1):
            line, counted_to = line + text.count("\n", counted_to, offset), offset
            place = (line, number)
            try:
                yield parse_feature(place, feature, person_id)
            except UnreadableError as error:
                yield Rejected(place, error.field, error.reason)
    except json.JSONDecodeError as error:
        raise UnreadableFileError(f"is not JSON from line {error.lineno} on: {error.msg}") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise UnreadableFileError(f"is not readable JSON: {error}") from None


def features(text: str) -> Iterator[tuple[int, object]]:
    """The features of a FeatureCollection, each with its offset in the text.

    Raises JSONDecodeError where the text is not JSON, after the features before that point.
    """
    read = json.JSONDecoder().raw_decode
    at = after(text, after(text, 0), "{")
    found = False
    while text[at : at + 1] != "}":
        key, at = read(text, at)
        at = after(text, after(text, at), ":")
        if key == "features" and text[at : at + 1] == "[":
            found = True
            at = after(text, at + 1)
            while text[at : at + 1] != "]":
                feature, end = read(text, at)
                yield at, feature
                at = after(text, end)
                if text[at : at + 1] != "]":
                    at = after(text, at, ",")
            at += 1
        else:
            _, at = read(text, at)
        at = after(text, at)
        if text[at : at + 1] != "}":
            at = after(text, at, ",")
    if not found:
        raise UnreadableFileError("is no GeoJSON FeatureCollection: it has no list of features")


def after(text: str, at: int, sign: str = "") -> int:
    """Where the next token starts, behind `sign` and white space."""
    if not text.startswith(sign, at):
        raise json.JSONDecodeError(f"expected {sign}", text, at)
    at += len(sign)
    while text[at : at + 1] in {" ", "\n", "\r", "\t"}:
        at += 1
    return at


def parse_feature(place: Place, feature: object, person_id: int | None) -> LocatedRow:
    """One location; raises UnreadableError with the field and the reason."""
    geometry, properties = member(feature, "geometry"), member(feature, "properties")
    coordinates = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(coordinates, list) or len(coordinates) < LONGITUDE_LATITUDE:
        raise UnreadableError("geometry", not_a("Point of longitude and latitude", json.dumps(geometry)))
    accuracy_m = text_of(properties.get("accuracy_m"))
    return (
        place,
        whole_number("person_id", text_of(properties.get("person_id", person_id))),
        microseconds(text_of(properties.get("creation_time", properties.get("time")))),
        decimal("latitude", text_of(coordinates[1])),
        decimal("longitude", text_of(coordinates[0])),
        decimal("accuracy_m", accuracy_m) if accuracy_m else None,
    )


def member(feature: object, name: str) -> dict[str, Any]:
    """An object inside a feature, empty if it is missing or no object."""
    value = feature.get(name) if isinstance(feature, dict) else None
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    """A JSON value as the text it would be in a CSV file."""
    return "" if value is None else str(value)
