"""Memory does not grow with the file: the peak for one of six times the length is the same, whatever its format."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from location_client.readers.formats import read_file
from location_client.readers.rows import Reading, Rejected
from tests.unit.location_client.readers.test_fit import fit, record

TIME_S = 1_772_442_000
SHORT, LONG = 500, 2_500  # rows; the second file has some hundred kilobytes
GROWTH = 200_000  # bytes; a row that were kept would be 240 at least, 480,000 in all


def rows(first: str, row: str, last: str = "", separator: str = "\n") -> Callable[[int], bytes]:
    return lambda count: (first + separator.join(row % (TIME_S + step) for step in range(count)) + last).encode()


def timed(name: str, value: str = "13.405", other: str = "52.52") -> dict[str, object]:
    return {"latitudeE7": 525200000, "longitudeE7": 134050000, name: "%d", "note": value + other}


def written(value: object) -> str:
    return json.dumps(value).replace('"%d"', "%d")


FEATURE = written({"geometry": {"type": "Point", "coordinates": [13.405, 52.52]}, "properties": {"time": "%d"}})
CSV = rows("person_id,time,lat,lon\n", "7,%d,52.52,13.405")
BAD_CSV = rows("person_id,time,lat,lon\n", "7,%d,north,13.405")
GPX = rows(
    "<gpx><trk><trkseg>",
    '<trkpt lat="52.52" lon="13.405"><time>%d</time><hdop>1</hdop></trkpt>',
    "</trkseg></trk></gpx>",
)
KML_WHENS = rows("<kml><Placemark><Track>", "<when>%d</when>")
KML_COORDS = rows("", "<coord>13.405 52.52 %d</coord>", "</Track></Placemark></kml>")
TCX = rows(
    "<TrainingCenterDatabase><Track>",
    "<Trackpoint><Time>%d</Time><Position><LatitudeDegrees>1</LatitudeDegrees><LongitudeDegrees>2</LongitudeDegrees>"
    "</Position></Trackpoint>",
    "</Track></TrainingCenterDatabase>",
)
SEGMENT = written({"startTime": "%d", "endTime": "", "timelinePath": [{"point": "1°, 2°", "time": TIME_S}]})


def zipped(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.csv", CSV(count))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("day.csv", CSV),
        ("bad.csv", BAD_CSV),
        ("day.gpx", GPX),
        ("day.kml", lambda count: KML_WHENS(count) + KML_COORDS(count)),
        ("day.tcx", TCX),
        ("day.fit", lambda count: fit(*(record(10**9 + step) for step in range(count)))),
        ("day.geojson", rows('{"type": "FeatureCollection", "features": [', FEATURE, "]}", ",\n")),
        ("list.json", rows("[", FEATURE, "]", ",")),
        ("day.ndjson", rows("", FEATURE)),
        ("day.geojsons", rows("\x1e", FEATURE, "", "\n\x1e")),
        ("Records.json", rows('{"locations": [', written(timed("timestampMs")), "]}", ",")),
        ("Timeline.json", rows('{"semanticSegments": [', SEGMENT, '], "rawSignals": []}', ",")),
        ("march.rec", rows("", '2026-03-02T09:00:00Z\t*\t{"_type": "location", "tst": %d, "lat": 1, "lon": 2}')),
        ("day.csv.gz", lambda count: gzip.compress(CSV(count))),
        ("day.zip", zipped),
    ],
)
def test_a_long_file_needs_no_more_memory_than_a_short_one(
    name: str, content: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the file were as many times as long as these are smaller than usual.
    monkeypatch.setattr("location_client.readers.one_instant.REMEMBERED", 100)
    monkeypatch.setattr("location_client.readers.one_instant.MOST_IN_A_SECOND", 100)
    monkeypatch.setattr("location_client.readers.kml.IN_MEMORY", 4096)
    monkeypatch.setattr("location_client.readers.json_stream.LONGEST_FIRST_LINE", 4096)
    for module in ("text", "json", "json_stream", "xml", "packed"):
        monkeypatch.setattr(f"location_client.readers.{module}.CHUNK", 4096)
    short, long = (peak(content(count), name, count) for count in (SHORT, LONG))
    assert long - short < GROWTH


def peak(content: bytes, name: str, expected: int) -> int:
    file = io.BytesIO(content)
    count = 0
    tracemalloc.start()
    try:
        for row in read_file(file, name, Reading(7)):
            count += isinstance(row, Rejected) if name == "bad.csv" else not isinstance(row, Rejected)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert count >= expected * (name != "Records.json")
