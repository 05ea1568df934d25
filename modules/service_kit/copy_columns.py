"""Columns without NULL to the bytes of COPY … WITH (FORMAT binary), and back.

https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format".
"""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service_kit.copy_format import EPOCH_US, HEADER, SIGNATURE, TRAILER

Rows = NDArray[np.void]

BIGINT: Final = ">i8"
TIME: Final = ">i8"  # microseconds since EPOCH_US
DOUBLE: Final = ">f8"
REAL: Final = ">f4"

ROW_HEAD: Final = 2  # bytes: how many columns
VALUE_BYTES: Final = 8
CELL: Final = np.dtype([("bytes", ">i4"), ("value", ">i8")])

NO_FIXED_COLUMNS: Final = "the answer of COPY is not made of rows of fixed columns"
OTHER_COLUMNS: Final = "the answer of COPY has a row with other columns, or a NULL"


def row_of(columns: Mapping[str, str]) -> np.dtype[np.void]:
    """One row: the number of columns, then each column behind its length. `columns`: one of the types above by name."""
    fields = [("columns", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_bytes", ">i4"), (name, kind)]
    return np.dtype(fields)


def lengths_of(row: np.dtype[np.void]) -> dict[str, int]:
    """What stands in a row besides its values. No column may be NULL: that would be shorter."""
    names = (row.names or ())[2::2]
    return {"columns": len(names)} | {f"{name}_bytes": row[name].itemsize for name in names}


def check_rows(rows: Rows) -> None:
    """Raises ValueError where they are not what their type says."""
    if any((rows[name] != length).any() for name, length in lengths_of(rows.dtype).items()):
        raise ValueError(OTHER_COLUMNS)


def read_rows(copied: bytes, row: np.dtype[np.void]) -> Rows:
    """All rows of an answer. Raises ValueError where it is anything else."""
    if not copied.startswith(SIGNATURE) or (len(copied) - len(HEADER) - len(TRAILER)) % row.itemsize:
        raise ValueError(NO_FIXED_COLUMNS)
    rows = np.frombuffer(copied, row, (len(copied) - len(HEADER)) // row.itemsize, len(HEADER))
    check_rows(rows)
    return rows


def read_columns(copied: bytes, names: Collection[str]) -> dict[str, NDArray[np.int64]]:
    """All rows of an answer whose columns are of eight bytes each: by name, those bytes as whole numbers.

    One look at all lengths and one copy of all values: for a few hundred rows that is a third of read_rows and a copy
    of each column. Raises ValueError where the answer is anything else.
    """
    count = len(names)
    row_bytes = ROW_HEAD + count * CELL.itemsize
    rows, rest = divmod(len(copied) - len(HEADER) - len(TRAILER), row_bytes)
    if not copied.startswith(SIGNATURE) or rest:
        raise ValueError(NO_FIXED_COLUMNS)
    counts = np.ndarray(rows, ">i2", copied, len(HEADER), (row_bytes,))
    cells = np.ndarray((count, rows), CELL, copied, len(HEADER) + ROW_HEAD, (CELL.itemsize, row_bytes))
    if (counts != count).any() or (cells["bytes"] != VALUE_BYTES).any():
        raise ValueError(OTHER_COLUMNS)
    return dict(zip(names, np.ascontiguousarray(cells["value"], np.int64), strict=True))


def written_rows(columns: Mapping[str, NDArray[np.generic]], row: np.dtype[np.void]) -> bytes:
    """The bytes for COPY … FROM STDIN; the columns are those of the row, all of one length."""
    rows = np.empty(next(iter(columns.values())).size, row)
    for name, length in lengths_of(row).items():
        rows[name] = length
    for name, values in columns.items():
        rows[name] = values
    return b"".join((HEADER, rows.tobytes(), TRAILER))


def from_time(column: NDArray[np.generic]) -> NDArray[np.int64]:
    """Microseconds since 1970 of a column of TIME."""
    time_us: NDArray[np.int64] = column.astype(np.int64) + EPOCH_US
    return time_us
