"""/api/persons/{id}/sharing and /forgotten: a pause, and times that are forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class
from udaconnect.person.v1.person_pb2 import CheckPersonsRequest, ListErasuresRequest
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from person_service.sharing import private_spans

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"}
ADD_LOCATION = """
    INSERT INTO location (person_id, creation_time, coordinate) VALUES (%s, %s, ST_SetSRID(ST_MakePoint(8, 47), 4326))
"""
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def add_locations(as_owner: Cursor) -> Callable[..., None]:
    def add(person_id: int, *times: datetime) -> None:
        for time in times:
            as_owner.execute("SELECT ensure_location_partition(%s)", [time.date()])
            as_owner.execute(ADD_LOCATION, [person_id, time])

    return add


def set_paused(rest: FlaskClient, person_id: int, *, paused: bool) -> str | None:
    answer = rest.put(f"/api/persons/{person_id}/sharing", json={"paused": paused})
    assert answer.status_code == 200, answer.text
    assert rest.get(f"/api/persons/{person_id}/sharing").get_json() == answer.get_json()
    paused_at: str | None = answer.get_json()["paused_at"]
    return paused_at


def test_a_pause_begins_now_goes_on_and_ends(rest: FlaskClient, person_id: int) -> None:
    assert rest.get(f"/api/persons/{person_id}/sharing").get_json() == {"paused_at": None}
    before = datetime.now(UTC)
    paused_at = set_paused(rest, person_id, paused=True)
    assert paused_at is not None
    assert before <= datetime.fromisoformat(paused_at) <= datetime.now(UTC)
    assert set_paused(rest, person_id, paused=True) == paused_at
    assert set_paused(rest, person_id, paused=False) is None
    assert set_paused(rest, person_id, paused=False) is None
    again = set_paused(rest, person_id, paused=True)
    assert again is not None
    assert again > paused_at


def test_what_says_to_be_of_later_than_the_pause_is_deleted(
    rest: FlaskClient, person_id: int, as_owner: Cursor, add_locations: Any
) -> None:
    now = datetime.now(UTC)
    add_locations(person_id, now - timedelta(minutes=1), now + timedelta(minutes=3))
    set_paused(rest, person_id, paused=True)
    as_owner.execute("SELECT creation_time FROM location")
    assert as_owner.fetchall() == [(now - timedelta(minutes=1),)]


def test_a_time_is_forgotten_and_nothing_else(
    rest: FlaskClient, person_id: int, as_owner: Cursor, add_locations: Any
) -> None:
    other = int(rest.post("/api/persons", json=ADA).get_json()["id"])
    times = [NINE + timedelta(minutes=10 * number) for number in range(10)] + [NINE + timedelta(days=1)]
    for person in (person_id, other):
        add_locations(person, *times)
    ten = NINE + timedelta(hours=1)
    body = {"started_at": "2026-03-02T10:00:00+01:00", "ended_at": "2026-03-02T10:00:00Z"}
    answer = rest.post(f"/api/persons/{person_id}/forgotten", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.get_json() == {"started_at": "2026-03-02T09:00:00Z", "ended_at": body["ended_at"], "locations": 6}
    as_owner.execute("SELECT creation_time FROM location WHERE person_id = %s ORDER BY 1", [person_id])
    assert [time for (time,) in as_owner] == [time for time in times if time >= ten]
    as_owner.execute("SELECT count(*) FROM location WHERE person_id = %s", [other])
    assert as_owner.fetchone() == (len(times),)
    assert rest.get(f"/api/persons/{person_id}/sharing").get_json() == {"paused_at": None}


def test_without_an_end_it_is_forgotten_until_now(rest: FlaskClient, person_id: int, add_locations: Any) -> None:
    now = datetime.now(UTC)
    add_locations(person_id, now - timedelta(minutes=90), now - timedelta(minutes=30))
    body = {"started_at": (now - timedelta(hours=1)).isoformat()}
    answer = rest.post(f"/api/persons/{person_id}/forgotten", json=body).get_json()
    assert answer["locations"] == 1
    assert datetime.fromisoformat(answer["ended_at"]) >= now


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({}, "started_at", "is missing"),
        ({"started_at": "2026-03-02T09:00:00"}, "started_at", "must say its time zone"),
        ({"started_at": "nine"}, "started_at", "must be an instant"),
        ({"started_at": 7}, "started_at", "must be an instant"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at", "must be between the years"),
        ({"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:00:00Z"}, "started_at", "must be before"),
        (
            {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2199-03-02T09:00:00Z"},
            "ended_at",
            "must not lie in the future",
        ),
        ({"started_at": "2026-03-02T09:00:00Z", "until": "2026-03-02T09:00:00Z"}, "until", "is not known here"),
    ],
)
def test_what_is_no_time_is_refused_with_its_field(
    rest: FlaskClient, person_id: int, body: dict[str, Any], field: str, reason: str
) -> None:
    answer = rest.post(f"/api/persons/{person_id}/forgotten", json=body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    [error] = answer.get_json()["errors"]
    assert error["field"] == field
    assert reason in error["reason"]


@pytest.mark.parametrize("paused", [None, "true", 1, 0])
def test_paused_or_not_is_said_plainly(rest: FlaskClient, person_id: int, paused: object) -> None:
    answer = rest.put(f"/api/persons/{person_id}/sharing", json={"paused": paused})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (400, "paused")


@pytest.mark.parametrize("nobody", [0, -1, 99_999, 2**70])
def test_nobody_shares_nothing(rest: FlaskClient, nobody: int) -> None:
    path = f"/api/persons/{nobody}"
    started = {"started_at": "2026-03-02T09:00:00Z"}
    assert rest.get(f"{path}/sharing").status_code == 404
    assert rest.put(f"{path}/sharing", json={"paused": True}).status_code == 404
    assert rest.put(f"{path}/sharing", json={"paused": False}).status_code == 404
    assert rest.post(f"{path}/forgotten", json=started).status_code == 404


def test_there_is_a_limit_and_it_says_what_to_do(
    rest: FlaskClient, person_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_spans, "SPANS_MAX", 2)
    for _ in range(2):
        set_paused(rest, person_id, paused=True)
        set_paused(rest, person_id, paused=False)
    answer = rest.put(f"/api/persons/{person_id}/sharing", json={"paused": True})
    assert answer.status_code == 400
    assert "forget one that joins some" in answer.get_json()["errors"][0]["reason"]


def test_at_the_limit_what_joins_is_no_further_one(
    rest: FlaskClient, person_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_spans, "SPANS_MAX", 2)
    began = {"started_at": datetime.now(UTC).isoformat()}
    set_paused(rest, person_id, paused=True)
    set_paused(rest, person_id, paused=False)
    paused_at = set_paused(rest, person_id, paused=True)
    assert set_paused(rest, person_id, paused=True) == paused_at
    set_paused(rest, person_id, paused=False)
    apart = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T10:00:00Z"}
    assert rest.post(f"/api/persons/{person_id}/forgotten", json=apart).status_code == 400
    assert rest.post(f"/api/persons/{person_id}/forgotten", json=began).status_code == 200
    assert set_paused(rest, person_id, paused=True), "two have become one"


def test_whoever_takes_locations_in_is_told(rest: FlaskClient, stub: PersonServiceStub, person_id: int) -> None:
    known = stub.ListErasures(ListErasuresRequest())
    assert not stub.CheckPersons(CheckPersonsRequest(ids=[person_id])).private_spans
    paused_at = set_paused(rest, person_id, paused=True)
    assert paused_at is not None
    news = stub.ListErasures(
        ListErasuresRequest(after=known.erasure_number, after_private_span=known.private_span_number)
    )
    assert list(news.private_span_person_ids) == [person_id]
    assert not news.start_anew
    answer = stub.CheckPersons(CheckPersonsRequest(ids=[person_id, 99_999]))
    assert answer.private_span_number == news.private_span_number
    [span] = answer.private_spans
    assert not span.HasField("ends_us")
    assert span.begins_us == round(datetime.fromisoformat(paused_at).timestamp() * 1e6)
    set_paused(rest, person_id, paused=False)
    [span] = stub.CheckPersons(CheckPersonsRequest(ids=[person_id])).private_spans
    assert span.ends_us > span.begins_us


def test_with_the_person_it_is_gone(rest: FlaskClient, person_id: int, as_owner: Cursor) -> None:
    set_paused(rest, person_id, paused=True)
    assert rest.delete(f"/api/persons/{person_id}").status_code == 204
    as_owner.execute("SELECT count(*) FROM private_span")
    assert as_owner.fetchone() == (0,)
