"""The rows of the public UdaConnect starter, faults and all: swapped axes, repetitions, two places at once."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from udaconnect.location.v1 import location_pb2

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "udaconnect"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the starter's rows are not part of the repository")


def test_rows_and_duplicates_and_dead_letters_are_all_that_was_sent(system: Any, make_fix: Any) -> None:
    with (FOLDER / "persons.csv").open() as file:
        ids = {
            row["id"]: system.create_person(row["first_name"], row["last_name"], row["company_name"])
            for row in csv.DictReader(file)
        }
    fixes = []
    with (FOLDER / "locations_raw_xy.csv").open() as file:
        for row in csv.DictReader(file):
            x, y = float(row["x"]), float(row["y"])
            latitude, longitude = (x, y) if abs(y) > 90 else (y, x)
            fixes.append(
                make_fix(ids[row["person_id"]], datetime.fromisoformat(row["creation_time"]), latitude, longitude)
            )

    first_place: dict[Any, Any] = {}
    for fix in fixes:
        first_place.setdefault((fix.person_id, fix.time), fix)
    in_two_places = [fix for fix in fixes if first_place[fix.person_id, fix.time] != fix]
    duplicates = len(fixes) - len(first_place) - len(in_two_places)
    assert duplicates, "the starter's rows repeat"
    assert in_two_places, "the starter's persons are in two places at once"

    # A fix a call: what is at two places within a call is told in its receipt, and would not come so far.
    assert system.send(fixes, batch_size=1) == len(fixes)
    system.wait_until_consumed()

    stored = system.query(
        "SELECT person_id, creation_time, ST_Y(coordinate), ST_X(coordinate) FROM location WHERE person_id = ANY(%s)",
        list(ids.values()),
    )
    assert sorted(stored) == sorted(tuple(fix[:4]) for fix in first_place.values())
    dead: list[location_pb2.Location] = []
    for letter in system.dead_letters():
        if dict(letter.headers)["reason"] == b"conflict":
            dead += location_pb2.LocationBatch.FromString(letter.value).locations
    places = [(one.person_id, one.latitude, one.longitude) for one in dead if one.person_id in ids.values()]
    assert sorted(places) == sorted((fix.person_id, fix.latitude, fix.longitude) for fix in in_two_places)
    assert len(stored) + duplicates + len(places) == len(fixes)
