"""Everything that is known of a person, as one document; and the audit's line about each question."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from connection_service.rest.answer_schemas import FeatureSchema
from connection_service.rest.export import ExportSchema
from service_kit.errors import NotFound

NOON = 1_772_452_800  # 2026-03-02T12:00:00Z
GEOJSON = {"Accept": "application/geo+json"}
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}


@pytest.fixture(autouse=True)
def two_tracks(store: Any) -> None:
    """Ten locations of 7, in several portions, years apart, and one of 2."""
    store.rows = [(7, NOON + 86_400 * 365 * number, 47.0 + number, 8.0) for number in range(-5, 5)]
    store.rows.append((2, NOON, 47.0, 8.0))


def test_the_person_and_every_location_are_in_it_and_nothing_of_others(client: FlaskClient, store: Any) -> None:
    response = client.get("/api/persons/7/export")
    document = response.get_json()
    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"] == "attachment; filename=person-7.json"
    assert ExportSchema().validate(document) == {}
    assert document["person"]["first_name"] == "First 7"
    assert document["location_count"] == len(document["locations"]) == 10
    assert {location["person_id"] for location in document["locations"]} == {7}
    assert [location["latitude"] for location in document["locations"]] == [row[2] for row in store.rows[:10]]
    assert list(document)[-1] == "location_count"


def test_as_geojson_it_is_a_feature_collection(client: FlaskClient) -> None:
    response = client.get("/api/persons/7/export", headers=GEOJSON)
    document = response.get_json()
    assert response.mimetype == "application/geo+json"
    assert response.headers["Content-Disposition"] == "attachment; filename=person-7.geojson"
    assert document["type"] == "FeatureCollection"
    assert FeatureSchema(many=True).validate(document["features"]) == {}
    assert document["location_count"] == len(document["features"]) == 10
    assert document["person"]["id"] == 7


@pytest.mark.parametrize(("headers", "name"), [({}, "locations"), (GEOJSON, "features")])
def test_a_person_without_locations_can_be_exported(client: FlaskClient, headers: dict[str, str], name: str) -> None:
    document = client.get("/api/persons/9/export", headers=headers).get_json()
    assert (document[name], document["location_count"]) == ([], 0)


@pytest.mark.parametrize("person_id", ["77", "0", "9" * 40])
def test_an_unknown_person_is_not_found(client: FlaskClient, person_id: str) -> None:
    assert client.get(f"/api/persons/{person_id}/export").status_code == 404


def test_an_export_that_an_erasure_overtakes_does_not_look_whole(client: FlaskClient, directory: Any) -> None:
    response = client.get("/api/persons/7/export")
    directory.known.remove(7)
    received: list[bytes] = []
    with pytest.raises(ConnectionResetError) as broken_off:
        received.extend(response.iter_encoded())
    assert isinstance(broken_off.value.__cause__, NotFound)
    assert b"location_count" not in b"".join(received)
    assert b'"First 7"' in b"".join(received)


def test_a_read_is_audited_without_places_and_names(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get("/api/persons/7/locations", query_string=DAY).close()
    [entry] = [entry for entry in logs if entry["event"] == "audit"]
    assert entry == {
        "event": "audit",
        "log_level": "info",
        "who": "address 127.0.0.1",
        "call": "GET /api/persons/{person_id}/locations",
        "person_id": 7,
        "question": DAY,
        "status": 200,
        "rows": 1,
    }


def test_the_rows_of_an_export_are_counted_when_it_has_been_given(client: FlaskClient) -> None:
    with capture_logs() as logs:
        response = client.get("/api/persons/7/export")
        response.get_data()
        response.close()
    [entry] = [entry for entry in logs if entry["event"] == "audit"]
    assert (entry["call"], entry["rows"], entry["status"]) == ("GET /api/persons/{person_id}/export", 10, 200)


def test_an_export_of_a_day_is_refused_and_not_one_of_everything(client: FlaskClient) -> None:
    answer = client.get("/api/persons/7/export", query_string=DAY)
    assert answer.status_code == 400
    assert {error["field"] for error in json.loads(answer.data)["errors"]} == set(DAY)


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way", "export"])
def test_every_question_about_a_person_is_audited_also_one_that_is_not_answered(
    client: FlaskClient, directory: Any, resource: str
) -> None:
    directory.known.clear()
    with capture_logs() as logs:
        client.get(f"/api/persons/7/{resource}", query_string=None if resource == "export" else DAY).close()
    [entry] = [entry for entry in logs if entry["event"] == "audit"]
    assert (entry["person_id"], entry["status"]) == (7, 404)
    assert "rows" not in entry


def test_what_is_no_question_could_be_a_name_and_is_not_repeated(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get("/api/persons/7/connection", query_string={**DAY, "distance": "Lovelace"}).close()
        client.get("/api/persons/7/export", query_string={"q": "Lovelace"}).close()
    assert [entry["question"] for entry in logs if entry["event"] == "audit"] == [{}, {}]
    assert "Lovelace" not in str(logs)
