"""All that is stored of one person, however much it is: a portion at a time."""

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Final, Protocol

import numpy as np
import psycopg2
from sqlalchemy import Engine, text

from connection_service.store.copy_rows import CopiedFixes
from proximity.fixes import Fixes
from proximity.instants import DAY_US
from service_kit.database import connection, raw_errors
from service_kit.errors import DependencyDown

HISTORY: Final = files(__package__).joinpath("history.sql").read_text()
DAYS: Final = """
    SELECT to_date(right(relname, 8), 'YYYYMMDD')
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'location'::regclass
    ORDER BY 1
"""
DAYS_AT_ONCE: Final = 31
PORTION: Final = 10_000


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


def history(engine: Engine, person_id: int) -> Iterator[Fixes]:
    """Fixes of one person, by time: all of those that were stored when the first portion was asked for.

    Between two portions no connection is held, so that a slow reader keeps nobody waiting. Raises DependencyDown.
    """
    with connection(engine) as borrowed:
        days: list[date] = list(borrowed.scalars(text(DAYS)))
    for position in range(0, len(days), DAYS_AT_ONCE):
        some = days[position : position + DAYS_AT_ONCE]
        start_us, end_us = _first_us(some[0]), _first_us(some[-1]) + DAY_US - 1
        while start_us <= end_us:
            fixes = _portion(engine, person_id, start_us, end_us)
            if fixes.size:
                yield fixes
            start_us = int(fixes.time_us[-1]) + 1 if fixes.size == PORTION else end_us + 1


def _portion(engine: Engine, person_id: int, start_us: int, end_us: int) -> Fixes:
    parts: list[Fixes] = []
    copied = CopiedFixes(parts.append)
    values = {"person_id": person_id, "portion": PORTION, "start": _timestamp(start_us), "end": _timestamp(end_us)}
    copy_out(engine, HISTORY, values, copied)
    copied.finish()
    return Fixes.concatenate(parts)


def copy_out(engine: Engine, query: str, values: Mapping[str, object], file: Writable) -> None:
    """The rows of a query in COPY's binary form. Raises DependencyDown."""
    with connection(engine) as borrowed:
        try:
            with raw_errors(borrowed):
                cursor = borrowed.connection.cursor()
                filled = cursor.mogrify(query, values).decode()
                cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", file)
        except psycopg2.errors.QueryCanceled as error:
            raise DependencyDown("the database") from error


def _first_us(day: date) -> int:
    return int(np.datetime64(day, "us").astype(np.int64))


def _timestamp(time_us: int) -> str:
    return str(np.datetime_as_string(np.datetime64(time_us, "us"), timezone="UTC"))
