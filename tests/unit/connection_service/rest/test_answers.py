import json

import numpy as np
import pytest

from connection_service.people.as_json import people_as_json
from connection_service.rest.answers import connection_rows, location_rows, with_people
from proximity.near_fixes import near_fixes
from service_kit.rpc.people import Person
from tests.unit.proximity.scenes import fixes


@pytest.mark.parametrize("name", ['O"Brien', "back\\slash", "new\nline", "Zoë", "李", "\u2028", "", "</script>"])
def test_names_are_written_so_that_json_reads_them_back(name: str) -> None:
    person = Person(id=2, first_name=name, last_name=name, company_name=name)
    [written] = with_people([(2, '{"person":', "}")], people_as_json({2: person}))
    assert json.loads(written) == {"person": person}


def test_numbers_are_written_as_exactly_as_they_are_and_accuracies_as_short_as_they_are_stored() -> None:
    latitude, longitude = 47.12345678901234, -1e-7
    track = fixes([(1, 0, latitude, longitude)])
    others = fixes([(2, 1, latitude, longitude), (3, 1_500_000, latitude, longitude)], {2: 4.2, 3: None})
    rows = connection_rows(near_fixes(track, others, 5.0, None, 5.0))
    first, second = (json.loads(f'{before}"{person_id}"{after}') for person_id, before, after in rows)
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
    [row] = location_rows(fixes([(1, round(seconds * 1e6), 47.0, 8.0)]))
    assert json.loads(row)["creation_time"] == written


def test_of_nothing_there_are_no_rows() -> None:
    assert location_rows(fixes([])) == []
