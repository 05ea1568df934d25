import json
from typing import Any

import pytest

from location_client.readers.rows import Reading
from tests.unit.location_client.readers.rows_read import MINUTE, NINE, SECOND, fixes, read, reasons


def feature(time: object = "2026-03-02T09:00:00Z", **members: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [13.405, 52.52, 34.0]}
    return {"type": "Feature", "geometry": point, "properties": {"time": time}} | members


def line(kind: str, coordinates: object, **properties: Any) -> dict[str, Any]:
    return feature(geometry={"type": kind, "coordinates": coordinates}, properties=properties)


A_FIX = (7, NINE, 52.52, 13.405, None)
COLLECTION = {"type": "FeatureCollection", "features": [feature()]}
LONG = [[13.405, 52.52], [13.406, 52.521]]
TIMES = ["2026-03-02T09:00:00Z", "2026-03-02T09:00:10Z"]


@pytest.mark.parametrize(
    "content",
    [
        feature(),
        [feature()],
        {"locations": [feature()]},
        {"type": "FeatureCollection", "features": [COLLECTION]},
        [{"creation_time": "2026-03-02T09:00:00Z", "latitude": 52.52, "longitude": 13.405, "accuracy_m": None}],
        [{"timestamp": 1772442000, "lat": "52.52", "lng": "13.405"}],
        {"name": "other lists", "places": [1, [2], {"features": 3}], "features": [feature()]},
        COLLECTION | {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        COLLECTION | {"crs": {"type": "name", "properties": {"name": "EPSG:4326"}}},
        line("MultiPoint", LONG[:1], coordTimes=TIMES[:1]),
        line("MultiLineString", [LONG[:1], []], coordTimes=[TIMES[:1], []]),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_fix_is_read_in_every_form(content: object, indent: int | None, encoding: str) -> None:
    rows, failure = read(json.dumps(content, indent=indent).encode(encoding), "day.json")
    assert (fixes(rows), reasons(rows), failure) == ([A_FIX], [], "")


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n", " ", "", "\n\x1e", "\x1e"])
def test_many_documents_are_read_one_after_the_other(separator: str) -> None:
    documents = [json.dumps(COLLECTION), json.dumps([feature(1772442060)]), json.dumps(feature(1772442120))]
    rows, failure = read(separator.join(documents), "day.json")
    assert [row[1] for row in fixes(rows)] == [NINE, NINE + MINUTE, NINE + 2 * MINUTE]
    assert (reasons(rows), failure) == ([], "")


def test_texts_behind_record_separators_may_span_lines() -> None:
    text = "".join(f"\x1e{json.dumps(feature(1772442000 + step), indent=2)}\n" for step in range(3))
    rows, failure = read(text.replace("13.405", "13.405 broken", 1), "day.geojsons")
    assert ([row[1] for row in fixes(rows)], failure) == ([NINE + SECOND, NINE + 2 * SECOND], "")
    assert [field for field, _ in reasons(rows)] == ["line"]


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_a_broken_line_costs_itself_alone(broken: int) -> None:
    lines = [json.dumps(feature(1772442000 + step)) for step in range(3)]
    lines[broken] = lines[broken][:-20]
    rows, failure = read("\n".join(lines), "day.ndjson")
    assert len(fixes(rows)) == 2
    assert [field for field, _ in reasons(rows)] == ["line"]
    assert failure == ""


def test_zeros_behind_the_end_are_nothing() -> None:
    rows, failure = read(json.dumps(COLLECTION, indent=1) + "\n\0\0\0", "day.json")
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({}, "is a line, which must come with a time for each of its points"),
        ({"coordTimes": TIMES[:1]}, "is not clear: 2 points, 1 times"),
        ({"coordTimes": "2026-03-02T09:00:00Z"}, "is a line"),
    ],
)
def test_a_line_whose_times_are_not_clear_is_refused(properties: dict[str, Any], reason: str) -> None:
    rows, _ = read(json.dumps(line("LineString", LONG, **properties)), "day.json")
    assert fixes(rows) == []
    assert reason in reasons(rows)[0][1]


def test_lines_with_other_numbers_of_times_are_refused() -> None:
    crossed = line("MultiLineString", [LONG, LONG[:1]], coordTimes=[TIMES[:1], TIMES])
    rows, _ = read(json.dumps(crossed), "day.json")
    assert reasons(rows) == [("creation_time", "is not clear: the lines have other numbers of points than of times")]


def test_a_point_of_a_line_that_cannot_be_read_stops_nothing() -> None:
    rows, _ = read(json.dumps(line("LineString", LONG, times=[None, TIMES[1]])), "day.json")
    assert reasons(rows) == [("creation_time", "is missing")]
    assert fixes(rows) == [(7, NINE + 10 * SECOND, 52.521, 13.406, None)]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [1, 2]]]},
        None,
    ],
)
def test_what_is_no_place_is_refused(geometry: object) -> None:
    rows, _ = read(json.dumps({"features": [feature(geometry=geometry), feature()]}), "day.json")
    assert [field for field, _ in reasons(rows)] == ["geometry"]
    assert fixes(rows) == [A_FIX]


