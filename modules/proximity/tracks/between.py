"""Which fixes were taken when: that is in C (between.c), called from here alone after all has been checked."""

from ctypes import c_int64, c_void_p

import numpy as np

from proximity.compiled import address, check, columns, library
from proximity.fixes import Fixes, Ints

LIBRARY = library(__file__, "between")
LIBRARY.taken_between.restype = None
LIBRARY.taken_between.argtypes = [c_int64, *(2 * (c_void_p,)), c_int64, *(5 * (c_void_p,))]


def taken_between(fixes: Fixes, whose: Ints, from_us: Ints, until_us: Ints) -> tuple[Ints, Ints]:
    """Of fixes by person and time the first of each span of a person, and how many there are until before its end."""
    check(
        whose.shape == from_us.shape == until_us.shape == (whose.size,)
        and fixes.person_id.shape == fixes.time_us.shape == (fixes.size,)
    )
    known, spans = columns(np.int64, fixes[:2]), columns(np.int64, (whose, from_us, until_us))
    position, count = np.empty((2, whose.size), np.int64)
    of = fixes.size, *map(address, known), whose.size, *map(address, spans)
    LIBRARY.taken_between(*of, address(position), address(count))
    return position, count
