"""It takes time to get from one stay to the next: room for that at their ends (room.c)."""

from ctypes import Structure, byref, c_int64, c_void_p

import numpy as np
from numpy.typing import NDArray

from proximity.compiled import address, check, columns, fields, library
from proximity.fixes import Ints
from proximity.lanes import Lanes

LIBRARY = library(__file__, "room")
LIBRARY.ranges_of.restype = c_int64
LIBRARY.ranges_of.argtypes = [c_int64, *(5 * (c_void_p,))]
QUICK_M_S = 1.3  # how fast people go from one stay to the next: nobody gets there any faster,
MOST_ON_THE_WAY, FEWEST_TO_TRIM = 8, 4  # so up to so many fixes between them were taken on the way


class _Rules(Structure):
    _fields_ = fields(("most_on_the_way", "fewest_to_trim"), ("quick_m_s",))


class _Lanes(Structure):
    _fields_ = fields(("rows", "lanes"), columns=("held", "time_us", "points", "deviation_m", "walks", "began"))


RULES = _Rules(MOST_ON_THE_WAY, FEWEST_TO_TRIM, QUICK_M_S)


def make_room_to_walk(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> None:
    """Take from the ends of stays what must have been on the way from one to the next: it takes time to get there."""
    rows, lanes = some.time_us.shape
    check(
        began.shape == walks.shape == some.deviation_m.shape == (rows, lanes)
        and some.points.shape == (3, rows, lanes)
        and some.held.shape == (lanes,)
        and bool(((some.held >= 0) & (some.held <= rows)).all())
        and began.dtype == bool
        and began.flags.c_contiguous
    )
    of = columns(np.int64, (some.held, some.time_us)) + columns(np.float64, (some.points, some.deviation_m))
    of += [*columns(np.bool_, [walks]), began]
    if LIBRARY.make_room_to_walk(byref(RULES), byref(_Lanes(rows, lanes, *map(address, of)))):
        raise MemoryError


def ranges(some: Lanes, began: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Lane, first and last row of each part; one begins with the first fix of a lane in any case."""
    lanes = some.held.size
    check(
        began.shape == some.time_us.shape
        and some.time_us.shape[1:] == (lanes,)
        and bool((some.held <= len(began)).all())
    )
    lane, first, last = np.empty((3, np.count_nonzero(began) + lanes), np.int64)
    held, flags = *columns(np.int64, [some.held]), *columns(np.bool_, [began])
    count = LIBRARY.ranges_of(lanes, *map(address, (held, flags, lane, first, last)))
    return lane[:count], first[:count], last[:count]
