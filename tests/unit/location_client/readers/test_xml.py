"""What all XML formats have in common, on GPX; and GPX, KML and TCX apart."""

import encodings.aliases

import pytest

from location_client.readers.gpx import FROM_HDOP, OTHERS
from location_client.readers.kml import WITHOUT_TIMES
from location_client.readers.rows import WITHOUT_ZONE, Reading
from location_client.readers.tcx import WITHOUT_POSITION
from tests.unit.location_client.readers.rows_read import MINUTE, NINE, SECOND, fixes, read, reasons

POINT = '<trkpt lat="52.52" lon="13.405"><time>2026-03-02T09:00:00Z</time></trkpt>'
A_FIX = (7, NINE, 52.52, 13.405, None)


def gpx(points: str = POINT, head: str = '<?xml version="1.0"?>\n', attributes: str = 'version="1.1"') -> str:
    return f"{head}<gpx {attributes}><trk><name>Grüße</name><trkseg>\n{points}\n</trkseg></trk></gpx>"


def declared(encoding: str) -> str:
    return f"<?xml version='1.0' encoding='{encoding}'?>\n"


@pytest.mark.parametrize(
    "encoding",
    ["UTF-8", "utf8", "ISO-8859-1", "latin1", "windows-1252", "cp437", "GB18030", "Big5", "EUC-JP", "KOI8-U"],
)
def test_encodings_that_python_knows_are_read(encoding: str) -> None:
    text = gpx(head=declared(encoding))
    rows, failure = read(text.encode(encoding, "replace"), "day.gpx")
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_says_more_than_a_declaration(encoding: str) -> None:
    for head in ("", declared("UTF-8"), declared("UTF-16"), declared("ISO-8859-1")):
        rows, failure = read(gpx(head=head).encode(encoding), "day.gpx")
        assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize("encoding", sorted({*encodings.aliases.aliases.values(), "idna", "undefined", "x-none"}))
def test_every_other_name_of_an_encoding_is_read_or_refused_in_a_sentence(encoding: str) -> None:
    rows, failure = read(gpx(head=declared(encoding)), "day.gpx")
    assert fixes(rows) == [A_FIX] or f"names the encoding {encoding!r}, which is not known" in failure


