from io import BytesIO

import pytest

from udaconnect_client.files.csv import read_csv
from udaconnect_client.files.rows import LocatedRow, Rejected, UnreadableFileError

HEADER = "person_id,creation_time,latitude,longitude,accuracy_m\n"
LINE = "7,1970-01-01T00:00:01Z,35.1,33.4,2.5\n"
ROW = (2, 7, 1_000_000, 35.1, 33.4, 2.5)


def rows_of(text: str | bytes, person_id: int | None = None) -> list[LocatedRow | Rejected]:
    return list(read_csv(BytesIO(text.encode() if isinstance(text, str) else text), person_id))


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
        ("person_id,time,lat,lon\n", "has no column creation_time and latitude and longitude"),
        ("person_id;creation_time;latitude;longitude\n", "separated by commas"),
        ("creation_time,latitude,longitude\n", "--person-id"),
        (LINE, "its first line is '7,1970"),
        ("\0" * 100_000, "has no column"),
    ],
)
def test_a_file_without_the_columns_is_refused_with_what_is_missing(text: str, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        rows_of(text)
