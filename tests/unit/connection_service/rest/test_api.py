"""The manners of the resources, without network: what the store and the directory give is held in memory."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connection_service.rest.answer_schemas import (
    ConnectionSchema,
    ContactSchema,
    EncounterSchema,
    FeatureCollectionSchema,
    LocationSchema,
    WayPieceSchema,
)

MINUTE = 60
NOON = 1_772_452_800  # 2026-03-02T12:00:00Z
METRE = 9e-6  # degrees of latitude
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
FIXES = {"method": "fixes"}
# Each answer about meetings, and by which method.
ANSWERS = [
    pytest.param("connection", {}, id="connection"),
    pytest.param("encounters", FIXES, id="encounters by fixes"),
    pytest.param("contacts", FIXES, id="contacts by fixes"),
    pytest.param("encounters", {}, id="encounters"),
    pytest.param("contacts", {}, id="contacts"),
]


@pytest.fixture(autouse=True)
def three_meet(store: Any) -> None:
    """At noon 7 meets 2 and 5, an hour later 2 again; 3 is elsewhere."""
    for minute in (0, 1, 2, 60, 61):
        time = NOON + minute * MINUTE
        store.rows += [(7, time, 47.0, 8.0), (2, time + 1, 47.0 + 2 * METRE, 8.0), (3, time, 48.0, 8.0)]
        if minute < 3:
            store.rows.append((5, time + 1.25, 47.0, 8.0))


def get(client: FlaskClient, path: str, **query: str) -> TestResponse:
    return client.get(f"/api/persons/{path}", query_string={**DAY, **query})


def all_pages(client: FlaskClient, path: str, **query: str) -> list[Any]:
    rows: list[Any] = []
    response = get(client, path, **query)
    while True:
        assert response.status_code == 200, response.text
        assert len(response.get_json()) <= int(query["limit"])
        rows += response.get_json()
        if "Link" not in response.headers:
            return rows
        target, relation = response.headers["Link"].split("; ")
        assert relation == 'rel="next"'
        response = client.get(target.strip("<>"))


def test_connections_tell_where_when_who_and_how_near(client: FlaskClient) -> None:
    response = get(client, "7/connection", distance="5")
    assert response.mimetype == "application/json"
    assert [(row["person"]["id"], row["time_gap_s"]) for row in response.get_json()] == [
        (2, 1), (5, 1.25), (2, 1), (5, 1.25), (2, 1), (5, 1.25), (2, 1), (2, 1),
    ]  # fmt: skip
    assert response.get_json()[0] == {
        "location": {
            "person_id": 2,
            "latitude": 47.0 + 2 * METRE,
            "longitude": 8.0,
            "creation_time": "2026-03-02T12:00:01Z",
            "accuracy_m": None,
        },
        "person": {"id": 2, "first_name": "First 2", "last_name": "Last 2", "company_name": "Company"},
        "distance_m": pytest.approx(2, abs=0.01),
        "time_gap_s": 1,
        "certainty": "likely",
    }
    assert response.get_json()[1]["location"]["creation_time"] == "2026-03-02T12:00:01.250000Z"


def test_encounters_by_fixes_are_the_meetings_by_their_start(client: FlaskClient) -> None:
    response = get(client, "7/encounters", **FIXES)
    assert [
        (row["person"]["id"], row["started_at"], row["duration_s"], row["fixes"]) for row in response.get_json()
    ] == [
        (2, "2026-03-02T12:00:01Z", 120, 3),
        (5, "2026-03-02T12:00:01.250000Z", 120, 3),
        (2, "2026-03-02T13:00:01Z", 60, 2),
    ]
    assert response.get_json()[0]["place"] == {"latitude": 47.0 + 2 * METRE, "longitude": 8.0}
    assert get(client, "7/encounters", **FIXES, gap="3600").get_json()[0]["fixes"] == 5
    assert len(get(client, "7/encounters", **FIXES, min_duration="61").get_json()) == 2


def test_contacts_by_fixes_are_the_persons_met_by_the_time_spent_together(client: FlaskClient) -> None:
    assert get(client, "7/contacts", **FIXES).get_json() == [
        {
            "person": {"id": 2, "first_name": "First 2", "last_name": "Last 2", "company_name": "Company"},
            "encounters": 2,
            "duration_s": 180,
            "closest_m": pytest.approx(2, abs=0.01),
            "first_met_at": "2026-03-02T12:00:01Z",
            "last_met_at": "2026-03-02T13:01:01Z",
        },
        {
            "person": {"id": 5, "first_name": "First 5", "last_name": "Last 5", "company_name": "Company"},
            "encounters": 1,
            "duration_s": 120,
            "closest_m": 0,
            "first_met_at": "2026-03-02T12:00:01.250000Z",
            "last_met_at": "2026-03-02T12:02:01.250000Z",
        },
    ]
    assert [row["person"]["id"] for row in get(client, "7/contacts", **FIXES, min_duration="120").get_json()] == [2, 5]
    assert [row["duration_s"] for row in get(client, "7/contacts", **FIXES, min_duration="120").get_json()] == [
        120,
        120,
    ]
    assert get(client, "7/contacts", **FIXES, min_duration="121").get_json() == []


def test_encounters_are_times_within_the_distance_and_say_how_likely_that_is(client: FlaskClient) -> None:
    rows = get(client, "7/encounters").get_json()
    assert [(row["person"]["id"], row["started_at"], row["ended_at"]) for row in rows] == [
        (2, "2026-03-02T12:00:01Z", "2026-03-02T12:02:00Z"),
        (5, "2026-03-02T12:00:01.250000Z", "2026-03-02T12:02:00Z"),
        (2, "2026-03-02T13:00:01Z", "2026-03-02T13:01:00Z"),
    ]
    first = rows[0]
    assert (first["duration_s"], first["closest_m"]) == (119, pytest.approx(2, abs=0.01))
    assert first["place"] == {"latitude": pytest.approx(47.0 + 2 * METRE), "longitude": pytest.approx(8.0)}
    assert first["started_at"] <= first["closest_at"] <= first["ended_at"]
    assert 1 < first["closest_sd_m"] < 5, "phones that say no accuracy may be off by metres"
    assert 0.5 < first["probability"] < rows[1]["probability"] < 1
    assert len(get(client, "7/encounters", min_duration="60").get_json()) == 2
    between = f"{(first['probability'] + rows[1]['probability']) / 2:.6f}"
    assert [row["person"]["id"] for row in get(client, "7/encounters", min_probability=between).get_json()] == [5]
    assert get(client, "7/encounters", distance="1").get_json() == []
    assert len(get(client, "7/encounters", distance="1", min_probability="0.1").get_json()) > 0
    assert get(client, "7/encounters", start_date="2026-03-02T12:01:00Z").get_json()[0]["duration_s"] == 60


def test_contacts_add_up_the_times_within_the_distance(client: FlaskClient) -> None:
    rows = get(client, "7/contacts").get_json()
    assert [(row["person"]["id"], row["encounters"], row["duration_s"]) for row in rows] == [
        (2, 2, 178),
        (5, 1, 118.75),
    ]
    assert (rows[0]["first_met_at"], rows[0]["last_met_at"]) == ("2026-03-02T12:00:01Z", "2026-03-02T13:01:00Z")
    met = get(client, "7/encounters").get_json()
    assert rows[0]["probability"] == max(row["probability"] for row in met if row["person"]["id"] == 2)


def test_a_way_is_steady_motion_and_says_how_sure_it_is(client: FlaskClient, store: Any) -> None:
    store.accuracy_m = {7: 3.0}
    pieces = get(client, "7/way").get_json()
    assert [(piece["started_at"], piece["ended_at"]) for piece in pieces] == [
        ("2026-03-02T12:00:00Z", "2026-03-02T12:02:00Z"),
        ("2026-03-02T13:00:00Z", "2026-03-02T13:01:00Z"),
    ], "nobody knows where the person was in between"
    for piece in pieces:
        assert piece["is_stay"] is True
        assert piece["start"]["latitude"] == pytest.approx(47.0, abs=1e-8)
        assert 0.5 < piece["start"]["sd_m"] < 3
        assert 0.5 < piece["middle_sd_m"] < 3
    [part] = get(client, "7/way", start_date="2026-03-02T12:00:30Z", end_date="2026-03-02T12:01:00Z").get_json()
    assert (part["started_at"], part["ended_at"]) == ("2026-03-02T12:00:30Z", "2026-03-02T12:01:00Z")
    assert part["start"] == pieces[0]["start"]


def test_two_who_report_that_they_do_not_know_how_accurate_they_are_are_no_sure_company(
    client: FlaskClient, store: Any
) -> None:
    """home-assistant/core#1957: an accuracy of 0 means that it is not known."""
    unknown = get(client, "7/encounters").get_json()
    store.accuracy_m = {7: 0.0, 2: 0.0, 5: 0.0}
    assert get(client, "7/encounters").get_json() == unknown
    assert {row["certainty"] for row in get(client, "7/encounters", **FIXES).get_json()} == {"likely"}


