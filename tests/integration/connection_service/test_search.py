"""The resources on a real PostGIS: hand-made scenes, and what must not go wrong at their edges."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from flask.testing import FlaskClient
from pyproj import Geod

from deployment.native.schema import Database

WGS84 = Geod(ellps="WGS84")

Insert = Callable[[Sequence[tuple[int, str, float, float]]], None]
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
FIXES = {"method": "fixes"}


def rows(client: FlaskClient, path: str, **query: str) -> Any:
    response = client.get(f"/api/persons/{path}", query_string={**DAY, **query})
    assert response.status_code == 200, response.text
    return response.get_json()


def met(client: FlaskClient, person_id: int, **query: str) -> list[tuple[int, str]]:
    return [
        (row["person"]["id"], row["location"]["creation_time"])
        for row in rows(client, f"{person_id}/connection", **query)
    ]


def test_a_connection_is_exactly_this(client: FlaskClient, insert: Insert) -> None:
    insert(
        [
            (1, "10:00:00", 47.0, 8.0),
            (1, "10:00:30.25", 47.0, 8.00002),
            (2, "10:00:40", 47.00001, 8.00002),  # near the second own fix
            (3, "10:20:31", 47.0, 8.00002),  # in place, and too late
            (4, "10:00:00", 47.0, 8.0002),  # in time, and 15 m away
        ]
    )
    distance_m = WGS84.inv(8.00002, 47.0, 8.00002, 47.00001)[2]
    assert rows(client, "1/connection") == [
        {
            "location": {
                "person_id": 2,
                "latitude": 47.00001,
                "longitude": 8.00002,
                "creation_time": "2026-03-02T10:00:40Z",
                "accuracy_m": None,
            },
            "person": {"id": 2, "first_name": "Ada", "last_name": "Byron 2", "company_name": "Looms"},
            "distance_m": pytest.approx(distance_m, abs=2e-6),
            "time_gap_s": 9.75,
            "certainty": "likely",
        }
    ]
    assert met(client, 1, distance="20") == [(4, "2026-03-02T10:00:00Z"), (2, "2026-03-02T10:00:40Z")]
    assert met(client, 1, time_window="any") == [(2, "2026-03-02T10:00:40Z"), (3, "2026-03-02T10:20:31Z")]
    assert met(client, 1, time_window="9.74") == []


def test_by_fixes_two_meetings_of_the_same_two_are_two_encounters(client: FlaskClient, insert: Insert) -> None:
    for person_id in (1, 2):
        insert([(person_id, f"{hour}:0{minute}:00", 47.0, 8.0) for hour in (10, 15) for minute in range(4)])
    assert [
        (row["person"]["id"], row["started_at"], row["ended_at"], row["duration_s"], row["closest_m"], row["fixes"])
        for row in rows(client, "1/encounters", **FIXES)
    ] == [
        (2, "2026-03-02T10:00:00Z", "2026-03-02T10:03:00Z", 180, 0, 4),
        (2, "2026-03-02T15:00:00Z", "2026-03-02T15:03:00Z", 180, 0, 4),
    ]


def test_one_day_is_the_whole_day_and_no_more(client: FlaskClient, insert: Insert) -> None:
    for person_id in (1, 2):
        insert(
            [
                (person_id, "2026-03-01T23:59:59.999999", 47.0, 8.0),
                (person_id, "2026-03-02T00:00:00", 47.0, 8.0),
                (person_id, "2026-03-02T23:59:59.999999", 47.0, 8.0),
                (person_id, "2026-03-03T00:00:00", 47.0, 8.0),
            ]
        )
    assert met(client, 1) == [(2, "2026-03-02T00:00:00Z"), (2, "2026-03-02T23:59:59.999999Z")]
    assert len(rows(client, "1/locations")) == 2
    assert len(met(client, 1, start_date="2026-03-01", end_date="2026-03-03")) == 4
    assert len(met(client, 1, start_date="0001-01-01", end_date="9999-12-31", time_window="any")) == 4


def test_a_pair_astride_the_180th_meridian_is_found(client: FlaskClient, insert: Insert) -> None:
    insert(
        [
            (1, "10:00:00", -16.5, 179.99999),
            (2, "10:00:00", -16.5, -179.99999),
            (3, "10:00:00", -16.5, 180.0),
            (4, "10:00:00", -16.5, -180.0),
        ]
    )
    for person_id in (1, 2, 3, 4):
        assert {other for other, _ in met(client, person_id)} == {1, 2, 3, 4} - {person_id}


@pytest.mark.parametrize(
    ("one", "other"),
    [((89.9, 10.0), (89.9, 10.01)), ((89.99999, 0.0), (89.99999, 180.0)), ((-90.0, 50.0), (-89.99998, -130.0))],
)
def test_a_pair_next_to_a_pole_is_found(
    client: FlaskClient, insert: Insert, one: tuple[float, float], other: tuple[float, float]
) -> None:
    insert([(1, "10:00:00", *one), (2, "10:00:00", *other), (3, "10:00:00", 89.8, 10.0)])
    (row,) = rows(client, "1/connection")
    assert row["person"]["id"] == 2
    assert row["distance_m"] == pytest.approx(WGS84.inv(*one[::-1], *other[::-1])[2], abs=1e-5)


@pytest.mark.parametrize(
    ("resource", "more"),
    [("connection", {}), ("connection", {"order": "distance"}), ("encounters", FIXES), ("contacts", FIXES)],
)
def test_the_pages_together_are_the_whole_answer(
    client: FlaskClient, insert: Insert, resource: str, more: dict[str, str]
) -> None:
    for person_id in range(1, 25):
        places = [(f"{hour}:00:0{person_id % 3}", 47.0 + person_id % 5 * 1e-6, 8.0) for hour in range(10, 15)]
        insert([(person_id, *place) for place in places])
    whole = rows(client, f"1/{resource}", **more)
    assert len(whole) == (23 if resource == "contacts" else 115)
    paged: list[Any] = []
    response = client.get(f"/api/persons/1/{resource}", query_string={**DAY, **more, "limit": "7"})
    while "Link" in response.headers:
        paged += response.get_json()
        response = client.get(response.headers["Link"].split(";")[0].strip("<>"))
    assert paged + response.get_json() == whole
    if "order" in more:
        assert [row["distance_m"] for row in whole] == sorted(row["distance_m"] for row in whole)


def test_by_fixes_contacts_tell_with_whom_most_time_was_spent(client: FlaskClient, insert: Insert) -> None:
    insert([(1, f"{hour}:{minute:02}:00", 47.0, 8.0) for hour in (10, 15) for minute in range(0, 60, 5)])
    insert([(2, f"10:{minute:02}:00", 47.0, 8.00001) for minute in range(0, 30, 5)])
    insert([(3, f"{hour}:{minute:02}:30", 47.0, 8.00002) for hour in (10, 15) for minute in range(0, 30, 5)])
    assert [
        (row["person"]["id"], row["encounters"], row["duration_s"], row["first_met_at"], row["last_met_at"])
        for row in rows(client, "1/contacts", **FIXES)
    ] == [
        (3, 2, 3000, "2026-03-02T10:00:30Z", "2026-03-02T15:25:30Z"),
        (2, 1, 1500, "2026-03-02T10:00:00Z", "2026-03-02T10:25:00Z"),
    ]


def test_between_fixes_a_passer_by_is_found_whose_fixes_are_far_away(client: FlaskClient, insert: Insert) -> None:
    """2 passes 1 in the middle of a step of 240 m, through other cells; 3 leaves the neighbourhood and comes back."""
    insert([(1, "10:00:00", 47.0, 8.0), (1, "10:02:00", 47.0, 8.0)])
    insert([(2, "10:00:00", 47.0 - 120 / 111_180, 8.0), (2, "10:02:00", 47.0 + 120 / 111_180, 8.0)])
    insert([(3, "10:00:00", 47.0005, 8.0), (3, "10:01:00", 47.1, 8.0), (3, "10:02:00", 46.9995, 8.0)])
    assert rows(client, "1/connection") == []
    [row] = rows(client, "1/connection", interpolate="true")
    assert (row["person"]["id"], row["location"]["creation_time"]) == (2, "2026-03-02T10:00:00Z")
    assert (row["distance_m"], row["time_gap_s"]) == (pytest.approx(0, abs=0.1), pytest.approx(60, abs=0.1))
    [meeting] = rows(client, "1/encounters", **FIXES, interpolate="true")
    assert meeting["place"] == {"latitude": pytest.approx(47.0, abs=1e-6), "longitude": 8.0}
    assert rows(client, "1/encounters", **FIXES, interpolate="true", time_window="119") == []


def test_what_may_have_been_near_is_found_beyond_the_cells_of_the_distance(
    client: FlaskClient, insert: Insert, database: Database
) -> None:
    insert([(1, "10:00:00", 47.0, 8.0), (2, "10:00:00", 47.0018, 8.0), (3, "10:00:00", 47.00001, 8.0)])
    with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
        cursor.execute("UPDATE location SET accuracy_m = CASE person_id WHEN 3 THEN 1 ELSE 98 END")
    session.close()
    assert met(client, 1) == [(3, "2026-03-02T10:00:00Z")]
    found = rows(client, "1/connection", include_possible="true", distance="4")
    assert [(row["person"]["id"], row["certainty"]) for row in found] == [(3, "likely")]
    found = rows(client, "1/connection", include_possible="true")
    assert [(row["person"]["id"], row["certainty"]) for row in found] == [(2, "possible"), (3, "likely")]
    assert [row["certainty"] for row in rows(client, "1/encounters", **FIXES, distance="101")] == ["certain"]


@pytest.mark.parametrize("resource", ["connection", "encounters", "contacts", "locations", "way"])
def test_every_answer_tells_how_fresh_it_is(
    client: FlaskClient, insert: Insert, database: Database, resource: str
) -> None:
    def freshness(person_id: int) -> str | None:
        return client.get(f"/api/persons/{person_id}/{resource}", query_string=DAY).headers.get("Udaconnect-Freshness")

    insert([(1, "2026-02-27T10:00:00", 47.0, 8.0), (1, "2026-03-05T10:00:00.9", 47.0, 8.0)])
    newest = f"newest=@{datetime(2026, 3, 5, 10, tzinfo=UTC).timestamp():.0f}"
    assert (freshness(1), freshness(2)) == (newest, None)
    with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consumer_progress VALUES ('location', 0, 5, 7, '2026-03-05T10:00:07.5Z'),"
            "('location', 1, 100, 110, '2026-03-05T10:00:08Z'), ('location', 2, 3, 3, '2026-03-05T10:00:08Z')"
        )
    session.close()
    of_consumer = f"lag=12, as_of=@{datetime(2026, 3, 5, 10, 0, 7, tzinfo=UTC).timestamp():.0f}"
    assert (freshness(1), freshness(2)) == (f"{newest}, {of_consumer}", of_consumer)


def test_a_track_is_in_the_order_of_time_and_ends_where_it_ended(client: FlaskClient, insert: Insert) -> None:
    insert([(1, f"10:{minute:02}:00", 47.0 + minute * 1e-4, 8.0) for minute in (30, 2, 11, 59)])
    assert [row["creation_time"][14:16] for row in rows(client, "1/locations")] == ["02", "11", "30", "59"]
    assert [row["creation_time"][14:16] for row in rows(client, "1/locations", max_points="2")] == ["02", "59"]
