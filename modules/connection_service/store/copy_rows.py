"""The answer of COPY … TO STDOUT (FORMAT binary), read as columns without an object for each row.

Measured for 200,000 rows, query included: 100 ms; 440 ms by way of a tuple for each row. For 300 rows there is no
difference.
"""

from collections.abc import Callable
from io import BufferedWriter, RawIOBase
from typing import Any

import numpy as np

from proximity.fixes import Fixes
from service_kit.copy_columns import check_rows, from_time
from service_kit.copy_format import HEADER, SIGNATURE, TRAILER
from service_kit.stored_columns import FIX

ROWS_AT_ONCE = 1 << 16


class CopiedFixes:
    """A file for COPY to write to, that hands the rows on.

    They are (person_id, creation_time, latitude, longitude, accuracy_m). `receive` gets them as Fixes in the order of
    the answer, about `rows_at_once` at a time: the whole answer is never in memory. Raises ValueError where the bytes
    are anything else, such as a row with a NULL.
    """

    def __init__(self, receive: Callable[[Fixes], object], rows_at_once: int = ROWS_AT_ONCE) -> None:
        self.rows = 0
        self._receive = receive
        self._rest = b""
        self._begun = False
        # The database's library writes row by row. A buffer of Python's own takes one in 0.1 µs.
        self._portions = _Portions(self._hand_on)
        self._buffer = BufferedWriter(self._portions, rows_at_once * FIX.itemsize)
        self.write = self._buffer.write

    def finish(self) -> None:
        """Hand the last rows on. There will be no more."""
        self._buffer.flush()
        self.give_up()
        if self._rest != TRAILER:
            raise ValueError("the answer of COPY is not made of rows of five fixed columns")

    def give_up(self) -> None:
        """Nothing more is handed on, also not what is in the buffer. Frees the memory: this object refers to itself."""
        self._portions.hand_on = len

    def _hand_on(self, written: memoryview) -> None:
        fixes, self._rest = _read(self._rest + written, with_header=not self._begun)
        self._begun = True
        self.rows += fixes.size
        if fixes.size:
            self._receive(fixes)


class _Portions(RawIOBase):
    """What a buffer is emptied into."""

    def __init__(self, hand_on: Callable[[memoryview], object]) -> None:
        self.hand_on = hand_on

    def writable(self) -> bool:
        return True

    def write(self, written: Any) -> int:  # noqa: ANN401  the base class takes any buffer; this one is given memoryviews
        self.hand_on(written)
        return len(written)


def _read(copied: bytes, *, with_header: bool) -> tuple[Fixes, bytes]:
    """Copy all whole rows out of the buffer, and what is left behind them."""
    start = len(HEADER) if with_header else 0
    if with_header and copied[: len(SIGNATURE)] != SIGNATURE:
        raise ValueError("the answer of COPY does not begin as it should")
    rows = np.frombuffer(copied, FIX, (len(copied) - start) // FIX.itemsize, start)
    check_rows(rows)
    fixes = Fixes(
        person_id=rows["person_id"].astype(np.int64),
        time_us=from_time(rows["creation_time"]),
        latitude=rows["latitude"].astype(np.float64),
        longitude=rows["longitude"].astype(np.float64),
        accuracy_m=rows["accuracy_m"].astype(np.float32),
    )
    return fixes, copied[start + rows.nbytes :]