def test_the_nearest_come_first_when_asked_for(client: FlaskClient) -> None:
    rows = get(client, "7/connection", order="distance").get_json()
    assert [row["person"]["id"] for row in rows] == [5, 5, 5, 2, 2, 2, 2, 2]
    assert [row["distance_m"] for row in rows] == sorted(row["distance_m"] for row in rows)


def test_rows_say_how_sure_they_are_and_the_possible_come_when_asked_for(client: FlaskClient, store: Any) -> None:
    store.accuracy_m = {7: 1.0, 2: 2.5, 5: 2.5}

    def sure(**query: str) -> set[tuple[int, str]]:
        rows = get(client, "7/connection", **query).get_json()
        return {(row["person"]["id"], row["certainty"]) for row in rows}

    assert sure(distance="5") == {(2, "likely"), (5, "certain")}
    assert sure(distance="1") == {(5, "likely")}
    assert sure(distance="1", include_possible="true") == {(2, "possible"), (5, "likely")}
    meetings = get(client, "7/encounters", **FIXES, distance="1", include_possible="true").get_json()
    assert [row["certainty"] for row in meetings] == ["possible", "likely", "possible"]


def test_between_fixes_the_closest_approach_counts(client: FlaskClient, store: Any) -> None:
    """3 passes 7's place between two fixes that are 100 m away from it."""
    store.rows += [(8, NOON, 10.0, 0.0), (8, NOON + 100, 10.0, 0.0)]
    store.rows += [(9, NOON, 10.0 - 100 * METRE, 0.0), (9, NOON + 100, 10.0 + 100 * METRE, 0.0)]
    assert get(client, "8/connection").get_json() == []
    [row] = get(client, "8/connection", interpolate="true").get_json()
    assert (row["person"]["id"], row["location"]["creation_time"]) == (9, "2026-03-02T12:00:00Z")
    assert (row["distance_m"], row["time_gap_s"]) == (pytest.approx(0, abs=0.01), pytest.approx(50, abs=0.01))
    [meeting] = get(client, "8/encounters", **FIXES, interpolate="true").get_json()
    assert meeting["started_at"] == meeting["closest_at"]
    assert abs(datetime.fromisoformat(meeting["started_at"]).timestamp() - (NOON + 50)) < 0.01
    assert meeting["place"] == {"latitude": pytest.approx(10.0), "longitude": pytest.approx(0.0)}
    assert get(client, "8/contacts", **FIXES, interpolate="true").get_json()[0]["encounters"] == 1


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way"])
def test_answers_say_how_fresh_they_are(client: FlaskClient, store: Any, resource: str) -> None:
    assert get(client, f"7/{resource}").headers["Udaconnect-Freshness"] == f"newest=@{NOON + 61 * MINUTE}"
    store.consumer = 12, datetime.fromtimestamp(NOON + 0.9, UTC)
    of_all = get(client, f"7/{resource}").headers["Udaconnect-Freshness"]
    assert of_all == f"newest=@{NOON + 61 * MINUTE}, lag=12, as_of=@{NOON}"
    assert get(client, f"9/{resource}").headers["Udaconnect-Freshness"] == f"lag=12, as_of=@{NOON}"
    store.settled_before = 1_000_000
    assert get(client, f"9/{resource}").headers["Udaconnect-Freshness"].endswith(", settled=@1200000000")
    store.consumer, store.settled_before = None, 0
    assert "Udaconnect-Freshness" not in get(client, f"9/{resource}").headers


