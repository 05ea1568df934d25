"""Whatever bytes a file holds, it ends in rows and a sentence; what a program wrote is read as it was meant."""

import pytest

from location_client.readers.rows import Reading
from tests.fuzz.files import damaged_files, ended_otherwise, misread_files, read_otherwise
from tests.fuzz.texts import odd_names, odd_zones
from tests.fuzz.tracks import DAY_S, Fix


@pytest.mark.parametrize("problems", [damaged_files, misread_files, odd_names, odd_zones])
def test_files_names_and_zones_of_every_kind(problems: object) -> None:
    assert list(problems(11, 150)) == []  # type: ignore[operator]  # three functions of one form


def test_what_is_read_otherwise_is_seen() -> None:
    content = b"person_id,time,lat,lon\n7,1772409600,1.5,2.5\n"
    assert read_otherwise("day.csv", content, [Fix(DAY_S, 1.5, 2.5, None)]) == ""
    for other in (Fix(DAY_S, 2.5, 1.5, None), Fix(DAY_S + 1, 1.5, 2.5, None), Fix(DAY_S, 1.5, 2.5, 1.0)):
        assert "instead of" in read_otherwise("day.csv", content, [other])


def test_what_crashes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("location_client.readers.csv.decimal", None)
    assert "TypeError" in ended_otherwise("day.csv", b"person_id,time,lat,lon\n7,1772409600,1.5,2.5\n", Reading())
