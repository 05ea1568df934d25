import json

from location_client.readers.rows import Reading
from tests.unit.location_client.readers.rows_read import NINE, fixes, read, reasons

LOCATION = {"_type": "location", "tst": 1772442000, "lat": 52.52, "lon": 13.405, "acc": 12, "tid": "ab"}


def line(message: object, kind: str = "*") -> str:
    return f"2026-03-02T09:00:01Z\t{kind:18}\t{json.dumps(message)}\n"


def test_locations_of_the_recorder_have_the_time_of_the_fix() -> None:
    reading = Reading(7)
    lines = [line(LOCATION), line({"_type": "lwt", "tst": 1772442000}, "lwt"), "\n"]
    rows, failure = read("".join(lines), "2026-03.rec", reading=reading)
    assert (fixes(rows), reasons(rows), failure) == ([(7, NINE, 52.52, 13.405, 12.0)], [], "")
    assert list(reading.remarks.values()) == [1]


def test_a_line_that_cannot_be_read_is_named_and_stops_nothing() -> None:
    lines = ["soon\n", line({"_type": "encrypted", "data": "x"}), line(LOCATION | {"lat": "north"}), "\0" * 50 + "\n"]
    rows, _ = read("".join([*lines, line(LOCATION)]), "2026-03.rec")
    assert [field for field, _ in reasons(rows)] == ["line", "message", "latitude", "line"]
    assert len(fixes(rows)) == 1


def test_messages_may_stand_in_a_list_or_a_line_each() -> None:
    for text in (json.dumps([LOCATION]), json.dumps(LOCATION), f"{json.dumps(LOCATION)}\n" * 2):
        rows, failure = read(text, "owntracks.json")
        assert (set(fixes(rows)), failure) == ({(7, NINE, 52.52, 13.405, 12.0)}, "")


def test_it_must_be_said_whose_they_are() -> None:
    assert "--person-id must" in read(line(LOCATION), "2026-03.rec", person_id=None)[1]
