"""Runs the migrations as the owner of the schema (DATABASE_URL), then applies db/grants.sql.

STORE=citus: and db/citus.sql, which distributes what grows over many nodes.
"""

import os
from pathlib import Path

from alembic import context
from database import engine_from_environment
from sqlalchemy import text

FOLDER = Path(__file__).parents[1]
AFTERWARDS = ["citus.sql", "grants.sql"] if os.environ.get("STORE") == "citus" else ["grants.sql"]

# Taken for the length of the run, so that two migration jobs started at once go one after the other.
MIGRATION_LOCK = 7_134_201

with engine_from_environment().connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    # Whoever asks for a table that a change waits for waits behind it: better try again later.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
        for name in AFTERWARDS:
            # no_parameters: or the driver would take the % of format() for a placeholder.
            connection.exec_driver_sql((FOLDER / name).read_text(), execution_options={"no_parameters": True})
    connection.commit()
