"""Who reported from near whose way: fixes and circles (circles.py) of many persons, by a grid in space (near.c)."""

from collections.abc import Collection, Iterator
from ctypes import Structure, byref, c_void_p
from typing import Final, NamedTuple

import numpy as np

from proximity.circles import circles_of
from proximity.compiled import address, check, columns, fields, library
from proximity.fixes import Fixes, Ints
from proximity.geocentric import geocentric
from proximity.ways import Ways

LIBRARY = library(__file__, "near")
LIBRARY.who_was_in.argtypes = [*(4 * (c_void_p,))]
CELL_M: Final = 32.0  # of a grid in space: most circles are in eight of its cells
CELLS_OF_AN_AXIS: Final = 1 << 19  # the Earth, and a margin
AT_ONCE: Final = 1 << 16  # pairs


class Pairs(NamedTuple):
    """Who is compared with whom, by person and other; each once."""

    person_id: Ints
    other_id: Ints

    def turned(self) -> Ints:
        """For each pair the position of the same two the other way around; -1 where they are not."""
        persons = np.union1d(*map(np.unique, self))
        mine, theirs = (np.searchsorted(persons, one) for one in self)
        code, wanted = mine * persons.size + theirs, theirs * persons.size + mine
        at = np.searchsorted(code, wanted).clip(0, max(code.size - 1, 0))
        found: Ints = np.where(code[at] == wanted, at, -1)
        return found


class _Grid(Structure):
    _fields_ = fields(
        ("size", "cells", "origin", "across"), ("cell_m",), ("code", "first", "time_us", "person", "points")
    )


class _Circles(Structure):
    _fields_ = fields(("size", "next"), columns=("start_us", "end_us", "owner", "itself", "points", "radius_m"))


class _Found(Structure):
    _fields_ = fields(("capacity", "size"), columns=("owner", "person"))


def who_was_near(around: Ways, reported: Fixes, distance_m: float, whose: Collection[int] | None) -> Pairs:
    """Who reported from near whose way; where one of both is of `whose` (None: everybody)."""
    persons, owners = np.unique(reported.person_id), np.unique(around.person_id)
    codes = [
        owner * persons.size + person
        for way, fixes in _looked_at(around, reported, whose)
        for owner, person in _inside(way, fixes, owners, persons, distance_m)
    ]
    code = np.sort(np.concatenate([np.empty(0, np.int64), *codes]))
    owner, person = np.divmod(code[np.diff(code, prepend=-1) > 0], max(persons.size, 1))
    return Pairs(owners[owner], persons[person])


def _looked_at(around: Ways, reported: Fixes, whose: Collection[int] | None) -> Iterator[tuple[Ways, Fixes]]:
    if whose is None:
        yield around, reported
    else:
        some = list(whose)
        yield around.at(np.isin(around.person_id, some)), reported
        yield around, reported.at(np.isin(reported.person_id, some))


def _inside(way: Ways, fixes: Fixes, owners: Ints, persons: Ints, distance_m: float) -> Iterator[tuple[Ints, Ints]]:
    """The numbers of whoever's way it is, and of whoever else reported from near it: in portions, each pair once."""
    circles, piece = circles_of(way, distance_m)
    if not fixes.size or not circles.start_us.size:
        return
    owner, person = np.searchsorted(owners, way.person_id[piece]), np.searchsorted(persons, fixes.person_id)
    at = np.searchsorted(persons, owners).clip(0, persons.size - 1)
    itself = np.where(persons[at] == owners, at, -1)[owner]
    points = geocentric(fixes.latitude, fixes.longitude)
    x, y, z = np.floor(points / CELL_M).astype(np.int64) + CELLS_OF_AN_AXIS // 2
    code = (x * CELLS_OF_AN_AXIS + y) * CELLS_OF_AN_AXIS + z
    order = np.lexsort((fixes.time_us, code))
    cells, first = np.unique(code[order], return_index=True)
    check(bool((np.diff(owner) >= 0).all()) and circles.points.shape == (3, owner.size))
    by_cell = columns(np.int64, (cells, np.append(first, code.size), fixes.time_us[order], person[order]))
    by_cell += columns(np.float64, [points.T[order]])
    by_owner = columns(np.int64, (circles.start_us, circles.end_us, owner, itself))
    by_owner += columns(np.float64, (circles.points, circles.radius_m))
    grid = _Grid(code.size, cells.size, CELLS_OF_AN_AXIS // 2, CELLS_OF_AN_AXIS, CELL_M, *map(address, by_cell))
    left = _Circles(owner.size, 0, *map(address, by_owner))
    capacity = AT_ONCE + persons.size
    while left.next < left.size:
        seen, found = np.zeros(persons.size, np.int64), np.empty((2, capacity), np.int64)
        room = _Found(capacity, 0, *map(address, found))
        LIBRARY.who_was_in(byref(grid), byref(left), address(seen), byref(room))
        yield tuple(found[:, : room.size])
