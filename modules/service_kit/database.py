"""PostgreSQL through SQLAlchemy: an engine with sensible limits, and a connection whose failures have domain names.

The database may be several hosts of which one takes writes, may fail over, and may stand behind pgbouncer.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InvalidRequestError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from service_kit.errors import DependencyDown

BROKEN_CLASSES: Final = ("08", "57P")
"""Connection exceptions; shut down by an administrator, after a crash, starting up, database dropped, idle too long."""

READ_ONLY: Final = "25006"
"""What was asked for writes, and this is a standby, or a primary that is no more one."""

CANCELED: Final = "57014"  # a statement that took too long: the connection is as good as before


def make_engine(url: str, *, application_name: str, pool_size: int, statement_timeout_s: float = 5) -> Engine:
    """Make an engine after the fork; it connects when first used. `url` is libpq's, which may name several hosts.

    Every statement is a transaction of its own (autocommit): begin and rollback would cost a round trip each.
    """
    # Compiling a plan (jit) takes ten times as long as running it: the estimates for many partitions are high.
    settings = {"statement_timeout": f"{round(statement_timeout_s * 1000)}", "timezone": "'UTC'", "jit": "off"}

    def connect() -> psycopg2.extensions.connection:
        return psycopg2.connect(dsn(url), application_name=application_name, connect_timeout=3)

    def set_up(session: psycopg2.extensions.connection, entry: ConnectionPoolEntry) -> None:
        """As statements, because pgbouncer refuses what would be said while connecting (`options`)."""
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute("; ".join(f"SET {name} = {value}" for name, value in settings.items()))
            cursor.execute("SELECT pg_backend_pid()")
            [(server_pid,)] = cursor
        if server_pid != session.info.backend_pid:
            # A pooler answers, and may give each transaction another session of the server's, set up by nobody.
            locally = "; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items())
            entry.info["begin"] = f"BEGIN; {locally}"

    engine = create_engine(
        "postgresql+psycopg2://",  # the address is libpq's business: SQLAlchemy does not know several hosts
        creator=connect,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        hide_parameters=True,  # they hold names of persons
    )
    event.listen(engine, "connect", set_up)
    event.listen(engine, "checkout", _refuse_ended)
    event.listen(engine, "handle_error", _notice_broken)
    return engine


def dsn(url: str) -> str:
    """The same for libpq, where somebody wrote SQLAlchemy's name of the driver."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"


def is_broken(error: BaseException | None) -> bool:
    """Whether an error of psycopg2 says that its connection is of no use any more."""
    code = getattr(error, "pgcode", None) or ""
    return code == READ_ONLY or code.startswith(BROKEN_CLASSES)


def _notice_broken(context: ExceptionContext) -> None:
    """All connections of the pool that are as old are thrown away with this one: a failover concerns them all."""
    if is_broken(context.original_exception):
        context.is_disconnect = True


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
    """Borrow a connection. Raises DependencyDown where the database does not answer, not in time, or takes no writes.

    Behind a pooler all that is done with it is one transaction.
    """
    try:
        with _connected(engine) as borrowed:
            begin = borrowed.info.get("begin")
            if begin is None:
                yield borrowed
            else:
                with _one_transaction(borrowed, begin):
                    yield borrowed
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DependencyDown("the database") from error
    except DBAPIError as error:
        if is_broken(error.orig):
            raise DependencyDown("the database") from error
        raise


def _connected(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except InvalidRequestError as error:  # what the pool says where new sessions, too, are ended at once
        raise DependencyDown("the database") from error


@contextmanager
def _one_transaction(borrowed: Connection, begin: str) -> Iterator[None]:
    borrowed.exec_driver_sql(begin)
    try:
        yield
    except BaseException:
        if not borrowed.invalidated:
            borrowed.invalidate()  # it may be in the middle of anything
        raise
    if not borrowed.invalidated:
        borrowed.exec_driver_sql("COMMIT")


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """Borrow a connection that takes writes, as long as there is one. Raises DependencyDown.

    Connections that were made while the database was read-only may have stayed so. To ask costs a round trip.
    """
    with connection(engine) as borrowed:
        writable = _takes_writes(borrowed)
        if writable:
            yield borrowed
            return
        borrowed.invalidate()
    engine.dispose()  # the others in the pool are as old
    with connection(engine) as borrowed:
        if not _takes_writes(borrowed):
            borrowed.invalidate()
            raise DependencyDown("a database that takes writes")
        yield borrowed


def _takes_writes(borrowed: Connection) -> bool:
    return bool(borrowed.exec_driver_sql("SHOW transaction_read_only").scalar() == "off")


@contextmanager
def raw_errors(borrowed: Connection) -> Iterator[None]:
    """For what is done with psycopg2 itself on a borrowed connection: its errors are seen to as SQLAlchemy's would be.

    Raises DependencyDown. After any other error, too, the connection is thrown away: it may be in the middle of a COPY.
    """
    try:
        yield
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        if error.pgcode == CANCELED:
            raise
        borrowed.invalidate(error)
        raise DependencyDown("the database") from error
    except psycopg2.Error as error:
        borrowed.invalidate(error)
        if is_broken(error):
            raise DependencyDown("the database") from error
        raise
    except Exception:
        borrowed.invalidate()
        raise


def check_table(engine: Engine, table: str, *, writing: bool = False) -> None:
    """Say by returning that the table can be read, and if need be written to.

    Raises DependencyDown, also before the migrations have run.
    """
    with (writing_connection if writing else connection)(engine) as borrowed:
        try:
            borrowed.execute(text(f"SELECT FROM {table} LIMIT 1"))
        except ProgrammingError as error:
            raise DependencyDown(f"the table {table}") from error
