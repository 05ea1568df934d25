"""What of the fixes of lanes is kept: that is in C (cleaning.c), called from here alone after all has been checked."""

from collections.abc import Mapping
from ctypes import Structure, byref
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.compiled import address, check, columns, fields, library
from proximity.fixes import Fixes, Floats, Ints

LIBRARY = library(__file__, "cleaning")


class Cleaned(NamedTuple):
    """m lanes of up to n fixes without outliers, as lanes.py has them. Beyond those that are held nothing is said."""

    held: Ints  # [m]
    origin: Floats  # [3, m]
    time_us: Ints  # [n, m]
    points: Floats  # [3, n, m]
    deviation_m: Floats
    is_exact: NDArray[np.bool_]
    gap_before: NDArray[np.bool_]
    interval_s: Floats  # [m]
    longest_gap_us: Ints


RULES = (
    *("radius_68", "unknown_m", "least_m", "most_m", "exact_m", "longest_gap_s", "longest_gap_intervals"),
    *("outlier_deviations", "outlier_m_s", "outlier_s"),
)


class _Rules(Structure):
    _fields_ = fields(floats=RULES)


class _Fixes(Structure):
    _fields_ = fields(("size",), columns=("time_us", "points", "accuracy_m"))


class _Lanes(Structure):
    _fields_ = fields(("rows", "lanes"), columns=("begin", "count", *Cleaned._fields))


def cleaned(fixes: Fixes, points: Floats, begin: Ints, count: Ints, rules: Mapping[str, float]) -> Cleaned:
    """Of the fixes, which are at these geocentric points [3, k], a lane for each `count` from `begin` on."""
    check(
        begin.shape == count.shape == (count.size,)
        and bool(((begin >= 0) & (count > 0) & (count <= fixes.size) & (begin <= fixes.size - count)).all())
        and points.shape == (3, fixes.size)
        and fixes.accuracy_m.shape == fixes.time_us.shape == (fixes.size,)
    )
    rows, lanes = int(count.max(initial=0)), count.size
    of = columns(np.int64, [fixes.time_us]) + columns(np.float64, [points]) + columns(np.float32, [fixes.accuracy_m])
    which = columns(np.int64, (begin, count))
    is_exact, gap_before = np.zeros((2, rows, lanes), bool)
    found = Cleaned(
        held=np.zeros(lanes, np.int64),
        origin=np.empty((3, lanes)),
        time_us=np.zeros((rows, lanes), np.int64),
        points=np.zeros((3, rows, lanes)),
        deviation_m=np.ones((rows, lanes)),
        is_exact=is_exact,
        gap_before=gap_before,
        interval_s=np.empty(lanes),
        longest_gap_us=np.empty(lanes, np.int64),
    )
    all_lanes = _Lanes(rows, lanes, *map(address, which), *map(address, found))
    known = _Rules(**rules)
    if LIBRARY.cleaned(byref(known), byref(_Fixes(fixes.size, *map(address, of))), byref(all_lanes)):
        raise MemoryError
    return found
