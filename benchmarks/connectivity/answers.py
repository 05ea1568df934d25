"""A month and a year of meetings over HTTP, beside the service's cheapest question, with many meetings there."""

import time
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from benchmarks.ingest.workload import PEOPLE
from benchmarks.query.over_http import Service
from benchmarks.services import service
from benchmarks.stores import Stores, connected, execute
from deployment.native.schema import Database
from proximity.everybody.meetings import ESTIMATOR

DAYS: Final = 365
FIRST_DAY: Final = date(2025, 11, 1)
FIRST_WINDOW: Final = (FIRST_DAY - date(1970, 1, 1)).days * 72
# Everybody meets others in windows spread over the year, five minutes each time.
FILL: Final = """
    INSERT INTO connectivity
    SELECT person, 1 + (person + number * 7919) %% %(people)s, started_at, started_at + interval '5 minutes', 300000000,
           240000000000, 1.5, 0.4, started_at + interval '1 minute', 47.0, 8.0, 30, 30
    FROM generate_series(1, %(people)s) AS person, generate_series(0, %(meetings)s - 1) AS number,
         LATERAL (SELECT %(first)s + number * %(windows)s / %(meetings)s AS window_number) AS at,
         LATERAL (SELECT to_timestamp(60 + 1200.0 * window_number) AS started_at) AS begun
"""
WARM: Final = 20
CHEAPEST: Final = "locations?start_date=2025-11-02&end_date=2025-11-02"
YEAR: Final = "encounters?start_date=2025-11-01&end_date=2026-10-31"
UNTIL_ALL_ARE_KNOWN: Final = 400  # years of meetings


class Latencies(NamedTuple):
    """Of one question, in milliseconds."""

    cheapest: float
    month: float
    year: float
    summary: float  # of a year, by day
    meetings_a_year: int


def answers(stores: Stores, meetings: int, asked: int) -> Latencies:
    """The 95th percentile of so many questions each, with so many meetings in the table."""
    with stores.database() as database:
        fill(database, meetings)
        with (
            service(stores, "person_service", database),
            service(stores, "connection_service", database, WEB_CONCURRENCY="1"),
        ):
            http = Service(stores.addresses["CONNECTION_URL"])
            latency(http, YEAR, UNTIL_ALL_ARE_KNOWN)  # by name
            cheapest, _ = latency(http, CHEAPEST, asked)
            month, _ = latency(http, "encounters?start_date=2026-03-01&end_date=2026-03-31", asked)
            year, rows = latency(http, YEAR, asked)
            summary, _ = latency(http, f"{YEAR}&summary=day", asked)
            http.close()
    return Latencies(cheapest, month, year, summary, rows)


def fill(database: Database, meetings: int) -> None:
    for day in range(0, DAYS, 28):
        execute(database.owner, "SELECT ensure_connectivity_partition(%s)", FIRST_DAY + timedelta(days=day))
    windows = DAYS * 72
    execute(database.owner, "SELECT settle_connectivity(%s, 5, 0.5, %s)", FIRST_WINDOW + windows, ESTIMATOR)
    numbers = {"people": PEOPLE, "meetings": meetings // PEOPLE, "first": FIRST_WINDOW, "windows": windows}
    with connected(database.owner) as session, session.cursor() as cursor:
        cursor.execute(FILL, numbers)
    execute(database.superuser, "VACUUM ANALYZE connectivity")


def latency(http: Service, question: str, asked: int) -> tuple[float, int]:
    """Of persons in turn: the 95th percentile in milliseconds, and the rows of the last answer."""
    took_s = []
    rows = 0
    for number in range(WARM + asked):
        began = time.perf_counter()
        answer = http.get(f"/api/persons/{1 + number * 37 % PEOPLE}/{question}")
        took_s.append(time.perf_counter() - began)
        rows = len(answer.rows()) if number == WARM + asked - 1 else 0
    return float(np.percentile(took_s[WARM:], 95) * 1000), rows
