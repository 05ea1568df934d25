"""Groups, introductions, summaries and exports from a real store, beside the same worked out from its rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import psycopg2
import pytest
from flask.testing import FlaskClient

from deployment.native.schema import Database
from proximity.everybody.meetings import ESTIMATOR
from proximity.network.groups import PairMeetings, groups
from proximity.windows import WINDOW_US
from tests.integration.connection_service.conftest import PeopleServer

FIRST_DAY = datetime(2026, 2, 27, tzinfo=UTC)
DAYS = 5  # over the end of a month
RANGE = {"start_date": "2026-02-27", "end_date": "2026-03-03"}
FIRST_WINDOW = int(FIRST_DAY.timestamp()) // 1200
WINDOWS = DAYS * 72
PEOPLE = 12
SECOND_US = 1_000_000

INSERT = """
    INSERT INTO connectivity VALUES (%s, %s, to_timestamp(%s / 1e6::float8), to_timestamp(%s / 1e6::float8), %s, %s, %s,
                                     0.1, to_timestamp(%s / 1e6::float8), 47, 8, 1, 1)
"""


class Row(NamedTuple):
    """What two had of each other in a window."""

    person_id: int
    other_id: int
    started_us: int
    ended_us: int
    closest_m: float

    @property
    def window(self) -> int:
        return self.started_us // WINDOW_US


def random_rows(seed: int) -> list[Row]:
    """Some gather now and then, and stay over borders of windows too; of a few pairs only one side is there."""
    random = np.random.default_rng(seed)
    meetings: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for _ in range(25):
        start_us = (FIRST_WINDOW * 1200 + int(random.integers(0, WINDOWS * 1200 - 9000))) * SECOND_US
        members = sorted(random.choice(np.arange(1, PEOPLE + 1), int(random.integers(2, 5)), replace=False).tolist())
        came = {who: start_us + int(random.integers(0, 900)) * SECOND_US for who in members}
        left = {who: came[who] + int(random.integers(60, 5000)) * SECOND_US for who in members}
        for one in members:
            for other in members:
                begin, end = max(came[one], came[other]), min(left[one], left[other])
                if one < other and begin < end:
                    meetings.setdefault((one, other), []).append((begin, end))
    rows = []
    for (one, other), spans in meetings.items():
        spans.sort()
        for begin, end in (span for span, after in pairwise([*spans, (2**62, 2**62)]) if span[1] < after[0]):
            borders = [begin, *range((begin // WINDOW_US + 1) * WINDOW_US, end, WINDOW_US), end]
            sides = [(one, other), (other, one)][: 1 if random.random() < 0.1 else 2]
            closest_m = float(random.uniform(0, 5))
            rows += [Row(*side, low, high, closest_m) for low, high in pairwise(borders) for side in sides]
    return rows


@pytest.fixture
def remember(database: Database) -> Callable[[Sequence[Row], set[int]], None]:
    """Fill the table: all windows of the days are settled, but for those that are due."""

    def remember(rows: Sequence[Row], due: set[int]) -> None:
        with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
            cursor.execute("TRUNCATE connectivity, connectivity_progress, connectivity_due")
            cursor.execute("SELECT settle_connectivity(%s, 5, 0.5, %s)", [FIRST_WINDOW + WINDOWS, ESTIMATOR])
            for day in range(DAYS):
                cursor.execute("SELECT ensure_connectivity_partition(%s)", [(FIRST_DAY + timedelta(days=day)).date()])
            for row in rows:
                lasts_us = row.ended_us - row.started_us
                values = [*row[:4], lasts_us, 800 * lasts_us, row.closest_m, row.started_us]
                cursor.execute(INSERT, values)
            for window in due:
                cursor.execute("INSERT INTO connectivity_due (window_number) VALUES (%s)", [window])
        session.close()

    return remember


def pages(client: FlaskClient, path: str, **query: Any) -> Iterator[Any]:
    response = client.get(path, query_string={**RANGE, **query})
    while True:
        assert response.status_code == 200, response.text
        yield from response.get_json()
        if "Link" not in response.headers:
            return
        response = client.get(response.headers["Link"].partition(">")[0].strip("<"))


def settled(rows: Sequence[Row], due: set[int]) -> list[Row]:
    return [row for row in rows if row.window not in due]


def instant_us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1e6)


def pairs_of(rows: Sequence[Row]) -> PairMeetings:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return PairMeetings._make([*columns, columns[2], columns[4], columns[4]]).by_pair()


@pytest.mark.parametrize("seed", range(6))
def test_groups_are_those_of_the_rows_also_when_one_member_is_asked_for(
    client: FlaskClient, remember: Any, seed: int
) -> None:
    rows = random_rows(seed)
    due = {row.window for row in rows[:: len(rows) // 2]} if seed % 2 else set()
    remember(rows, due)
    expected = [
        (group.started_us, group.ended_us, list(group.members))
        for group in groups(pairs_of(settled(rows, due)), 30 * SECOND_US, 2, 60 * SECOND_US, 10**9)
    ]

    def found(**query: Any) -> list[tuple[int, int, list[int]]]:
        return [
            (
                instant_us(row["started_at"]),
                instant_us(row["ended_at"]),
                [person["id"] for person in row["members"]],
            )
            for row in pages(client, "/api/groups", min_people=2, **query)
        ]

    assert expected
    assert max(len(members) for _, _, members in expected) > 2
    assert found() == expected
    assert found(limit=3) == expected
    for person in range(1, PEOPLE + 1):
        assert found(person_id=person) == [group for group in expected if person in group[2]]


def test_who_comes_and_goes_while_the_others_are_away_for_a_moment_was_with_both_all_the_time(
    client: FlaskClient, remember: Any
) -> None:
    """What bridges their absence lies in windows in which the one asked for met nobody."""
    low_us, high_us = ((FIRST_WINDOW + number) * WINDOW_US for number in (5, 6))
    together = [
        ((2, 3), low_us - 600 * SECOND_US, low_us - 10 * SECOND_US),
        ((2, 3), low_us + 15 * SECOND_US, high_us - 15 * SECOND_US),
        ((2, 3), high_us + 10 * SECOND_US, high_us + 300 * SECOND_US),
        *(((1, other), low_us + 5 * SECOND_US, high_us - 5 * SECOND_US) for other in (2, 3)),
    ]
    rows = [Row(*side, begin, end, 1.0) for (a, b), begin, end in together for side in ((a, b), (b, a))]
    remember(rows, set())
    everybodys = list(pages(client, "/api/groups"))
    [group] = pages(client, "/api/groups", person_id=1)
    assert everybodys == [group]
    assert instant_us(group["started_at"]) == low_us + 5 * SECOND_US
    assert instant_us(group["ended_at"]) == high_us - 5 * SECOND_US


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("min_duration_s", [0, 1500])
def test_introductions_are_those_that_the_rows_add_up_to(
    client: FlaskClient, remember: Any, seed: int, min_duration_s: int
) -> None:
    rows = random_rows(100 + seed)
    due = {row.window for row in rows[:: len(rows) // 2]} if seed % 2 else set()
    remember(rows, due)
    total: dict[int, dict[int, float]] = {person: {} for person in range(1, PEOPLE + 1)}
    for row in settled(rows, due):
        known = total[row.person_id]
        known[row.other_id] = known.get(row.other_id, 0) + (row.ended_us - row.started_us) / 1e6
    some = 0
    for person, others in total.items():
        own = {other: s for other, s in others.items() if s >= min_duration_s}
        expected: dict[int, dict[int, tuple[float, float]]] = {}
        for between, own_s in own.items():
            for other, other_s in total[between].items():
                if other != person and other not in own and other_s >= min_duration_s:
                    expected.setdefault(other, {})[between] = own_s, other_s
        answer = list(pages(client, f"/api/persons/{person}/introductions", min_duration=min_duration_s))
        assert {
            row["person"]["id"]: {
                via["person"]["id"]: (via["own_duration_s"], via["other_duration_s"]) for via in row["via"]
            }
            for row in answer
        } == expected
        strengths = [row["strength_s"] for row in answer]
        assert strengths == sorted(strengths, reverse=True)
        for row in answer:
            assert row["strength_s"] == sum(min(way) for way in expected[row["person"]["id"]].values())
        some += len(answer)
    assert some > PEOPLE


def test_summaries_and_exports_are_what_the_encounters_are(client: FlaskClient, remember: Any) -> None:
    rows = random_rows(200)
    remember(rows, set())
    some = 0
    for person in range(1, PEOPLE + 1):
        met = list(pages(client, f"/api/persons/{person}/encounters"))
        some += len(met)
        document = json.loads(client.get(f"/api/persons/{person}/export").data)
        assert document["meetings"] == met
        assert document["meeting_count"] == len(met)
        for period in ("day", "week", "month"):
            sums: dict[int, float] = {}
            for row in pages(client, f"/api/persons/{person}/encounters", summary=period, limit=4):
                sums[row["person"]["id"]] = sums.get(row["person"]["id"], 0) + row["duration_s"]
                assert row["first_day"] <= row["first_met_at"][:10] <= row["last_day"]
            expected: dict[int, float] = {}
            for row in met:
                expected[row["person"]["id"]] = expected.get(row["person"]["id"], 0) + row["duration_s"]
            assert sums == pytest.approx(expected)
    assert some > PEOPLE


def test_whoever_person_service_has_erased_is_nowhere_though_the_rows_are_still_there(
    client: FlaskClient, remember: Any, people_server: PeopleServer
) -> None:
    """An erasure that broke off between its first transaction and the meetings."""
    start = FIRST_WINDOW * WINDOW_US
    rows = [
        Row(one, other, start, start + 600 * SECOND_US, 1.0)
        for one, other in [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2), (2, 4), (4, 2), (3, 5), (5, 3)]
    ]
    remember(rows, set())
    people_server.forget(2)
    assert list(pages(client, "/api/groups")) == []
    assert [[person["id"] for person in row["members"]] for row in pages(client, "/api/groups", min_people=2)] == [
        [1, 3],
        [3, 5],
    ]
    [introduced] = pages(client, "/api/persons/1/introductions")
    assert (introduced["person"]["id"], introduced["via"][0]["person"]["id"]) == (5, 3)
    assert [row["person"]["id"] for row in json.loads(client.get("/api/persons/1/export").data)["meetings"]] == [3]
    assert client.get("/api/groups", query_string={**RANGE, "person_id": 2}).status_code == 404


def test_all_of_it_says_until_when_it_is_settled(client: FlaskClient, remember: Any) -> None:
    remember([], {FIRST_WINDOW + 7})
    for path in ("/api/groups", "/api/persons/1/introductions", "/api/persons/1/encounters"):
        response = client.get(path, query_string=RANGE)
        assert f"settled=@{(FIRST_WINDOW + 7) * 1200}" in response.headers["Udaconnect-Freshness"]


def test_before_anything_is_settled_there_is_nothing_and_a_database_that_is_down_is_said(
    client: FlaskClient, make_client: Callable[..., FlaskClient]
) -> None:
    away = make_client(database_url="postgresql://connection_service:x@127.0.0.1:1/none")
    for path in ("/api/groups", "/api/persons/1/introductions"):
        assert client.get(path, query_string=RANGE).get_json() == []
        assert client.get(path, query_string={"start_date": "0001-01-01", "end_date": "9999-12-31"}).get_json() == []
        assert away.get(path, query_string=RANGE).status_code == 503
