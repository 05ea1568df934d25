"""What of the cutting is in C (cutting.c): called from here alone, after all sizes and indices have been checked.

It takes one lane after the other, so that a lane alone comes out as it does among others, to the last bit.
"""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

LIBRARY = Path(__file__).with_name("libcutting.so")
SUMS = 11


def loaded(library: Path) -> ctypes.CDLL:
    """The functions of the library, and what they take."""
    try:
        functions = ctypes.CDLL(str(library))
    except OSError as error:
        raise ImportError(f"{library} cannot be loaded; `make` builds it. ({error})") from error
    number = ctypes.c_int64
    ints, floats, bools = (
        np.ctypeslib.ndpointer(kind, flags="C_CONTIGUOUS") for kind in (np.int64, np.float64, np.bool_)
    )
    tracks: list[Any] = [number, number, number, ints, floats, floats, floats]
    functions.partition.argtypes = [*tracks, ints, bools, floats, floats, floats, bools, bools]
    functions.sums_of.argtypes = [*tracks, number, ints, ints, ints, floats]
    return functions


FUNCTIONS = loaded(LIBRARY)


def cheapest_cut(  # noqa: PLR0913, PLR0917  what is known of the fixes and of their errors, and the prices
    some: Lanes,
    correlation: Floats,
    starts: NDArray[np.bool_],
    price: Floats,
    on_the_way: Floats,
    lasting: Floats,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a part begins at a fix, and whether the fix belongs to a walk: [n, m] each.

    Errors that are 0 to k intervals apart have the `correlation` [k + 1, m]: the j-th fix of a part is filtered by the
    j before it, at most k. A part has to begin where `starts` [n, m] says. One more costs the `price` [m], and
    `lasting` [n, m] according to how many fixes it holds; a fix that is part of none costs `on_the_way` [m].
    """
    rows, lanes = some.time_us.shape
    _check(
        starts.shape == lasting.shape == (rows, lanes)
        and price.shape == on_the_way.shape == some.held.shape == (lanes,)
        and bool(((some.held >= 0) & (some.held <= rows)).all())
    )
    began, walks = np.zeros((rows, lanes), bool), np.zeros((rows, lanes), bool)
    prices = map(np.ascontiguousarray, (some.held, starts, price, on_the_way, lasting))
    _call(FUNCTIONS.partition, *_tracks(some, correlation), *prices, began, walks)
    return began, walks


def sums_of(some: Lanes, correlation: Floats, lane: Ints, first: Ints, last: Ints) -> Floats:
    """The sums of each of k parts over its filtered fixes: float64[11, k].

    Of w, u, uu, zz, x, y, z, ux, uy and uz, where ones, seconds u since the lane began and metres x, y and z have been
    divided by the deviation and filtered; and of the logarithms of the variance that the filters leave.
    """
    rows, lanes = some.time_us.shape
    _check(
        lane.shape == first.shape == last.shape == (lane.size,)
        and bool(((lane >= 0) & (lane < lanes) & (first >= 0) & (first <= last) & (last < rows)).all())
    )
    sums = np.empty((SUMS, lane.size))
    parts = map(np.ascontiguousarray, (lane, first, last))
    _call(FUNCTIONS.sums_of, *_tracks(some, correlation), lane.size, *parts, sums)
    return sums


def _tracks(some: Lanes, correlation: Floats) -> tuple[Any, ...]:
    rows, lanes = some.time_us.shape
    order = correlation.shape[0] - 1
    _check(
        some.points.shape == (3, rows, lanes)
        and some.deviation_m.shape == (rows, lanes)
        and correlation.shape == (order + 1, lanes)
        and order >= 0
    )
    columns = map(np.ascontiguousarray, (some.time_us, some.points, some.deviation_m, correlation))
    return rows, lanes, order, *columns


def _check(fits: bool) -> None:
    if not fits:
        raise ValueError("columns, or what is said of them, do not fit each other")


def _call(function: Any, *arguments: Any) -> None:  # noqa: ANN401  ctypes knows
    if function(*arguments):
        raise MemoryError
