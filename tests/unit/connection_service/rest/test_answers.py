import json
from typing import Any

import numpy as np
import pytest

from connection_service.people.as_json import people_as_json
from connection_service.rest.answers import Unnamed, connection_rows, location_rows, with_people
from connection_service.rest.weave import Rows
from proximity.near_fixes import near_fixes
from service_kit.rpc.people import Person
from tests.unit.proximity.scenes import fixes


def listed(rows: Rows) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(b"[" + rows.text + b"]")
    return found


@pytest.mark.parametrize("name", ['O"Brien', "back\\slash", "new\nline", "Zoë", "李", "\u2028", "", "</script>"])
def test_names_are_written_so_that_json_reads_them_back(name: str) -> None:
    person = Person(id=2, first_name=name, last_name=name, company_name=name)
    written = with_people(Unnamed(b'{"person":%person}', [2], {}), people_as_json({2: person}))
    assert json.loads(written.text) == {"person": person}


def test_numbers_are_written_as_exactly_as_they_are_and_accuracies_as_short_as_they_are_stored() -> None:
    latitude, longitude = 47.12345678901234, -1e-7
    track = fixes([(1, 0, latitude, longitude)])
    others = fixes([(2, 1, latitude, longitude), (3, 1_500_000, latitude, longitude)], {2: 4.2, 3: None})
    rows = with_people(connection_rows(near_fixes(track, others, 5.0, None, 5.0)), {2: '"2"', 3: '"3"'})
    first, second = listed(rows)
    assert (first["location"]["latitude"], first["location"]["longitude"]) == (latitude, longitude)
    assert (first["location"]["accuracy_m"], second["location"]["accuracy_m"]) == (4.2, None)
    assert (first["time_gap_s"], second["time_gap_s"]) == (1e-6, 1.5)
    assert (first["location"]["creation_time"], second["location"]["creation_time"]) == (
        "1970-01-01T00:00:00.000001Z",
        "1970-01-01T00:00:01.500000Z",
    )
    assert np.isfinite(first["distance_m"])


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (20e-6, "1970-01-01T00:00:00.000020Z"),
        (-0.5, "1969-12-31T23:59:59.500000Z"),
        (253_402_128_000, "9999-12-30T00:00:00Z"),
    ],
)
def test_instants_are_written_with_microseconds_only_where_there_are_some(seconds: float, written: str) -> None:
    [row] = listed(location_rows(fixes([(1, round(seconds * 1e6), 47.0, 8.0)])))
    assert row["creation_time"] == written


def test_of_nothing_there_are_no_rows() -> None:
    assert location_rows(fixes([])) == Rows(0, b"")


@pytest.mark.parametrize("known", [{2, 3, 4}, {2, 4}, {3}, set()])
def test_rows_of_persons_who_are_no_more_are_left_out(known: set[int]) -> None:
    others = fixes([(person_id, person_id, 47.0, 8.0) for person_id in (2, 3, 4)])
    near = near_fixes(fixes([(1, 0, 47.0, 8.0)]), others, 5.0, None, 5.0)
    rows = with_people(connection_rows(near), {person_id: f"{person_id}" for person_id in known})
    assert rows.size == len(known)
    assert {row["person"] for row in listed(rows)} == known
    assert all(row["person"] == row["location"]["person_id"] for row in listed(rows))