def test_a_track_is_an_array_or_a_feature_collection(client: FlaskClient) -> None:
    assert len(get(client, "7/locations").get_json()) == 5
    assert len(get(client, "7/locations", max_points="2").get_json()) == 2
    response = client.get("/api/persons/7/locations", query_string=DAY, headers={"Accept": "application/geo+json"})
    assert response.mimetype == "application/geo+json"
    assert response.get_json()["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [8.0, 47.0]},
        "properties": {"person_id": 7, "creation_time": "2026-03-02T12:00:00Z", "accuracy_m": None},
    }


def test_answers_are_what_their_schemas_promise(client: FlaskClient) -> None:
    geojson = client.get("/api/persons/7/locations", query_string=DAY, headers={"Accept": "application/geo+json"})
    for schema, answer in [
        (ConnectionSchema(many=True), get(client, "7/connection").get_json()),
        (EncounterSchema(many=True), get(client, "7/encounters").get_json()),
        (EncounterSchema(many=True), get(client, "7/encounters", **FIXES).get_json()),
        (ContactSchema(many=True), get(client, "7/contacts").get_json()),
        (ContactSchema(many=True), get(client, "7/contacts", **FIXES).get_json()),
        (WayPieceSchema(many=True), get(client, "7/way").get_json()),
        (LocationSchema(many=True), get(client, "7/locations").get_json()),
        (FeatureCollectionSchema(), geojson.get_json()),
    ]:
        assert answer
        assert schema.validate(answer) == {}
        assert schema.dump(answer) == answer