OTHER = {"type": "name", "properties": {"name": "EPSG:31467"}}


@pytest.mark.parametrize(
    "content",
    [
        COLLECTION | {"crs": OTHER},
        {"crs": OTHER} | COLLECTION,
        COLLECTION | {"crs": None},
        COLLECTION | {"crs": {"type": "link", "properties": {"href": "https://example.org/crs"}}},
        {"features": [feature(crs=OTHER)]},
        {"features": [feature(geometry={"type": "Point", "coordinates": [13.4, 52.5], "crs": OTHER})]},
        {"features": [COLLECTION | {"crs": OTHER}]},
    ],
)
def test_nothing_of_a_file_in_other_coordinates_is_sent_wherever_it_says_so(content: object) -> None:
    rows, failure = read(json.dumps(content), "day.json")
    assert rows == []
    assert "only longitude and latitude (WGS 84) are read" in failure


def test_a_property_that_is_called_crs_is_none() -> None:
    rows, failure = read(json.dumps({"features": [feature(), {"a": "crs", "b": {"crs": 5}}]}), "day.json")
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize(
    ("place", "time", "field"),
    [
        ([True, 52.52], 1772442000, "longitude"),
        ([13.405, {"deg": 52}], 1772442000, "latitude"),
        ([13.405, 52.52], 20260302, "creation_time"),
        ([13.405, 52.52], True, "creation_time"),
        ([13.405, 52.52], [1772442000], "creation_time"),
    ],
)
def test_values_of_other_kinds_are_refused(place: object, time: object, field: str) -> None:
    rows, _ = read(json.dumps([feature(time, geometry={"type": "Point", "coordinates": place})]), "day.json")
    assert [name for name, _ in reasons(rows)] == [field]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"type": "Topology", "objects": {}}', "is no GeoJSON FeatureCollection"),
        ('{"version": 3, "packages": []}', "is no GeoJSON FeatureCollection"),
        ("[" + "[" * 100_000, "is not readable JSON"),
        ('["' + "x" * 40_000_000, "holds a value of more than"),
    ],
)
def test_what_is_nothing_of_this_kind_is_refused(text: str, reason: str) -> None:
    assert reason in read(text, "day.json")[1]


def test_a_long_item_is_read_across_the_parts_in_which_the_file_comes() -> None:
    long = line("LineString", LONG * 20_000, times=[1_772_442_000 + step for step in range(40_000)])
    rows, failure = read(json.dumps({"features": [feature(1772000000), long, feature(1772000001)]}), "day.json")
    assert (len(fixes(rows)), failure) == (40_002, "")