def test_bytes_that_are_no_text_cost_a_name_and_not_the_file() -> None:
    rows, failure = read(gpx().replace("Grüße", "\x01\x0b").encode().replace(b"\x01", b"\xff"), "day.gpx")
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize(
    ("doctype", "failure"),
    [
        ("<!DOCTYPE gpx>", ""),
        ('<!DOCTYPE gpx [<!ELEMENT gpx ANY><!-- <!ENTITY a "b"> -->]>', ""),
        ('<!DOCTYPE gpx [<!ENTITY a "b">]>', "declares the entity 'a'"),
        ('<!DOCTYPE gpx [<!ENTITY % a "b">]>', "declares the entity 'a'"),
        ('<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "declares the entity 'a'"),
        ('<!DOCTYPE gpx SYSTEM "https://example.org/gpx.dtd">', "needs another file"),
        ('<!DOCTYPE gpx PUBLIC "-//a" "b.dtd">', "needs another file"),
    ],
)
def test_entities_are_refused_where_they_are_declared(doctype: str, failure: str) -> None:
    rows, said = read(gpx(head=f'<?xml version="1.0"?>{doctype}'), "day.gpx")
    assert failure in said
    assert fixes(rows) == ([] if failure else [A_FIX])


@pytest.mark.parametrize("between", ["", "\n", " \r\n\n", "\0\0\0", "<!-- the next one -->\n", "\ufeff", "\n" * 70_000])
@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n', declared("UTF-8")])
def test_documents_one_behind_the_other_are_read_with_their_lines(between: str, head: str) -> None:
    if "<!--" in between and head:
        between = "\n"
    first, second = gpx(head=head), gpx(POINT.replace("09:00", "09:01"), head=head)
    rows, failure = read(first + between + second + "\n", "day.gpx")
    assert ([row[1] for row in fixes(rows)], failure) == ([NINE, NINE + MINUTE], "")
    assert rows[1][0] == (first + between + second[: second.index("<trkpt")]).count("\n") + 1


@pytest.mark.parametrize("behind", ["", "\0" * 10, " \n", "<!-- made by me -->", "\x1a"[:0]])
def test_nothing_behind_the_end_is_nothing(behind: str) -> None:
    rows, failure = read(gpx() + behind, "day.gpx")
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize("behind", ["x", "</gpx>", "<gpx>", "<html/>", "\0<trkpt"])
def test_something_behind_the_end_is_told(behind: str) -> None:
    rows, failure = read(gpx() + behind, "day.gpx")
    assert fixes(rows) == [A_FIX]
    assert failure


def test_zeros_in_the_middle_end_the_file_and_put_nothing_together() -> None:
    rows, failure = read(gpx(POINT + "\n" + POINT.replace("52.", "5\0\0\x002.")), "day.gpx")
    assert fixes(rows) == [A_FIX]
    assert "holds zeros from line 4 on" in failure


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("<a>" * 200, "elements inside of elements"),
        ("<gpx>" + "<a>" * 200, "elements inside of elements"),
        (f"<gpx a='{'x' * 3_000_000}", "has a tag of more than"),
        (f"<gpx><!-- {'x' * 3_000_000}", "has a tag of more than"),
        (gpx("&nbsp;"), "is not XML from line 3 on: undefined entity"),
        (gpx("<a></b>"), "is not XML from line 3 on: mismatched tag"),
    ],
)
def test_what_goes_too_far_ends_in_a_sentence(text: str, failure: str) -> None:
    assert failure in read(text.replace("<a>", "<gpx>", 1) if text.startswith("<a>") else text, "day.gpx")[1]


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (POINT.replace("52.52", "52,52"), "latitude"),
        (POINT.replace("2026-03-02T09:00:00Z", ""), "creation_time"),
        (POINT.replace("<time>", "<time>2026-03-02T09:00:00Z</time><time>"), "creation_time"),
        (POINT.replace("<time>2026-03-02T09:00:00Z</time>", POINT), "creation_time"),
    ],
)
def test_a_point_that_is_not_clear_is_refused(point: str, field: str) -> None:
    rows, failure = read(gpx(point + POINT), "day.gpx")
    assert [name for name, _ in reasons(rows)] == [field]
    assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize(
    "time", ["<![CDATA[2026-03-02T09:00:00Z]]>", "\n 2026-03-02<!-- T -->T09:00:00Z ", "2026-03-02T09:00:00"]
)
def test_a_time_of_gpx_may_be_written_in_several_ways_and_is_in_utc(time: str) -> None:
    reading = Reading(7)
    rows, _ = read(gpx(POINT.replace("2026-03-02T09:00:00Z", time)), "day.gpx", reading=reading)
    assert fixes(rows) == [A_FIX]
    assert not reading.remarks


def test_prefixes_that_nobody_explains_are_no_hindrance() -> None:
    text = gpx(POINT.replace("</trkpt>", "<extensions><a:hr>90</a:hr></extensions></trkpt>"))
    for written in (text, text.replace("<gpx ", "<g:gpx ").replace("</gpx>", "</g:gpx>").replace("trkpt", "g:trkpt")):
        rows, failure = read(written, "day.gpx")
        assert (fixes(rows), failure) == ([A_FIX], "")


@pytest.mark.parametrize(
    ("inside", "creator", "expected"),
    [
        ("<hdop>1.2</hdop>", "test", 6.0),
        ("<hdop>1.2</hdop>", "OsmAndRouterV2", 1.2),
        ("<hdop>8</hdop>", "Locus Map, Android", 8.0),
        ("<hdop>99.9</hdop>", "test", None),
        ("<hdop>0</hdop>", "test", None),
        ("<hdop>good</hdop>", "test", None),
        ("<hdop>1.2</hdop><extensions><accuracy>9.5</accuracy></extensions>", "test", 9.5),
        (
            "<extensions><a:b xmlns:a='urn:a'><a:accuracy_horizontal>4</a:accuracy_horizontal></a:b></extensions>",
            "x",
            4.0,
        ),
        ("<extensions><e:horaccur xmlns:e='urn:e'>10</e:horaccur></extensions>", "test", 10.0),
    ],
)
def test_how_accurate_a_point_of_gpx_is(inside: str, creator: str, expected: float | None) -> None:
    reading = Reading(7)
    point = POINT.replace("</trkpt>", f"{inside}</trkpt>")
    rows, _ = read(gpx(point, attributes=f'creator="{creator}"'), "day.gpx", reading=reading)
    assert fixes(rows) == [(*A_FIX[:4], expected)]
    assert reading.remarks == ({FROM_HDOP: 1} if expected == 6.0 else {}), "what was guessed is said aloud"


