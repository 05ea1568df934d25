"""Meetings by estimate on a real PostGIS: over midnight, in all years there are, and where little may be loaded."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

Insert = Callable[[Sequence[tuple[int, str, float, float]]], None]
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
BOTH_DAYS = {"start_date": "2026-03-02", "end_date": "2026-03-03"}
ALWAYS = {"start_date": "0001-01-01", "end_date": "9999-12-31"}


@pytest.fixture(autouse=True)
def together_over_midnight(insert: Insert) -> None:
    """1, 2 and 3 stand together from 23:50 to 00:10; 4 comes to the place when they have gone."""
    times = [f"2026-03-02T23:{minute}:{second}0" for minute in range(50, 60) for second in (0, 2, 4)]
    times += [f"2026-03-03T00:0{minute}:{second}0" for minute in range(10) for second in (0, 2, 4)]
    for person_id in (1, 2, 3):
        insert([(person_id, time, 47.0 + person_id * 5e-6, 8.0) for time in times])
    insert([(4, time.replace("T00", "T01"), 47.0, 8.0) for time in times if "T00" in time])


def rows(client: FlaskClient, resource: str, **query: str) -> Any:
    response = client.get(f"/api/persons/1/{resource}", query_string=query)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_a_meeting_goes_on_over_midnight_and_is_cut_there_where_a_day_is_asked_for(client: FlaskClient) -> None:
    met = [(row["person"]["id"], row["started_at"], row["ended_at"]) for row in rows(client, "encounters", **BOTH_DAYS)]
    assert met == [(other, "2026-03-02T23:50:00Z", "2026-03-03T00:09:40Z") for other in (2, 3)]
    assert rows(client, "encounters", **ALWAYS) == rows(client, "encounters", **BOTH_DAYS)
    [before, _] = rows(client, "encounters", **DAY)
    [after, _] = rows(client, "encounters", start_date="2026-03-03", end_date="2026-03-03")
    assert (before["started_at"], before["ended_at"]) == ("2026-03-02T23:50:00Z", "2026-03-02T23:59:59.999999Z")
    assert (after["started_at"], after["ended_at"]) == ("2026-03-03T00:00:00Z", "2026-03-03T00:09:40Z")
    assert [(row["person"]["id"], row["encounters"]) for row in rows(client, "contacts", **BOTH_DAYS)] == [
        (2, 1),
        (3, 1),
    ]
    assert rows(client, "way", **ALWAYS)[0]["started_at"] == "2026-03-02T23:50:00Z"
    assert rows(client, "way", **DAY)[-1]["ended_at"] == "2026-03-02T23:59:59.999999Z"


@pytest.mark.parametrize("resource", ["encounters", "contacts", "way"])
def test_it_is_the_same_answer_in_pages_and_where_little_may_be_loaded(
    client: FlaskClient, make_client: Callable[..., FlaskClient], resource: str
) -> None:
    whole = rows(client, resource, **BOTH_DAYS)
    assert len(whole) >= 2
    assert rows(make_client(max_locations=61), resource, **BOTH_DAYS) == whole
    paged = []
    response = client.get(f"/api/persons/1/{resource}", query_string={**BOTH_DAYS, "limit": "1"})
    while "Link" in response.headers:
        paged += response.get_json()
        response = client.get(response.headers["Link"].split(";")[0].strip("<>"))
    assert paged + response.get_json() == whole


def test_more_than_may_be_loaded_of_one_person_is_said(make_client: Callable[..., FlaskClient]) -> None:
    response = make_client(max_locations=20).get("/api/persons/1/encounters", query_string=BOTH_DAYS)
    assert response.status_code == 400
    assert "more than 20 locations at once" in response.get_json()["errors"][0]["reason"]