@pytest.mark.parametrize(("resource", "method"), [*ANSWERS, pytest.param("way", {}, id="way")])
@pytest.mark.parametrize("limit", ["1", "2", "3"])
def test_the_pages_together_are_the_whole_answer(
    client: FlaskClient, resource: str, method: dict[str, str], limit: str
) -> None:
    whole = get(client, f"7/{resource}", **method).get_json()
    assert len(whole) > 1
    assert all_pages(client, f"7/{resource}", limit=limit, **method) == whole


@pytest.mark.parametrize(("resource", "method"), [ANSWERS[0], ANSWERS[1], ANSWERS[3]])
def test_a_later_page_does_not_search_what_earlier_ones_showed(
    client: FlaskClient, store: Any, resource: str, method: dict[str, str]
) -> None:
    store.rows += [(person, NOON + day * 86_400, 47.0, 8.0) for day in range(20) for person in (7, 2)]
    all_pages(client, f"7/{resource}", limit="7", end_date="2026-03-30", **method)
    starts = [start for start, _ in store.candidate_ranges]
    assert starts[-1] - starts[0] > 10 * 86_400 * 1_000_000


@pytest.mark.parametrize(("resource", "method"), [ANSWERS[0], ANSWERS[1], ANSWERS[3]])
def test_a_page_that_is_full_needs_no_search_beyond_it(
    client: FlaskClient, store: Any, resource: str, method: dict[str, str]
) -> None:
    assert len(get(client, f"7/{resource}", limit="2", end_date="2026-04-30", **method).get_json()) == 2
    [(start, end)] = store.candidate_ranges
    assert end - start < 86_400 * 1_000_000


