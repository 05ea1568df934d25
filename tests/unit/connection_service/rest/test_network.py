"""What meetings add up to, without network: summaries, introductions and groups of some who stand about."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from connection_service.app import create_app
from connection_service.rest.answer_schemas import GroupSchema, IntroductionSchema, SummarySchema
from connection_service.search import groups
from proximity.fixes import Fixes
from proximity.instants import SECOND_US
from proximity.windows import WINDOW_US
from service_kit.access.rules import ADMIN, INTRODUCTIONS_READ, MEETINGS_READ, Gate
from service_kit.access.tokens import Caller
from service_kit.errors import NotAuthenticated
from tests.unit.connection_service.memory import MemoryDirectory, MemoryStore
from tests.unit.connection_service.search.test_estimate_pages import METRE, MIDNIGHT_US
from tests.unit.connection_service.search.test_remembered import WINDOWS, remembering

DAYS = {"start_date": "2026-03-02", "end_date": "2026-03-03"}
GROUPS = "/api/groups"
INTRODUCTIONS = "/api/persons/1/introductions"


def standing(person_id: int, place_m: float, from_minute: int, minutes: int) -> Fixes:
    time_us = MIDNIGHT_US + np.arange(from_minute * 60, (from_minute + minutes) * 60 + 1, 10) * SECOND_US
    near = np.full(time_us.size, place_m * METRE)
    accuracy_m = np.full(time_us.size, 0.05, np.float32)
    return Fixes(np.full(time_us.size, person_id), time_us, near, np.full(time_us.size, 8.0), accuracy_m)


@pytest.fixture
def store() -> MemoryStore:
    """1, 2 and 3 stand together, 4 joins them for five minutes; later 2 and 5, then 3 and 5, then 4 and 6 meet."""
    fixes = Fixes.concatenate(
        [
            *(standing(person, person / 2, 0, 15) for person in (1, 2, 3)),
            standing(4, 2.5, 5, 5),
            *(standing(person, person / 2, 25, 10) for person in (2, 5)),
            *(standing(person, 100 + person, 45, 5) for person in (3, 5)),
            *(standing(person, 200 + person, 45, 30) for person in (4, 6)),
        ]
    )
    fixes = fixes.at(np.lexsort((fixes.person_id, fixes.time_us)))
    return remembering(fixes, WINDOWS[-1] + 1, set())


@pytest.fixture
def client(store: MemoryStore, directory: MemoryDirectory) -> FlaskClient:
    return create_app(store, directory, 1000.0, lambda: None).test_client()


def get(client: FlaskClient, path: str, **query: str) -> Any:
    response = client.get(path, query_string={**DAYS, **query})
    assert response.status_code == 200, response.text
    return response.get_json()


def members(rows: Any) -> list[list[int]]:
    return [[person["id"] for person in row["members"]] for row in rows]


def test_groups_tell_who_was_together_at_once_from_when_until_when_and_where(client: FlaskClient) -> None:
    rows = get(client, GROUPS)
    assert members(rows) == [[1, 2, 3], [1, 2, 3, 4]]
    assert [(row["started_at"], row["ended_at"], row["duration_s"]) for row in rows] == [
        ("2026-03-03T00:00:00Z", "2026-03-03T00:15:00Z", 900),
        ("2026-03-03T00:05:00Z", "2026-03-03T00:10:00Z", 300),
    ]
    assert rows[0]["place"] == {"latitude": pytest.approx(0, abs=3 * METRE), "longitude": pytest.approx(8)}
    assert rows[0]["members"][0] == {"id": 1, "first_name": "First 1", "last_name": "Last 1", "company_name": "Company"}
    assert GroupSchema(many=True).validate(rows) == {}


def test_groups_can_be_asked_for_by_their_size_duration_and_one_member(client: FlaskClient) -> None:
    assert members(get(client, GROUPS, min_people="4")) == [[1, 2, 3, 4]]
    assert members(get(client, GROUPS, min_duration="301")) == [[1, 2, 3]]
    assert members(get(client, GROUPS, person_id="4")) == [[1, 2, 3, 4]]
    assert members(get(client, GROUPS, person_id="5", min_people="2")) == [[2, 5], [3, 5]]
    assert get(client, GROUPS, person_id="9") == []
    assert members(get(client, GROUPS, start_date="2026-03-03T00:11:00Z")) == [[1, 2, 3]]
    assert get(client, GROUPS, start_date="2026-03-03T00:11:00Z")[0]["started_at"] == "2026-03-03T00:11:00Z"
    assert client.get(GROUPS, query_string={**DAYS, "person_id": "77"}).status_code == 404


def test_the_pages_of_groups_together_are_the_whole_answer(client: FlaskClient) -> None:
    whole = get(client, GROUPS, min_people="2")
    assert len(whole) == 5
    rows, target = [], f"{GROUPS}?start_date=2026-03-02&end_date=2026-03-03&min_people=2&limit=2"
    while target:
        response = client.get(target)
        rows += response.get_json()
        target = response.headers.get("Link", "").partition(">")[0].strip("<")
    assert rows == whole


def test_only_settled_time_is_looked_at_and_the_answer_says_until_when_that_is(
    client: FlaskClient, store: MemoryStore
) -> None:
    response = client.get(GROUPS, query_string=DAYS)
    assert response.headers["Udaconnect-Freshness"] == f"settled=@{(WINDOWS[-1] + 1) * 1200}"
    store.due = {MIDNIGHT_US // WINDOW_US}
    assert get(client, GROUPS) == []
    store.due = set()
    store.settled_before = MIDNIGHT_US // WINDOW_US
    assert get(client, GROUPS) == []
    assert get(client, INTRODUCTIONS) == []
    store.remembered_for, store.settled_before = None, 0
    assert client.get(GROUPS, query_string=DAYS).get_json() == []
    assert get(client, INTRODUCTIONS) == []


def test_whoever_is_being_erased_was_in_no_group_and_introduces_nobody(
    client: FlaskClient, directory: MemoryDirectory
) -> None:
    directory.known.remove(3)
    assert members(get(client, GROUPS)) == [[1, 2, 4]]
    assert members(get(client, GROUPS, min_people="2"))[0] == [1, 2]
    introduced = {
        row["person"]["id"]: [via["person"]["id"] for via in row["via"]] for row in get(client, INTRODUCTIONS)
    }
    assert introduced == {6: [4], 5: [2]}


def test_introductions_are_those_whom_the_ones_met_were_with_the_strongest_first(client: FlaskClient) -> None:
    rows = get(client, INTRODUCTIONS)
    assert [(row["person"]["id"], row["strength_s"]) for row in rows] == [(5, 900), (6, 300)]
    assert [(via["person"]["id"], via["own_duration_s"], via["other_duration_s"]) for via in rows[0]["via"]] == [
        (2, 900, 600),
        (3, 900, 300),
    ]
    assert [(via["person"]["id"], via["own_duration_s"], via["other_duration_s"]) for via in rows[1]["via"]] == [
        (4, 300, 1800)
    ]
    assert IntroductionSchema(many=True).validate(rows) == {}
    assert [row["person"]["id"] for row in get(client, INTRODUCTIONS, limit="1")] == [5]
    assert get(client, "/api/persons/9/introductions") == []
    assert client.get("/api/persons/77/introductions", query_string=DAYS).status_code == 404


def test_who_was_met_for_less_than_asked_for_is_neither_met_nor_in_between(client: FlaskClient) -> None:
    rows = get(client, INTRODUCTIONS, min_duration="301")
    assert [(row["person"]["id"], row["strength_s"]) for row in rows] == [(5, 600)]


def test_introductions_are_told_by_whole_days(client: FlaskClient) -> None:
    """To the minute it would be told when others met."""
    minute = {"start_date": "2026-03-03T05:00:00Z", "end_date": "2026-03-03T05:00:01Z"}
    assert get(client, INTRODUCTIONS, **minute) == get(client, INTRODUCTIONS)


def test_a_summary_is_a_row_for_each_other_and_period(client: FlaskClient) -> None:
    path = "/api/persons/1/encounters"
    asked = {"distance": "3", "summary": "week"}
    rows = get(client, path, **asked)
    assert [(row["person"]["id"], row["encounters"], row["duration_s"]) for row in rows] == [
        (2, 1, 900),
        (3, 1, 900),
        (4, 1, 300),
    ]
    assert (rows[0]["period"], rows[0]["first_day"], rows[0]["last_day"]) == ("2026-W10", "2026-03-02", "2026-03-08")
    assert (rows[0]["first_met_at"], rows[0]["last_met_at"]) == ("2026-03-03T00:00:00Z", "2026-03-03T00:15:00Z")
    assert SummarySchema(many=True).validate(rows) == {}
    assert {row["period"] for row in get(client, path, distance="3", summary="day")} == {"2026-03-03"}
    assert {row["period"] for row in get(client, path, distance="3", summary="month")} == {"2026-03"}
    assert len(get(client, path, **asked, limit="2")) == 2


@pytest.mark.parametrize(
    ("path", "query", "field", "reason"),
    [
        ("/api/persons/1/encounters", {"summary": "year"}, "summary", "must be day, week or month, is year"),
        (
            "/api/persons/1/encounters",
            {"summary": "day", "method": "fixes"},
            "summary",
            "belongs to method=estimate, and the method is fixes",
        ),
        ("/api/persons/1/contacts", {"summary": "day"}, "summary", "is not known here"),
        (GROUPS, {"min_people": "1"}, "min_people", "must be between 2 and 10000, is 1"),
        (GROUPS, {"gap": "601"}, "gap", "must be at most 600"),
        (GROUPS, {"distance": "5"}, "distance", "is not known here"),
        (INTRODUCTIONS, {"limit": "1001"}, "limit", "must be between 1 and 1000, is 1001"),
    ],
)
def test_bad_input_names_field_and_reason(
    client: FlaskClient, path: str, query: dict[str, str], field: str, reason: str
) -> None:
    response = client.get(path, query_string={**DAYS, **query})
    assert response.status_code == 400
    assert response.get_json()["errors"] == [{"field": field, "reason": reason}]


def test_a_question_that_is_too_large_says_what_to_narrow(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_STEPS", 10)
    response = client.get(GROUPS, query_string=DAYS)
    assert (response.status_code, response.get_json()["errors"][0]["field"]) == (400, "min_duration")
    monkeypatch.setattr(groups, "MOST_MEETINGS", 3)
    response = client.get(GROUPS, query_string=DAYS)
    assert (response.status_code, response.get_json()["errors"][0]["field"]) == (400, "end_date")
    assert "person_id" in response.get_json()["errors"][0]["reason"]


class Badges(Gate):
    """Each token says what it is good for."""

    @property
    def is_open(self) -> bool:
        return False

    def identify(self, authorization: str | None) -> Caller | None:
        callers = {
            "Bearer of 4": Caller("four", frozenset({MEETINGS_READ}), 4, 2e9),
            "Bearer of 1": Caller("one", frozenset({INTRODUCTIONS_READ}), 1, 2e9),
            "Bearer admin of 4": Caller("admin", frozenset({ADMIN}), 4, 2e9),
            "Bearer reader": Caller("reader", frozenset({MEETINGS_READ}), None, 2e9),
        }
        if authorization not in callers:
            raise NotAuthenticated("who are you?")
        return callers[authorization]


def asked_by(store: MemoryStore, directory: MemoryDirectory, bearer: str, path: str, **query: str) -> tuple[int, Any]:
    app = create_app(store, directory, 1000.0, lambda: None, Badges())
    headers = {"Authorization": f"Bearer {bearer}"}
    response = app.test_client().get(path, query_string={**DAYS, **query}, headers=headers)
    return response.status_code, response.get_json()


def test_a_bound_token_sees_only_groups_that_its_person_was_in(store: MemoryStore, directory: MemoryDirectory) -> None:
    status, rows = asked_by(store, directory, "of 4", GROUPS)
    assert (status, members(rows)) == (200, [[1, 2, 3, 4]])
    assert asked_by(store, directory, "of 4", GROUPS, person_id="4") == (200, rows)
    status, problem = asked_by(store, directory, "of 4", GROUPS, person_id="1")
    assert (status, problem["detail"]) == (403, "the token is bound to person 4, this is about person 1")
    for bearer in ("reader", "admin of 4"):
        status, rows = asked_by(store, directory, bearer, GROUPS)
        assert (status, members(rows)) == (200, [[1, 2, 3], [1, 2, 3, 4]])


def test_introductions_need_a_scope_of_their_own_where_the_token_is_bound(
    store: MemoryStore, directory: MemoryDirectory
) -> None:
    assert asked_by(store, directory, "of 4", "/api/persons/4/introductions")[0] == 403
    assert asked_by(store, directory, "of 1", "/api/persons/1/introductions")[0] == 200
    assert asked_by(store, directory, "of 1", "/api/persons/4/introductions")[0] == 403
    assert asked_by(store, directory, "of 1", "/api/persons/1/encounters")[0] == 403
    assert asked_by(store, directory, "reader", "/api/persons/4/introductions")[0] == 200


def test_whoever_asks_for_groups_is_audited(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get(GROUPS, query_string={**DAYS, "min_people": "4"}).close()
    [entry] = [entry for entry in logs if entry["event"] == "audit"]
    assert entry == {
        "event": "audit",
        "log_level": "info",
        "who": "address 127.0.0.1",
        "call": "GET /api/groups",
        "question": {**DAYS, "min_people": "4"},
        "status": 200,
        "rows": 1,
    }


def test_an_export_holds_the_meetings_that_are_remembered(client: FlaskClient, directory: MemoryDirectory) -> None:
    document = client.get("/api/persons/2/export").get_json()
    assert document["meeting_count"] == len(document["meetings"]) == 4
    assert {(row["person"]["id"], row["duration_s"]) for row in document["meetings"]} == {
        (1, 900.0),
        (3, 900.0),
        (4, 300.0),
        (5, 600.0),
    }
    directory.known.remove(1)
    assert client.get("/api/persons/2/export").get_json()["meeting_count"] == 3
