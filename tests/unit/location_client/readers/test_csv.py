from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from location_client.readers.csv import read_csv
from location_client.readers.rows import WITHOUT_ZONE, LocatedRow, Reading, Rejected, UnreadableFileError

HEADER = "person_id,creation_time,latitude,longitude,accuracy_m\n"
LINE = "7,1970-01-01T00:00:01Z,35.1,33.4,2.5\n"
ROW = (2, 7, 1_000_000, 35.1, 33.4, 2.5)


def rows_of(text: str | bytes, person_id: int | None = None) -> list[LocatedRow | Rejected]:
    return list(read_csv(BytesIO(text.encode() if isinstance(text, str) else text), Reading(person_id)))


@pytest.mark.parametrize(
    "text",
    [
        HEADER + LINE,
        "\ufeff" + HEADER + LINE,
        (HEADER + LINE).replace("\n", "\r\n"),
        (HEADER + LINE).rstrip(),
        HEADER + LINE + "\n\n",
        "Person_ID, creation_time ,latitude,longitude,accuracy_m\n" + LINE,
        "note,longitude,latitude,creation_time,person_id,accuracy_m\nhere,33.4,35.1,1970-01-01T00:00:01Z,7,2.5",
        HEADER + '"7","1970-01-01T00:00:01Z","35.1","33.4","2.5"\n',
        '"person_id","creation_time","latitude","longitude","accuracy_m"\n' + LINE,
        'person_id,creation_time,latitude,longitude,accuracy_m,note\n7,1970-01-01T00:00:01Z,35.1,33.4,2.5,"one, two"\n',
    ],
)
def test_a_location_is_read_however_the_file_was_written(text: str) -> None:
    assert rows_of(text) == [ROW]


@pytest.mark.parametrize("accuracy", ["", ",", ", "])
def test_accuracy_may_be_left_out(accuracy: str) -> None:
    header = HEADER if accuracy else HEADER.replace(",accuracy_m", "")
    assert rows_of(header + "7,1970-01-01T00:00:01Z,35.1,33.4" + accuracy) == [(*ROW[:5], None)]


def test_the_option_names_the_person_where_the_column_is_missing() -> None:
    text = "creation_time,latitude,longitude\n1970-01-01T00:00:01Z,35.1,33.4\n"
    assert rows_of(text, person_id=9) == [(2, 9, 1_000_000, 35.1, 33.4, None)]
    assert rows_of(HEADER + LINE, person_id=9) == [ROW]


def test_a_bad_row_is_named_by_its_line_and_stops_nothing() -> None:
    bad = [
        "x,1970-01-01T00:00:01Z,35.1,33.4,",
        "7,yesterday,35.1,33.4,",
        "7,1970-01-01T00:00:01Z,north,33.4,",
        "7,1970-01-01T00:00:01Z,35.1,,",
        "7,1970-01-01T00:00:01Z,35.1,33.4,good",
        "7,1970-01-01T00:00:01Z",
        '7,"1970-01-01T00:00:01Z,35.1,33.4,',
    ]
    rows = rows_of(HEADER + "".join(f"{line}\n{LINE}" for line in bad))
    rejected = [row for row in rows if isinstance(row, Rejected)]
    assert [(row.place, row.field) for row in rejected] == [
        (2, "person_id"),
        (4, "creation_time"),
        (6, "latitude"),
        (8, "longitude"),
        (10, "accuracy_m"),
        (12, "line"),
        (14, "line"),
    ]
    assert [row[0] for row in rows if not isinstance(row, Rejected)] == [3, 5, 7, 9, 11, 13, 15]


def test_bytes_that_are_no_text_cost_their_own_line() -> None:
    rows = rows_of(HEADER.encode() + b"\xff\xfe,1970-01-01T00:00:01Z,35.1,33.4,\n" + LINE.encode())
    assert rows[0][:2] == (2, "person_id")
    assert rows[1] == (3, *ROW[1:])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no header"),
        ("\n" + HEADER, "has no header"),
        ("person_id,when,y,x\n", "has no column creation_time and latitude and longitude"),
        ("person_id:creation_time:latitude:longitude\n", "has no column person_id and creation_time"),
        ("creation_time,latitude,longitude\n", "--person-id"),
        (LINE, "its first line is '7,1970"),
        ("\0" * 100_000, "has no column"),
        ("person_id,time,lat,lon,lat\n", "more than one column for the latitude: 'lat' and 'lat'"),
        ("person_id,time,timestamp,lat,lon\n", "more than one column for the creation_time"),
        ("latitude,latitude,longitude,creation_time,person_id\n", "more than one column for the latitude"),
    ],
)
def test_a_file_without_the_columns_is_refused_with_what_is_missing(text: str, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        rows_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "person_id;time;lat;lng;accuracy\n7;1970-01-01T00:00:01Z;35,1;33,4;2,5\n",
        "person_id\ttime\tlat\tlon\taccuracy\n7\t1970-01-01T00:00:01Z\t35.1\t33.4\t2.5\n",
        "person_id|timestamp|lat|long|accuracy\n7|1970-01-01 00:00:01 UTC|+35.1|3.34e1|2.5\n",
        HEADER.replace("\n", ",note\n") + LINE.replace("\n", ',"one\n two, ""three"""\n'),
        HEADER + ",,,,\n" + LINE,
        HEADER + LINE.replace("7,", "7.0,"),
        HEADER + LINE.replace("\n", ",,,\n"),
    ],
)
def test_a_location_is_read_as_other_programs_write_it(text: str) -> None:
    (row,) = rows_of(text)
    assert row[1:] == ROW[1:]


