"""Inputs after public reports of users of such systems, each with its right value."""

import pytest

from tests.unit.location_client.readers.rows_read import DATA, MINUTE, NINE, SECOND, fixes, read, reasons

BERLIN = (52.52, 13.405)
CYPRUS = (35.1, 33.4)


def of(place: tuple[float, float], *times: int, accuracy_m: float | None = None) -> list[tuple[object, ...]]:
    return [(1, time, *place, accuracy_m) for time in times]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("csv_blank_excel.csv", of(BERLIN, NINE, accuracy_m=4)),
        ("csv_cr.csv", of(BERLIN, NINE, NINE + MINUTE, accuracy_m=4)),
        ("csv_header_comma.csv", of(BERLIN, NINE, NINE + MINUTE)),
        ("csv_header_comma2.csv", of(BERLIN, NINE)),
        ("csv_nan_acc.csv", of(BERLIN, *(NINE + step * SECOND for step in (0, 10, 20, 30)))),
        ("csv_pandas_float_id.csv", of(BERLIN, NINE, accuracy_m=4) + of(BERLIN, NINE + 30 * SECOND)),
        ("csv_utf16.csv", of(BERLIN, NINE)),
        (
            "gj_coordtimes.geojson",
            (of(BERLIN, NINE) + of((52.521, 13.406), NINE + 10 * SECOND)) * 2,
        ),
        ("gj_epoch_ms.geojson", of(BERLIN, NINE, 1_701_011_500_000_000, NINE)),
        ("gj_lines_of_fc.geojson", of(BERLIN, *(NINE + minute * MINUTE for minute in range(5)))),
        ("gj_ndjson.geojson", of(BERLIN, *(NINE + minute * MINUTE for minute in range(5)))),
        ("gj_seq.geojson", of(BERLIN, *(NINE + minute * MINUTE for minute in range(5)))),
        ("gj_overland.json", of((45.5, -122.6), NINE + 6 * 60 * MINUTE, accuracy_m=30)),
        ("gj_records.json", of(BERLIN, NINE, accuracy_m=20)),
        ("gj_timeline.json", of(BERLIN, NINE - 60 * MINUTE)),
        ("gpx_gb2312.gpx", of(CYPRUS, NINE)),
        ("gpx_shiftjis.gpx", of(CYPRUS, NINE)),
        ("gpx_utf8nohyphen.gpx", of(CYPRUS, NINE)),
        ("gpx_two_docs.gpx", of(CYPRUS, NINE, NINE + 60 * MINUTE)),
    ],
)
def test_is_read_as_it_is_meant(name: str, expected: list[tuple[object, ...]]) -> None:
    rows, failure = read((DATA / name).read_bytes(), name, person_id=1)
    assert (fixes(rows), reasons(rows), failure) == (expected, [], "")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gj_crs3857.geojson", "has coordinates in 'urn:ogc:def:crs:EPSG::3857'"),
        ("gpx_entity_expansion_1MB.gpx", "declares the entity 'a' at line 2"),
        ("gpx_unknownenc.gpx", "names the encoding 'x-user-defined', which is not known"),
        ("gpx_nulpad.gpx", "holds zeros from line 4 on, which a loss of power leaves behind"),
    ],
)
def test_is_refused_with_a_reason_that_helps(name: str, reason: str) -> None:
    rows, failure = read((DATA / name).read_bytes(), name, person_id=1)
    assert rows == []
    assert reason in failure


def test_garbage_behind_a_collection_is_told() -> None:
    name = "gj_trailing_garbage.geojson"
    rows, failure = read((DATA / name).read_bytes(), name)
    assert len(fixes(rows)) == 1
    assert reasons(rows) == [("line", "is not JSON: Expecting value")]
    assert failure == ""
