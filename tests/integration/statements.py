"""What a test does to its database by hand."""

from collections.abc import Callable
from typing import Any

import psycopg2

Query = Callable[..., list[Any]]


def execute(url: str, statement: str, *values: object) -> list[Any]:
    """Run it in a connection and a transaction of its own; returns the rows, where it has any."""
    session = psycopg2.connect(url)
    try:
        with session, session.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        session.close()


def add_people(url: str, count: int) -> None:
    """Persons 1, 2, … `count`."""
    execute(
        url,
        "INSERT INTO person (id, first_name, last_name, company_name) "
        "SELECT id, 'Ada', 'Byron', 'Looms' FROM generate_series(1, %s) AS id",
        count,
    )
