import json
from io import BytesIO
from typing import Any

import pytest

from location_client.readers.json import read_json
from location_client.readers.rows import LocatedRow, Reading, Rejected, UnreadableFileError

ROW = (7, 1_000_000, 35.1, 33.4, 2.5)


def feature(**properties: Any) -> dict[str, Any]:
    properties = {"person_id": 7, "creation_time": "1970-01-01T00:00:01Z", "accuracy_m": 2.5} | properties
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [33.4, 35.1]}, "properties": properties}


def collection(*features: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def rows_of(content: object, person_id: int | None = None) -> list[LocatedRow | Rejected]:
    text = content if isinstance(content, str) else json.dumps(content)
    return list(read_json(BytesIO(text.encode()), Reading(person_id)))


def test_points_are_read_as_longitude_and_latitude() -> None:
    assert rows_of(collection(feature())) == [((1, 1), *ROW)]


def test_time_is_another_name_and_accuracy_may_be_null() -> None:
    other = feature(time="1970-01-01T00:00:01Z", accuracy_m=None)
    del other["properties"]["creation_time"]
    assert rows_of(collection(other)) == [((1, 1), *ROW[:4], None)]


def test_the_option_names_the_person_where_the_feature_does_not() -> None:
    nobody = feature()
    del nobody["properties"]["person_id"]
    rows = rows_of(collection(nobody, feature()), person_id=9)
    assert [row[1] for row in rows] == [9, 7]


def test_members_may_stand_in_any_order_and_form() -> None:
    content = {"features": [feature()], "name": {"features": [1]}, "bbox": [1, 2, 3, 4], "type": "FeatureCollection"}
    assert rows_of("\ufeff \n" + json.dumps(content, indent=2)) == [((4, 1), *ROW)]
    assert rows_of(json.dumps(dict(reversed(content.items())), separators=(",", ":"))) == [((1, 1), *ROW)]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (feature(person_id=None), "person_id"),
        (feature(person_id=True), "person_id"),
        (feature(person_id=1.5), "person_id"),
        (feature(person_id=10**20), "person_id"),
        (feature(creation_time=5), "creation_time"),
        (feature(accuracy_m="good"), "accuracy_m"),
        (feature(accuracy_m=[1]), "accuracy_m"),
        (feature() | {"geometry": None}, "geometry"),
        (feature() | {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}, "geometry"),
        (feature() | {"geometry": {"type": "Point", "coordinates": [1]}}, "geometry"),
        (feature() | {"geometry": {"type": "Point", "coordinates": [1, "north"]}}, "latitude"),
        (feature() | {"geometry": {"type": "Point", "coordinates": [None, 1]}}, "longitude"),
        (feature() | {"properties": None}, "person_id"),
        ("a string", "geometry"),
        (None, "geometry"),
    ],
)
def test_a_bad_feature_is_named_and_stops_nothing(bad: object, field: str) -> None:
    rows = rows_of(json.dumps(collection(feature(), bad, feature())).replace("}, {", "},\n{"))
    assert rows[0] == ((1, 1), *ROW)
    assert isinstance(rows[1], Rejected)
    assert rows[1].field == field
    assert rows[2][1:] == ROW


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("7", "is not JSON from line 1 on: expected {"),
        ("{}", "is no GeoJSON FeatureCollection"),
        ('{"type": "Feature", "features": 5}', "is no GeoJSON FeatureCollection"),
        ('{"a": ' + "[" * 100_000, "is not readable JSON"),
        ('{"features": [], "a": ' + "1" * 5000 + "}", "is not readable JSON"),
        ('{"a": 1 "b": 2}', "is not JSON from line 1 on: expected ,"),
        ("{5: 1}", "is no"),
    ],
)
def test_what_is_no_feature_collection_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        rows_of(text)


def test_the_features_before_the_end_of_a_broken_file_are_read() -> None:
    broken = json.dumps(collection(feature(), feature()), indent=1)[:-80]
    rows: list[LocatedRow | Rejected] = []
    with pytest.raises(UnreadableFileError, match="is not JSON from line"):
        rows.extend(read_json(BytesIO(broken.encode()), Reading()))
    assert [row[1:] for row in rows] == [ROW]
