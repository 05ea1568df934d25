"""PostgreSQL through SQLAlchemy: an engine with sensible limits, and a connection whose failures have domain names."""

import select
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service_kit.errors import DependencyDown


def make_engine(url: str, *, application_name: str, pool_size: int, statement_timeout_s: float = 5) -> Engine:
    """Make an engine after the fork; it connects when first used.

    Every statement is a transaction of its own (autocommit): begin and rollback would cost a round trip each.
    """
    # Compiling a plan (jit) takes ten times as long as running it: the estimates for many partitions are high.
    options = f"-c statement_timeout={round(statement_timeout_s * 1000)} -c timezone=UTC -c jit=off"
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),  # postgresql:// alone would mean another driver
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,  # they hold names of persons
        connect_args={"application_name": application_name, "connect_timeout": 3, "options": options},
    )
    event.listen(engine, "checkout", _refuse_ended)
    return engine


def _refuse_ended(session: psycopg2.extensions.connection, _record: object, _proxy: object) -> None:
    """Have a session replaced that the server has ended, such as by its restart.

    The server says so before it closes the connection: an idle session from which something can be read is no more. To
    look costs 2 µs; a ping, which would find out as well, is a round trip of 100 µs for every question.
    """
    if session.closed:
        raise DisconnectionError
    readable = select.poll()
    readable.register(session, select.POLLIN)
    if readable.poll(0):
        raise DisconnectionError


@contextmanager
def connection(engine: Engine) -> Iterator[Connection]:
    """Borrow a connection. Raises DependencyDown where the database does not answer, or not in time."""
    try:
        with engine.connect() as borrowed:
            yield borrowed
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DependencyDown("the database") from error


def check_table(engine: Engine, table: str) -> None:
    """Say by returning that the table can be read. Raises DependencyDown, also before the migrations have run."""
    with connection(engine) as borrowed:
        try:
            borrowed.execute(text(f"SELECT FROM {table} LIMIT 1"))
        except ProgrammingError as error:
            raise DependencyDown(f"the table {table}") from error
