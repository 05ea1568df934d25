from io import BytesIO

import pytest

from location_client.readers.rows import LocatedRow, Reading, Rejected, UnreadableFileError
from location_client.readers.xml import read_xml


def gpx(points: str, namespace: str = ' xmlns="http://www.topografix.com/GPX/1/1"') -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test"{namespace}>
<metadata><time>1970-01-01T00:00:09Z</time></metadata>
<wpt lat="1" lon="2"><time>1970-01-01T00:00:08Z</time></wpt>
<trk><name>Walk</name><trkseg>
{points}
</trkseg></trk></gpx>"""


POINT = '<trkpt lat="35.1" lon="33.4"><ele>9</ele><time>1970-01-01T00:00:01Z</time><hdop>1.2</hdop></trkpt>'


def rows_of(text: str) -> list[LocatedRow | Rejected]:
    return list(read_xml(BytesIO(text.encode()), Reading(7)))


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.topografix.com/GPX/1/0"', ' xmlns="urn:other"'])
def test_track_points_are_read_and_nothing_else(namespace: str) -> None:
    assert rows_of(gpx(POINT, namespace)) == [(6, 7, 1_000_000, 35.1, 33.4, 6.0)]


def test_a_bad_point_is_named_by_its_line_and_stops_nothing() -> None:
    bad = [
        '<trkpt lat="north" lon="33.4"><time>1970-01-01T00:00:01Z</time></trkpt>',
        '<trkpt lat="35.1"><time>1970-01-01T00:00:01Z</time></trkpt>',
        '<trkpt lat="35.1" lon="33.4"></trkpt>',
        '<trkpt lat="35.1" lon="33.4"><time>soon</time></trkpt>',
    ]
    rows = rows_of(gpx("\n".join([*bad, POINT])))
    assert [row[:2] for row in rows[:4]] == [
        (6, "latitude"),
        (7, "longitude"),
        (8, "creation_time"),
        (9, "creation_time"),
    ]
    assert rows[4:] == [(10, 7, 1_000_000, 35.1, 33.4, 6.0)]


def test_the_time_of_a_point_inside_extensions_is_not_its_time() -> None:
    point = POINT.replace("</trkpt>", "<extensions><time>2030-01-01T00:00:00Z</time></extensions></trkpt>")
    assert rows_of(gpx(point)) == [(6, 7, 1_000_000, 35.1, 33.4, 6.0)]


def test_the_points_before_the_end_of_a_broken_file_are_read() -> None:
    broken = gpx(POINT).partition("</trkseg>")[0] + "<trkpt"
    rows: list[LocatedRow | Rejected] = []
    with pytest.raises(UnreadableFileError, match="is not XML from line 7 on"):
        rows.extend(read_xml(BytesIO(broken.encode()), Reading(7)))
    assert rows == [(6, 7, 1_000_000, 35.1, 33.4, 6.0)]


@pytest.mark.parametrize(
    ("text", "person_id", "message"),
    [
        (gpx(POINT), None, "--person-id"),
        ("<html><trkpt/></html>", 7, "outermost element is 'html'"),
        ("", 7, "is not XML"),
        ("person_id,creation_time", 7, "is not XML from line 1 on"),
    ],
)
def test_what_is_no_gpx_is_refused(text: str, person_id: int | None, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        list(read_xml(BytesIO(text.encode()), Reading(person_id)))
