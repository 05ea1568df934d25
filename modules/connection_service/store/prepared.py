"""What every question asks first: planned once for each session, with one plan for all, where a session can keep one.

Citus has no one plan for every person, and behind a pooler a session is somebody else's the next time.
"""

import re
from typing import Any, Final, NamedTuple

from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class
from sqlalchemy import Connection

IS_DISTRIBUTED: Final = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"
ONE_PLAN: Final = "SET plan_cache_mode = force_generic_plan"


class Statement(NamedTuple):
    name: str
    types: str  # of $1, $2, …
    query: str


def execute(borrowed: Connection, cursor: Cursor, statement: Statement, *values: object) -> tuple[Any, ...] | None:
    """Its one row, if there is one. Raises what psycopg2 raises."""
    if _can_prepare(borrowed, cursor):
        if statement.name not in borrowed.info:
            cursor.execute(f"PREPARE {statement.name}({statement.types}) AS {statement.query}")
            borrowed.info[statement.name] = True
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"EXECUTE {statement.name}({places})", values)
    else:
        written = {str(number): value for number, value in enumerate(values, 1)}
        cursor.execute(re.sub(r"\$(\d)", r"%(\1)s", statement.query), written)
    row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _can_prepare(borrowed: Connection, cursor: Cursor) -> bool:
    info = borrowed.info
    if "begin" in info:  # the session is a pooler's
        return False
    if "prepares" not in info:
        cursor.execute(IS_DISTRIBUTED)
        [(is_distributed,)] = cursor
        if not is_distributed:
            cursor.execute(ONE_PLAN)
        info["prepares"] = not is_distributed
    return bool(info["prepares"])
