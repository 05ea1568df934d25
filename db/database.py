# ruff: noqa: INP001  for programs that are run by their paths
"""The database at DATABASE_URL, for the programs of this folder."""

import os
from typing import Any

import psycopg2
from sqlalchemy import Engine, create_engine


def engine_from_environment(**options: Any) -> Engine:  # noqa: ANN401  as create_engine has them
    """DATABASE_URL is libpq's, which may name several hosts (…@h1:5432,h2:5432/…?target_session_attrs=read-write)."""
    scheme, _, rest = os.environ["DATABASE_URL"].partition("://")
    url = f"{scheme.partition('+')[0]}://{rest}"
    return create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(url, connect_timeout=5), **options)
