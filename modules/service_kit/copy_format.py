"""What every COPY … WITH (FORMAT binary) has around its rows, and from when on PostgreSQL counts.

https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format".
"""

from typing import Final

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0"
HEADER: Final = SIGNATURE + bytes(8)  # no flags, and no extension of the header
TRAILER: Final = b"\xff\xff"

EPOCH_US: Final = 946_684_800_000_000
"""2000-01-01 UTC, in microseconds since 1970: a timestamptz is the microseconds since then."""
