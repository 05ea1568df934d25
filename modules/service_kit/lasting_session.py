"""A session with PostgreSQL that lasts as long as its process, for one thread."""

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class


def connect(database_url: str, application_name: str) -> Connection:
    """One that is cut off is noticed within half a minute, not after the system's hours. Raises psycopg2.Error."""
    return psycopg2.connect(
        database_url,
        application_name=application_name,
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=30_000,
    )
