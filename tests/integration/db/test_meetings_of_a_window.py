"""What is remembered of a window is found without the rest of its month."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from deployment.native import citus
from deployment.native.schema import Database
from meeting_finder.store import FORGET
from tests.integration.statements import Query

# 100 meetings in each window, in the order of time.
MEETINGS = """
    INSERT INTO connectivity
    SELECT person, 1 + person %% 100, started_at, started_at + interval '1 minute', 60000000, 60000000, 1, 0.1,
           started_at, 47, 8, 1, 1
    FROM generate_series(%s, %s) AS number, generate_series(1, 100) AS person,
         LATERAL (SELECT timestamptz '2026-03-02 00:00Z' + number * interval '20 min' AS started_at) AS begun
"""
EARLY = datetime(2026, 3, 2, 16, 40, tzinfo=UTC)  # the 50th window
WINDOW = {"low": EARLY, "until": EARLY + timedelta(minutes=20)}


@pytest.mark.skipif(citus.is_used(), reason="the plan of a store of many nodes is that of each shard")
def test_a_window_is_found_where_later_ones_have_taken_the_place_of_what_was_deleted(
    database: Database, query: Query
) -> None:
    query("SELECT ensure_connectivity_partition('2026-03-01')")
    query(MEETINGS, 0, 199)
    query("DELETE FROM connectivity WHERE person_id IN (17, 59)")
    vacuum(database)
    query(MEETINGS, 200, 399)
    vacuum(database)
    with closing(psycopg2.connect(database.meeting_finder)) as session, session.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {FORGET}", WINDOW)
        [([plan],)] = cursor
    steps = list(steps_of(plan["Plan"]))
    assert any(step.get("Actual Rows") == 98 for step in steps)
    assert sum(value for step in steps for name, value in step.items() if name.startswith("Rows Removed")) == 0


def vacuum(database: Database) -> None:
    """As the server does by itself."""
    with closing(psycopg2.connect(database.superuser)) as session, session.cursor() as cursor:
        session.autocommit = True
        cursor.execute("VACUUM ANALYZE connectivity")


def steps_of(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from steps_of(part)
