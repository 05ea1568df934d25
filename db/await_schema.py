# ruff: noqa: INP001  a program that is run by its path
"""Waits until the database at DATABASE_URL answers, or with `schema` until it is at the schema of this version.

    python db/await_schema.py database|schema

A schema newer than this version knows is fine: code must run on the schema of the version after it, so that a release
can be rolled back.
"""

import os
import sys
import time
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from database import engine_from_environment
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

AT_MOST_S = float(os.environ.get("SCHEMA_WAIT_S", "300"))
TRY_EVERY_S = 1.0


def main(what: str) -> None:
    engine = engine_from_environment()
    deadline = time.monotonic() + AT_MOST_S
    reason = ""
    while time.monotonic() < deadline:
        try:
            with engine.connect() as connection:
                if what == "database" or is_at_head(connection):
                    return
                reason = "the migrations have not run yet"
        except DBAPIError as error:
            reason = str(error.orig).strip()
        time.sleep(TRY_EVERY_S)
    raise SystemExit(f"Waited {AT_MOST_S:.0f} s for the {what}: {reason}")


def is_at_head(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(Config(Path(__file__).with_name("alembic.ini")))
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current is None:
        return False
    try:
        scripts.get_revision(current)
    except CommandError:
        return True  # of a later version
    return bool(current == scripts.get_current_head())


if __name__ == "__main__":
    main(sys.argv[1])