def test_one_question_asks_the_directory_once(client: FlaskClient, directory: Any) -> None:
    get(client, "7/connection")
    assert directory.calls == [[2, 5, 7]]


def test_whoever_is_being_erased_is_left_out(client: FlaskClient, directory: Any) -> None:
    directory.known.remove(5)
    assert {row["person"]["id"] for row in get(client, "7/connection").get_json()} == {2}
    for method in (FIXES, {}):
        assert {row["person"]["id"] for row in get(client, "7/encounters", **method).get_json()} == {2}
        assert {row["person"]["id"] for row in get(client, "7/contacts", **method).get_json()} == {2}


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way"])
def test_a_known_person_without_locations_has_an_empty_answer(client: FlaskClient, resource: str) -> None:
    response = get(client, f"9/{resource}")
    assert (response.status_code, response.get_json()) == (200, [])


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way"])
@pytest.mark.parametrize("person_id", ["77", "0", "-1", "seven", str(2**63), "9" * 40])
def test_an_unknown_person_is_not_found(client: FlaskClient, resource: str, person_id: str) -> None:
    response = get(client, f"{person_id}/{resource}")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way"])
def test_a_person_service_that_is_down_is_named(client: FlaskClient, directory: Any, resource: str) -> None:
    directory.down = True
    response = get(client, f"7/{resource}")
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert "person service" in response.get_json()["detail"]


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts"])
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("distance", "0", "must be greater than 0, is 0"),
        ("distance", "-1", "must be greater than 0, is -1"),
        ("distance", "near", "must be a number, is near"),
        ("distance", "1000.5", "must be at most 1000, is 1000.5"),
        ("start_date", "2026-03-03", "must not be after end_date"),
        ("start_date", "2026-02-30", "must be a date and time of the calendar, is 2026-02-30"),
        ("limit", "0", "must be between 1 and 10000, is 0"),
        ("cursor", "abc", "is not one that this service gave"),
        ("when", "now", "is not known here"),
    ],
)
def test_bad_input_is_a_problem_that_names_field_and_reason(
    client: FlaskClient, resource: str, field: str, value: str, reason: str
) -> None:
    response = get(client, f"7/{resource}", **{field: value})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["errors"] == [{"field": field, "reason": reason}]


def test_the_cursor_of_another_question_is_refused(client: FlaskClient) -> None:
    link = get(client, "7/connection", limit="1").headers["Link"]
    cursor = link.split("cursor=")[1].split(">")[0]
    assert get(client, "7/connection", limit="1", cursor=cursor).status_code == 200
    response = get(client, "7/connection", limit="1", cursor=cursor, distance="6")
    assert response.status_code == 400
    assert response.get_json()["errors"][0]["field"] == "cursor"


def test_other_methods_are_refused(client: FlaskClient) -> None:
    response = client.post("/api/persons/7/connection", json={})
    assert response.status_code == 405
    assert response.mimetype == "application/problem+json"


def test_swagger_describes_the_resources(client: FlaskClient) -> None:
    paths = client.get("/swagger.json").get_json()["paths"]
    assert sorted(paths) == [
        "/api/groups",
        "/api/persons/{person_id}/connection",
        "/api/persons/{person_id}/contacts",
        "/api/persons/{person_id}/encounters",
        "/api/persons/{person_id}/export",
        "/api/persons/{person_id}/introductions",
        "/api/persons/{person_id}/locations",
        "/api/persons/{person_id}/way",
    ]
    parameters = {parameter["name"] for parameter in paths["/api/persons/{person_id}/encounters"]["get"]["parameters"]}
    assert parameters == {
        "start_date", "end_date", "distance", "time_window", "include_possible", "interpolate", "limit", "cursor",
        "gap", "min_duration", "min_probability", "method", "summary",
    }  # fmt: skip
