"""The answer of COPY … TO STDOUT (FORMAT binary), read as columns without an object for each row.

Measured for 200,000 rows, query included: 100 ms; 440 ms by way of a tuple for each row. For 300 rows there is no
difference.
The format: https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format".
"""

import numpy as np

from connection_service.fixes import Fixes

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
HEADER_BYTES = len(SIGNATURE) + 8  # flags, and the length of an extension that does not exist
TRAILER_BYTES = 2

# One row: the number of columns, then each column behind its length. No column may be NULL: that would be shorter.
ROW = np.dtype(
    [
        ("columns", ">i2"),
        ("person_id_bytes", ">i4"),
        ("person_id", ">i8"),
        ("creation_time_bytes", ">i4"),
        ("creation_time", ">i8"),
        ("latitude_bytes", ">i4"),
        ("latitude", ">f8"),
        ("longitude_bytes", ">i4"),
        ("longitude", ">f8"),
        ("accuracy_m_bytes", ">i4"),
        ("accuracy_m", ">f4"),
    ]
)
LENGTHS = {"columns": 5, "person_id_bytes": 8, "creation_time_bytes": 8, "latitude_bytes": 8, "longitude_bytes": 8}

# PostgreSQL counts the microseconds of a timestamptz from 2000-01-01 UTC.
POSTGRESQL_EPOCH_US = 946_684_800_000_000


def read_fixes(copied: memoryview) -> Fixes:
    """Make Fixes, in their order, of the rows (person_id, creation_time, latitude, longitude, accuracy_m).

    Raises ValueError where the bytes are anything else, such as a row with a NULL.
    """
    count, rest = divmod(len(copied) - HEADER_BYTES - TRAILER_BYTES, ROW.itemsize)
    if count < 0 or rest or copied[: len(SIGNATURE)] != SIGNATURE:
        raise ValueError("the answer of COPY is not made of rows of five fixed columns")
    rows = np.frombuffer(copied, ROW, count, HEADER_BYTES)
    if any((rows[name] != length).any() for name, length in LENGTHS.items()):
        raise ValueError("the answer of COPY has a row with other columns, or a NULL")
    order = np.lexsort((rows["person_id"], rows["creation_time"]))
    rows = rows[order]
    return Fixes(
        person_id=rows["person_id"].astype(np.int64),
        time_us=rows["creation_time"].astype(np.int64) + POSTGRESQL_EPOCH_US,
        latitude=rows["latitude"].astype(np.float64),
        longitude=rows["longitude"].astype(np.float64),
        accuracy_m=rows["accuracy_m"].astype(np.float32),
    )