def test_where_somebody_meant_to_go_is_passed_over_and_said() -> None:
    reading = Reading(7)
    text = gpx().replace("<trk>", '<wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/></rte><trk>')
    assert fixes(read(text, "day.gpx", reading=reading)[0]) == [A_FIX]
    assert reading.remarks == {OTHERS: 2}


def kml(content: str) -> str:
    namespaces = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    return f'<?xml version="1.0"?>\n<kml {namespaces}><Document><Placemark>\n{content}\n</Placemark></Document></kml>'


WHENS = ["<when>2026-03-02T09:00:00Z</when>\n", "<when>2026-03-02T10:01:00+01:00</when>\n"]
COORDS = ["<gx:coord>13.405 52.52 34</gx:coord>\n", "<gx:coord>13.406 52.521</gx:coord>\n"]
BOTH = [A_FIX, (7, NINE + MINUTE, 52.521, 13.406, None)]


@pytest.mark.parametrize("order", [[*WHENS, *COORDS], [WHENS[0], COORDS[0], WHENS[1], COORDS[1]], [*COORDS, *WHENS]])
@pytest.mark.parametrize("around", ["{}", "<gx:MultiTrack>{}</gx:MultiTrack>"])
def test_a_track_of_kml_is_read_in_either_order(order: list[str], around: str) -> None:
    rows, failure = read(kml(around.format(f"<gx:Track>{''.join(order)}</gx:Track>")), "day.kml")
    assert (fixes(rows), reasons(rows), failure) == (BOTH, [], "")


def test_where_a_time_is_missing_nobody_knows_whose_is_whose() -> None:
    track = f"<gx:Track>{WHENS[0]}{''.join(COORDS)}</gx:Track>"
    rows, failure = read(kml(track + f"<gx:Track>{WHENS[0]}{COORDS[0]}</gx:Track>"), "day.kml")
    assert reasons(rows) == [("creation_time", "is not clear: the track has 2 positions and 1 times")]
    assert (fixes(rows), failure) == ([A_FIX], "")


def test_a_point_of_a_track_that_cannot_be_read_stops_nothing() -> None:
    track = f"<gx:Track><when>2026</when>{WHENS[0]}{WHENS[1]}{COORDS[0]}<gx:coord/>{COORDS[1]}</gx:Track>"
    rows, _ = read(kml(track), "day.kml")
    assert [field for field, _ in reasons(rows)] == ["creation_time", "coord"]
    assert fixes(rows) == [BOTH[1]]


def test_a_point_of_kml_with_a_time_is_one_and_a_line_without_is_none() -> None:
    reading = Reading(7)
    time = "<TimeStamp><when>2026-03-02T09:00:00</when></TimeStamp>"
    point = f"{time}<Point><coordinates>13.405,52.52,0</coordinates></Point>"
    other = "</Placemark><Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString>"
    rows, failure = read(kml(point + other), "day.kml", reading=reading)
    assert (fixes(rows), failure) == ([A_FIX], "")
    assert reading.remarks == {WITHOUT_ZONE: 1, WITHOUT_TIMES: 1}


def tcx(points: str) -> str:
    inside = f"<Activities><Activity><Lap><Track>\n{points}\n</Track></Lap></Activity></Activities>"
    return f"<TrainingCenterDatabase>{inside}</TrainingCenterDatabase>"


TRACKPOINT = (
    "<Trackpoint><Time>2026-03-02T09:00:00Z</Time><Position><LatitudeDegrees>52.52</LatitudeDegrees>"
    "<LongitudeDegrees>13.405</LongitudeDegrees></Position><AltitudeMeters>34</AltitudeMeters></Trackpoint>\n"
)


def test_track_points_of_tcx_are_read() -> None:
    reading = Reading(7)
    indoors = "<Trackpoint><Time>2026-03-02T09:00:01Z</Time><HeartRateBpm><Value>90</Value></HeartRateBpm></Trackpoint>"
    bad = TRACKPOINT.replace("52.52", "north")
    later = TRACKPOINT.replace("09:00:00Z", "09:00:01.5Z")
    rows, failure = read(tcx(TRACKPOINT + indoors + bad + later), "day.tcx", reading=reading)
    assert (fixes(rows), failure) == ([A_FIX, (7, NINE + 3 * SECOND // 2, 52.52, 13.405, None)], "")
    assert [field for field, _ in reasons(rows)] == ["latitude"]
    assert reading.remarks == {WITHOUT_POSITION: 1}
