"""Runs the migrations as the owner of the schema (DATABASE_URL), then applies db/grants.sql."""

import os
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, make_url, text

GRANTS = Path(__file__).parents[1] / "grants.sql"

# Taken for the length of the run, so that two migration jobs started at once go one after the other.
MIGRATION_LOCK = 7_134_201

# postgresql:// alone would mean another driver to SQLAlchemy.
url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg2")

with create_engine(url).connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
        # no_parameters: or the driver would take the % of format() for a placeholder.
        connection.exec_driver_sql(GRANTS.read_text(), execution_options={"no_parameters": True})
    connection.commit()
