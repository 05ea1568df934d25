"""The parts of tracks as pieces of ways: that is in C (pieces.c), called from here alone after all has been checked.

What lanes, parts and ways are is said by lanes.py, parts.py and ways.py; here they are columns.
"""

from collections.abc import Mapping, Sequence
from ctypes import Structure, byref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proximity.compiled import address, check, columns, fields, library

LIBRARY = library(__file__, "pieces")
LIBRARY.pieces_of.restype = None

Columns = Sequence[NDArray[Any]]


class _Rules(Structure):
    _fields_ = fields(("window_us",), ("quick_m_s", "unsure_s", "least_turn_s", "walking_m_s", "repeats"))


class _Lanes(Structure):
    _fields_ = fields(("rows", "lanes"), columns=("person_id", "window", "longest_gap_us", "time_us"))


class _Parts(Structure):
    _fields_ = fields(("size",), columns=(f"column_{number}" for number in range(10)))


class _Ways(Structure):
    _fields_ = fields(("capacity", "size"), columns=(f"column_{number}" for number in range(10)))


def pieces_of(lanes: Columns, parts: Columns, rules: Mapping[str, Any]) -> Columns:
    """Of the parts of m lanes the columns of their ways, by lane and time.

    The lanes are person_id, window and longest_gap_us [m], and time_us [n, m]. There is no piece where nobody knows:
    over the longest gap.
    """
    person_id, window, longest_gap_us, time_us = lanes
    rows, number = time_us.shape
    lane, first, last = parts[:3]
    check(
        person_id.shape == window.shape == longest_gap_us.shape == (number,)
        and all(column.shape == (3,) * (column.ndim - 1) + lane.shape for column in parts)
        and bool(((lane >= 0) & (lane < number) & (first >= 0) & (first <= last) & (last < rows)).all())
    )
    of = columns(np.int64, lanes)
    cut = [*columns(np.int64, parts[:3]), *columns(np.bool_, parts[3:4]), *columns(np.float64, parts[4:])]
    capacity = 2 * lane.size
    whose, start_us, end_us, fixes = np.empty((4, capacity), np.int64)
    start, end = np.empty((2, 3, capacity))
    found = [whose, start_us, end_us, start, end, *np.empty((3, capacity)), fixes, np.empty(capacity, bool)]
    room = _Ways(capacity, 0, *map(address, found))
    known = _Rules(**rules), _Lanes(rows, number, *map(address, of)), _Parts(lane.size, *map(address, cut))
    LIBRARY.pieces_of(*map(byref, known), byref(room))
    return [column[..., : room.size] for column in found]
