"""The public starter's algorithm, written by us on a schema like its own: for every own location one query over the
whole range.

Its other defects are left out in its favour: axes are not swapped, the last day belongs to the range, no list of all
people is loaded for each question, and there is no layer between it and the database. What cannot be left out: it
knows no time window, and a location that was near ten own ones comes ten times.
"""

import random
import time
from datetime import UTC
from typing import Any, NamedTuple

import psycopg2

from benchmarks.query.over_http import Row
from benchmarks.query.question import Question
from location_client.readers.instants import EPOCH, MICROSECOND

LONGEST = "120s"
SCHEMA = """
    CREATE SCHEMA starter;
    CREATE TABLE starter.location (
        id            serial PRIMARY KEY,
        person_id     integer NOT NULL REFERENCES person (id),
        coordinate    geometry NOT NULL,
        creation_time timestamp NOT NULL DEFAULT now()
    );
    INSERT INTO starter.location (person_id, coordinate, creation_time)
    SELECT person_id, coordinate, creation_time AT TIME ZONE 'UTC' FROM location;
    CREATE INDEX ON starter.location (coordinate);
    CREATE INDEX ON starter.location (creation_time);
"""
OWN = """
    SELECT ST_X(own.coordinate), ST_Y(own.coordinate)
    FROM starter.location AS own
    WHERE own.person_id = %(person_id)s AND own.creation_time >= %(start)s AND own.creation_time < %(end)s
"""
NEAR = """
    SELECT other.id, other.person_id, other.creation_time, ST_X(other.coordinate), ST_Y(other.coordinate)
    FROM starter.location AS other
    WHERE ST_DWithin(
            other.coordinate::geography, ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4326)::geography, %(distance)s)
      AND other.person_id <> %(person_id)s
      AND other.creation_time >= %(start)s AND other.creation_time < %(end)s
"""


class Took(NamedTuple):
    seconds: float  # of all of its queries
    queries: int  # of which so many were made; the others are taken to last as long on average
    found: set[Row]  # of those that were made


class Starter:
    def __init__(self, url: str) -> None:
        self.session = psycopg2.connect(url, options=f"-c statement_timeout={LONGEST} -c timezone=UTC")
        self.session.autocommit = True

    def ask(self, question: Question, most_queries: int | None = None) -> Took:
        """`most_queries`: make only so many of them, for own locations drawn at random."""
        values = {
            "person_id": question.person_id,
            "start": question.start.replace(tzinfo=None),
            "end": question.end.replace(tzinfo=None),
            "distance": question.kind.distance_m,
        }
        rows: list[tuple[Any, ...]] = []
        with self.session.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(OWN, values)
            own = cursor.fetchall()
            own_seconds = time.perf_counter() - began
            drawn = random.Random(question.person_id)  # noqa: S311  a choice, no secret
            asked = own if most_queries is None else drawn.sample(own, min(most_queries, len(own)))
            began = time.perf_counter()
            for x, y in asked:
                cursor.execute(NEAR, {**values, "x": x, "y": y})
                rows += cursor.fetchall()
            seconds = time.perf_counter() - began
        found = {(person, (at.replace(tzinfo=UTC) - EPOCH) // MICROSECOND) for _, person, at, _, _ in rows}
        extrapolated = own_seconds + seconds * (len(own) / max(1, len(asked)))
        return Took(extrapolated, len(asked), found)

    def close(self) -> None:
        self.session.close()
