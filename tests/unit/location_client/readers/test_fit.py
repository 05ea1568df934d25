"""FIT files, made here after the profile of the format."""

import struct

import pytest
from fitdecode.utils import compute_crc

from location_client.readers.rows import Reading, Record
from location_client.readers.tcx import WITHOUT_POSITION
from tests.unit.location_client.readers.rows_read import NINE, SECOND, fixes, read, reasons

EPOCH_S = 631_065_600
TIME = NINE // SECOND - EPOCH_S
NOWHERE = 0x7FFFFFFF
# Messages of kind 20 (record): timestamp, position_lat, position_long, gps_accuracy; number, bytes, type of each.
FORM = struct.Struct("<BIiiB")
DEFINITION = struct.pack("<BBBHB", 0x40, 0, 0, 20, 4) + bytes((253, 4, 134, 0, 4, 133, 1, 4, 133, 31, 1, 2))


def semicircles(degrees: float) -> int:
    return round(degrees * 2**31 / 180)


def record(
    time: int = TIME, latitude: int = semicircles(52.52), longitude: int = semicircles(13.405), accuracy: int = 4
) -> bytes:
    return FORM.pack(0, time, latitude, longitude, accuracy)


def fit(*records: bytes) -> bytes:
    body = DEFINITION + b"".join(records)
    whole = struct.pack("<BBHI4s", 12, 0x10, 2100, len(body), b".FIT") + body
    return whole + struct.pack("<H", compute_crc(whole))


def test_records_are_read_to_the_semicircle() -> None:
    rows, failure = read(fit(record(), record(TIME + 1, semicircles(-33.86), semicircles(-151.2), 255)), "walk.fit")
    assert [(person, time, accuracy) for person, time, _, _, accuracy in fixes(rows)] == [
        (7, NINE, 4.0),
        (7, NINE + SECOND, None),
    ]
    places = [degrees for row in fixes(rows) for degrees in row[2:4]]
    assert places == pytest.approx([52.52, 13.405, -33.86, -151.2], abs=1e-7)
    assert (failure, rows[0][0]) == ("", Record(1))


def test_a_file_behind_another_one_and_another_name_are_no_hindrance() -> None:
    rows, failure = read(fit(record()) + fit(record(TIME + 1)), "walk.csv")
    assert ([row[1] for row in fixes(rows)], failure) == ([NINE, NINE + SECOND], "")


def test_records_without_a_position_are_passed_over_and_those_without_a_time_refused() -> None:
    reading = Reading(7)
    rows, failure = read(fit(record(latitude=NOWHERE), record(time=1000), record()), "walk.fit", reading=reading)
    assert (len(fixes(rows)), failure) == (1, "")
    assert reasons(rows) == [("creation_time", "is missing: the device did not know the time yet")]
    assert reading.remarks == {WITHOUT_POSITION: 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (fit(record())[:-12], "is not FIT behind record 0"),
        (fit(record())[:-2] + b"\0\0", "is not FIT behind record 1: its checksum is wrong"),
        (fit(record()) + b"rubbish that follows", "is not FIT behind record 1"),
        (fit(b"\x09" + record()), "is not FIT behind record 0"),
    ],
)
def test_a_broken_file_is_told(content: bytes, reason: str) -> None:
    assert reason in read(content, "walk.fit")[1]


def test_it_must_be_said_whose_it_is() -> None:
    assert "--person-id must" in read(fit(record()), "walk.fit", person_id=None)[1]
