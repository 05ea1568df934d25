"""What of the cutting is in C (cutting.c): called from here alone, after all sizes and indices have been checked.

It takes one lane after the other, so that a lane alone comes out as it does among others, to the last bit.
"""

from ctypes import c_int64, c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proximity.compiled import address, check, columns, library
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

LIBRARY = library(__file__, "cutting")
TRACKS: list[Any] = [*(3 * (c_int64,)), *(4 * (c_void_p,))]
LIBRARY.partition.argtypes = [*TRACKS, *(7 * (c_void_p,))]
LIBRARY.evidence.argtypes = [*TRACKS, c_int64, *(6 * (c_void_p,))]
LIBRARY.sums_of.argtypes = [*TRACKS, c_int64, *(4 * (c_void_p,))]
LIBRARY.costs_of_stays.argtypes = [*TRACKS, c_int64, c_int64, *(4 * (c_void_p,))]
SUMS = 11


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
    check(
        starts.shape == lasting.shape == (rows, lanes)
        and price.shape == on_the_way.shape == some.held.shape == (lanes,)
        and bool(((some.held >= 0) & (some.held <= rows)).all())
    )
    began, walks = np.zeros((rows, lanes), bool), np.zeros((rows, lanes), bool)
    held = columns(np.int64, [some.held]) + columns(np.bool_, [starts])
    prices = columns(np.float64, [price, on_the_way, lasting])
    _call(LIBRARY.partition, some, correlation, (), [*held, *prices, began, walks])
    return began, walks


def evidence(  # noqa: PLR0913, PLR0917  the same
    some: Lanes,
    correlation: Floats,
    starts: NDArray[np.bool_],
    price: Floats,
    on_the_way: Floats,
    likely: Floats,
) -> Floats:
    """How likely all ways to cut make the fixes by each of k laws, the likeliest of a lane 1: [m, k].

    By each law it is so `likely` [n, m, k] that a part holds one fix, two, and so on; all else is as above.
    """
    rows, lanes = some.time_us.shape
    kinds = likely.shape[-1]
    check(
        starts.shape == likely.shape[:-1] == (rows, lanes)
        and price.shape == on_the_way.shape == some.held.shape == (lanes,)
        and bool(((some.held >= 0) & (some.held <= rows)).all())
    )
    shares = np.empty((lanes, kinds))
    held = columns(np.int64, [some.held]) + columns(np.bool_, [starts])
    prices = columns(np.float64, [price, on_the_way, likely])
    _call(LIBRARY.evidence, some, correlation, (kinds,), [*held, *prices, shares])
    return shares


def sums_of(some: Lanes, correlation: Floats, lane: Ints, first: Ints, last: Ints) -> Floats:
    """The sums of each of k parts over its filtered fixes: float64[11, k].

    Of w, u, uu, zz, x, y, z, ux, uy and uz, where ones, seconds u since the lane began and metres x, y and z have been
    divided by the deviation and filtered; and of the logarithms of the variance that the filters leave.
    """
    parts = _parts(some, lane, first, last)
    sums = np.empty((SUMS, lane.size))
    _call(LIBRARY.sums_of, some, correlation, (lane.size,), [*parts, sums])
    return sums


def costs_of_stays(some: Lanes, laws: Floats, lane: Ints, first: Ints, last: Ints) -> Floats:
    """What stays cost together by each law of errors, whose correlations are `laws` [l, k + 1, m]: float64[l, m]."""
    parts = _parts(some, lane, first, last)
    check(laws.ndim == 3)  # noqa: PLR2004  as said above
    cost = np.zeros((laws.shape[0], some.time_us.shape[1]))
    _call(LIBRARY.costs_of_stays, some, laws, (laws.shape[0], lane.size), [*parts, cost])
    return cost


def _parts(some: Lanes, lane: Ints, first: Ints, last: Ints) -> list[NDArray[Any]]:
    rows, lanes = some.time_us.shape
    check(
        lane.shape == first.shape == last.shape == (lane.size,)
        and bool(((lane >= 0) & (lane < lanes) & (first >= 0) & (first <= last) & (last < rows)).all())
    )
    return columns(np.int64, (lane, first, last))


def _call(  # the function takes the tracks first
    function: Any,  # noqa: ANN401  ctypes knows
    some: Lanes,
    correlation: Floats,
    numbers: tuple[int, ...],
    held: list[NDArray[Any]],
) -> None:
    rows, lanes = some.time_us.shape
    order = correlation.shape[-2] - 1
    check(
        some.points.shape == (3, rows, lanes)
        and some.deviation_m.shape == (rows, lanes)
        and correlation.shape[-2:] == (order + 1, lanes)
        and order >= 0
    )
    tracks = columns(np.int64, [some.time_us]) + columns(np.float64, [some.points, some.deviation_m, correlation])
    if function(rows, lanes, order, *map(address, tracks), *numbers, *map(address, held)):
        raise MemoryError
