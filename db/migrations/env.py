"""Runs the migrations as the owner of the schema (DATABASE_URL), then applies db/grants.sql."""

import os
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, text

GRANTS = Path(__file__).parents[1] / "grants.sql"

# Taken for the length of the run, so that two migration jobs started at once go one after the other.
MIGRATION_LOCK = 7_134_201

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
        connection.exec_driver_sql(GRANTS.read_text())
    connection.commit()