def test_excels_own_line_says_what_separates_the_columns() -> None:
    text = "sep=;\r\nperson_id;time;lat;lng;accuracy\r\n7;1970-01-01T00:00:01Z;35,1;33,4;2,5\r\n"
    assert [row[1:] for row in rows_of(text)] == [ROW[1:]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252"])
def test_a_location_is_read_in_every_encoding_that_can_be_told(encoding: str) -> None:
    text = HEADER.replace("\n", ",note\n") + LINE.replace("\n", ",Café\n")
    assert rows_of(text.encode(encoding)) == [ROW]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_in_any_way(end: str) -> None:
    rows = rows_of((HEADER + LINE + LINE).replace("\n", end) + LINE)
    assert [row[0] for row in rows] == [2, 3, 4]


@pytest.mark.parametrize("nothing", ["nan", "NaN", "NULL", "NA", "N/A", "-", "None", "<NA>", " "])
def test_what_stands_for_nothing_is_no_accuracy(nothing: str) -> None:
    assert rows_of(HEADER + LINE.replace("2.5", nothing)) == [(*ROW[:5], None)]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("7,1970-01-01T00:00:01Z,35,1,33,4", "line", "has more fields than the header: 6; a decimal comma"),
        ('7,1970-01-01T00:00:01Z,"35,1",33.4,', "latitude", "must be a number"),
        ("7,46083.375,35.1,33.4,", "creation_time", "neither seconds nor milliseconds"),
        ("7,20260302090000,35.1,33.4,", "creation_time", "neither seconds nor milliseconds"),
        ("7,02/03/2026 09:00,35.1,33.4,", "creation_time", "must be a time"),
        ("7,2016-12-31T23:59:60Z,35.1,33.4,", "creation_time", "leap second"),
        ("7,1970-01-01T00:00:01Z,35.1,33.4\0\0,", "line", "holds zero bytes"),
        ("1.5,1970-01-01T00:00:01Z,35.1,33.4,", "person_id", "must be a whole number"),
        ("7,1970-01-01T00:00:01Z,True,33.4,", "latitude", "must be a number"),
        ("7,1970-01-01T00:00:01Z,٣٥,33.4,", "latitude", "must be a number"),
        ("x" * 200_000, "line", "is longer than"),
    ],
)
def test_what_could_be_misread_is_refused_with_its_reason(line: str, field: str, reason: str) -> None:
    rejected, good = rows_of(HEADER + line + "\n" + LINE)
    assert isinstance(rejected, Rejected)
    assert (rejected.place, rejected.field) == (2, field)
    assert reason in rejected.reason
    assert good == (3, *ROW[1:])


def test_commas_and_points_in_one_row_may_mean_thousands() -> None:
    rows = rows_of("person_id;time;lat;lng;accuracy\n7;1970-01-01T00:00:01Z;35.1;33.4;1,234\n")
    assert [row[1] for row in rows] == ["accuracy_m"]


def test_a_stray_quotation_mark_costs_its_own_line_though_another_one_follows_far_below() -> None:
    lines = ['7,1970-01-01T00:00:01Z,35.1,33.4,2.5,"stray\n', *[LINE.replace("\n", ",x\n")] * 40, '7,"\n']
    rows = rows_of(HEADER.replace("\n", ",note\n") + "".join(lines))
    assert [row.place for row in rows if isinstance(row, Rejected)] == [2, 43]
    assert len(rows) == 42


def test_files_put_one_behind_the_other_bring_their_headers_along() -> None:
    other = "longitude,latitude,person_id,creation_time\n33.4,35.1,7,1970-01-01T00:00:01Z\n"
    rows = rows_of(HEADER + LINE + "\ufeff" + HEADER + LINE + other)
    assert [row[0] for row in rows] == [2, 4, 6]
    assert [row[1:] for row in rows] == [ROW[1:], ROW[1:], (*ROW[1:5], None)]


@pytest.mark.parametrize(
    ("time", "microseconds"),
    [
        ("1772442000", 1_772_442_000_000_000),
        ("1772442000.25", 1_772_442_000_250_000),
        ("1772442000123", 1772442000123000),
    ],
)
def test_seconds_and_milliseconds_are_told_apart_by_their_size(time: str, microseconds: int) -> None:
    (row,) = rows_of(HEADER + LINE.replace("1970-01-01T00:00:01Z", time))
    assert row[2] == microseconds


def test_a_time_without_a_zone_is_where_the_clock_stood_and_said_aloud_where_nobody_knows() -> None:
    text = HEADER + LINE.replace("1970-01-01T00:00:01Z", "2026-03-02 10:00:00") + LINE
    unknown, berlin = Reading(), Reading(zone=ZoneInfo("Europe/Berlin"))
    assert [row[2] for row in read_csv(BytesIO(text.encode()), unknown)] == [1_772_445_600_000_000, 1_000_000]
    assert unknown.remarks == {WITHOUT_ZONE: 1}
    assert [row[2] for row in read_csv(BytesIO(text.encode()), berlin)] == [1_772_442_000_000_000, 1_000_000]
    assert not berlin.remarks


@pytest.mark.parametrize(
    ("time", "reason"), [("2026-03-29T02:30:00", "did not show"), ("2026-10-25T02:30:00", "showed twice")]
)
def test_a_time_that_clocks_showed_twice_or_never_is_refused(time: str, reason: str) -> None:
    text = HEADER + LINE.replace("1970-01-01T00:00:01Z", time)
    (row,) = read_csv(BytesIO(text.encode()), Reading(zone=ZoneInfo("Europe/Berlin")))
    assert isinstance(row, Rejected)
    assert reason in row.reason