def test_what_records_of_google_say_is_read() -> None:
    records = [
        {"latitudeE7": 525200000, "longitudeE7": 134050000, "timestampMs": "1772442000123", "accuracy": 12},
        {"latitudeE7": 3794967296, "longitudeE7": 4194967296, "timestamp": "2026-03-02T09:00:01Z"},  # beyond 32 bits
        {"longitudeE7": 134050000, "timestamp": "2026-03-02T09:00:02Z", "activity": [{"activity": []}]},
        {"latitudeE7": 525200000, "longitudeE7": 134050000},
    ]
    rows, _ = read(json.dumps({"locations": records}), "Records.json")
    assert fixes(rows) == [(7, NINE + 123_000, 52.52, 13.405, 12.0), (7, NINE + SECOND, -50.0, -10.0, None)]
    assert reasons(rows) == [("latitude", "is missing"), ("creation_time", "is missing")]


ANDROID = {
    "semanticSegments": [
        {
            "startTime": "2026-03-02T10:00:00.000+01:00",
            "endTime": "2026-03-02T12:00:00.000+01:00",
            "timelinePath": [
                {"point": "52.52°, 13.405°", "time": "2026-03-02T10:00:00.000+01:00"},
                {"point": "-33.86°, -151.2°", "time": "2026-03-02T10:01:00.000+01:00"},
                {"point": "nowhere", "time": "2026-03-02T10:02:00.000+01:00"},
            ],
        },
        {"startTime": "2026-03-02T12:00:00Z", "visit": {"topCandidate": {"placeLocation": {"latLng": "1°, 2°"}}}},
    ],
    "rawSignals": [
        {"position": {"LatLng": "52.53°, 13.41°", "accuracyMeters": 9, "timestamp": "2026-03-02T10:05:00.000+01:00"}},
        {"wifiScan": {"deliveryTime": "2026-03-02T10:05:00.000+01:00"}},
    ],
    "userLocationProfile": {"frequentPlaces": []},
}


def test_the_timeline_of_android_is_read() -> None:
    reading = Reading(7)
    rows, failure = read(json.dumps(ANDROID, ensure_ascii=False), "Timeline.json", reading=reading)
    assert fixes(rows) == [
        (7, NINE, 52.52, 13.405, None),
        (7, NINE + MINUTE, -33.86, -151.2, None),
        (7, NINE + 5 * MINUTE, 52.53, 13.41, 9.0),
    ]
    assert [field for field, _ in reasons(rows)] == ["point"]
    assert failure == ""
    assert list(reading.remarks.values()) == [1], "the visit is said aloud"


def test_the_timeline_of_ios_is_read() -> None:
    segments = [
        {
            "startTime": "2026-03-02T10:00:00.000+01:00",
            "endTime": "2026-03-02T12:00:00.000+01:00",
            "timelinePath": [
                {"point": "geo:52.520000,13.405000", "durationMinutesOffsetFromStartTime": "3"},
                {"point": "geo:52.520000,13.405000", "durationMinutesOffsetFromStartTime": "soon"},
            ],
        },
        {"startTime": "2026-03-02T12:00:00Z", "endTime": "2026-03-02T12:00:00Z", "activity": {"start": "geo:1,2"}},
    ]
    rows, failure = read(json.dumps(segments), "location-history.json")
    assert (fixes(rows), failure) == ([(7, NINE + 3 * MINUTE, 52.52, 13.405, None)], "")
    assert [field for field, _ in reasons(rows)] == ["creation_time"]


def test_an_older_takeout_of_places_says_which_file_holds_the_fixes() -> None:
    places = {"timelineObjects": [{"placeVisit": {"location": {"latitudeE7": 1, "longitudeE7": 2}}}]}
    assert "Records.json does" in read(json.dumps(places), "2026_MARCH.json")[1]


@pytest.mark.parametrize("content", [ANDROID, {"locations": [{"latitudeE7": 1}]}, [{"_type": "location"}]])
def test_what_does_not_say_whose_it_is_asks_for_the_person(content: object) -> None:
    rows, failure = read(json.dumps(content), "day.json", person_id=None)
    assert rows == []
    assert "--person-id must" in failure
