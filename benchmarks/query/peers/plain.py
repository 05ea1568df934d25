"""What one would write first: one table with a GiST index of geography, and one ST_DWithin self-join.

It is given what it needs: an index of persons and times for the track, and the time window in the join.
"""

import time
from datetime import timedelta
from typing import NamedTuple

import psycopg2

from benchmarks.query.over_http import Row
from benchmarks.query.question import Question
from location_client.readers.instants import EPOCH, MICROSECOND

LONGEST = "900s"
TABLE = """
    CREATE SCHEMA plain;
    CREATE TABLE plain.location (
        person_id     bigint NOT NULL,
        creation_time timestamptz NOT NULL,
        coordinate    geography(Point, 4326) NOT NULL
    );
    INSERT INTO plain.location
    SELECT person_id, creation_time, coordinate::geography FROM location;
"""
# After the rows: that is faster, and gives a better index.
INDEXES = """
    SET maintenance_work_mem = '1GB';
    ALTER TABLE plain.location ADD PRIMARY KEY (person_id, creation_time);
    CREATE INDEX ON plain.location USING gist (coordinate);
"""
JOIN = """
    FROM plain.location AS own
    JOIN plain.location AS other
      ON ST_DWithin(own.coordinate, other.coordinate, %(distance)s)
     AND other.person_id <> own.person_id
     AND other.creation_time BETWEEN own.creation_time - %(window)s AND own.creation_time + %(window)s
    WHERE own.person_id = %(person_id)s
      AND own.creation_time >= %(start)s AND own.creation_time < %(end)s
      AND other.creation_time >= %(start)s AND other.creation_time < %(end)s
"""
NEAR = f"SELECT DISTINCT other.person_id, other.creation_time {JOIN}"
HOW_NEAR = f"""
    SELECT other.person_id, other.creation_time, min(ST_Distance(own.coordinate, other.coordinate)) {JOIN}
    GROUP BY other.person_id, other.creation_time
"""
SLACK_M = 0.001  # asked for beyond the radius, so that what lies on the edge can be told from what is missing


class Found(NamedTuple):
    seconds: float
    rows: int


class Plain:
    def __init__(self, url: str) -> None:
        self.session = psycopg2.connect(url, options=f"-c statement_timeout={LONGEST} -c timezone=UTC")
        self.session.autocommit = True

    def ask(self, question: Question) -> Found:
        """Raises psycopg2.errors.QueryCanceled where it takes longer than LONGEST."""
        with self.session.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(NEAR, self._values(question, question.kind.distance_m))
            rows = cursor.fetchall()
            return Found(time.perf_counter() - began, len(rows))

    def distances(self, question: Question) -> dict[Row, float]:
        """Fix → metres to the nearest own one, up to SLACK_M more than asked for. Likewise."""
        with self.session.cursor() as cursor:
            cursor.execute(HOW_NEAR, self._values(question, question.kind.distance_m + SLACK_M))
            return {(person, (at - EPOCH) // MICROSECOND): metres for person, at, metres in cursor}

    def close(self) -> None:
        self.session.close()

    @staticmethod
    def _values(question: Question, distance_m: float) -> dict[str, object]:
        any_time = question.end - question.start
        window = any_time if question.window_s is None else timedelta(seconds=question.window_s)
        return {
            "person_id": question.person_id,
            "start": question.start,
            "end": question.end,
            "distance": distance_m,
            "window": window,
        }
