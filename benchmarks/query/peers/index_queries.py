"""The bare index queries: the service's own SQL by psycopg2, its probes worked out beforehand, the rows fetched.

What the service adds to this is its work: probes, exact match, names, JSON, HTTP. (It reads rows in another way, as
bytes by COPY, which is why it may be faster than these where there are many.)
"""

import time
from typing import Any, NamedTuple

import numpy as np
import psycopg2

from benchmarks.query.question import Question
from connection_service.store.locations import CANDIDATES, TRACK, probe_values
from location_client.readers.instants import EPOCH, MICROSECOND
from proximity.cells import probes
from proximity.fixes import Fixes

MAX_ROWS = 1_000_000
MICROSECONDS = 1_000_000


class Found(NamedTuple):
    seconds: float  # of the two queries together
    rows: int  # candidates: more than are near


class IndexQueries:
    def __init__(self, url: str) -> None:
        self.session = psycopg2.connect(url, options="-c jit=off -c timezone=UTC")
        self.session.autocommit = True

    def ask(self, question: Question) -> Found:
        start_us = round(question.start.timestamp()) * MICROSECONDS
        end_us = round(question.end.timestamp()) * MICROSECONDS - 1
        window_us = None if question.window_s is None else round(question.window_s * MICROSECONDS)
        values: dict[str, object] = {
            "person_id": question.person_id,
            "start": f"{question.start.isoformat()}",
            "end": f"{question.last_day} 23:59:59.999999+00",
            "max_rows": MAX_ROWS,
        }
        with self.session.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(TRACK, values)
            track = cursor.fetchall()
            seconds = time.perf_counter() - began
            wanted = probes(as_fixes(track), question.kind.distance_m, window_us, start_us, end_us)
            values |= probe_values(wanted, start_us, end_us)
            began = time.perf_counter()
            cursor.execute(CANDIDATES, values)
            rows = cursor.fetchall()
            return Found(seconds + time.perf_counter() - began, len(rows))

    def close(self) -> None:
        self.session.close()


def as_fixes(rows: list[tuple[Any, ...]]) -> Fixes:
    person, time_, latitude, longitude, accuracy_m = zip(*sorted(rows, key=lambda row: row[1]), strict=True)
    return Fixes(
        np.array(person),
        np.array([(at - EPOCH) // MICROSECOND for at in time_]),
        np.array(latitude),
        np.array(longitude),
        np.array(accuracy_m, np.float32),
    )
