"""One connection to PostgreSQL, made when first needed and again after it broke, and transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  it is a class
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise

from service_kit.lasting_session import connect


class StoreUnavailableError(Exception):
    """The database did not do its work: trying again is right."""


class Transactions:
    """Not thread-safe. Each begins with `set_up`: pgbouncer may give each another session of the server's."""

    def __init__(self, database_url: str, set_up: str) -> None:
        self._database_url = database_url
        self._set_up = set_up
        self._connection: Connection | None = None

    @contextmanager
    def begin(self) -> Iterator[Cursor]:
        """Commit at the end of the block. Raises StoreUnavailableError."""
        try:
            if self._connection is None:
                self._connection = connect(self._database_url, "meeting_finder")
            with self._connection, self._connection.cursor() as cursor:
                cursor.execute(self._set_up)
                yield cursor
        except psycopg2.Error as error:
            self.close()
            raise StoreUnavailableError(f"SQLSTATE {error.pgcode}" if error.pgcode else str(error).strip()) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
