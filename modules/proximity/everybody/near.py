"""Who reported from near whose way: fixes and circles (circles.py) of many persons, matched by a grid in space."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from proximity.circles import Circles, circles_of
from proximity.everybody.portions import count_up, expanded
from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric
from proximity.ways import Ways

CELL_M = 32.0  # of a grid in space: most circles are in eight of its cells
LOOKS_AT_ONCE = 1 << 20  # fixes compared with circles, about 100 bytes each
ROUNDING_M = 1e-6
CELLS_OF_AN_AXIS = 1 << 19  # the Earth, and a margin


class Pairs(NamedTuple):
    """Who is compared with whom, by person and other; each once."""

    person_id: Ints
    other_id: Ints

    def turned(self) -> Ints:
        """For each pair the position of the same two the other way around; -1 where they are not."""
        persons, number = np.unique(np.concatenate(self), return_inverse=True)
        mine, theirs = np.split(number, 2)
        code, wanted = mine * persons.size + theirs, theirs * persons.size + mine
        at = np.searchsorted(code, wanted).clip(0, max(code.size - 1, 0))
        found: Ints = np.where(code[at] == wanted, at, -1)
        return found


def who_was_near(around: Ways, reported: Fixes, distance_m: float, whose: Collection[int] | None) -> Pairs:
    """Who reported from near whose way; where one of both is of `whose` (None: everybody)."""
    persons, owners = np.unique(reported.person_id), np.unique(around.person_id)
    codes = [np.empty(0, np.int64)]
    for way, fixes in _looked_at(around, reported, whose):
        circles, piece = circles_of(way, distance_m)
        of_circle, of_fix = np.searchsorted(owners, way.person_id[piece]), np.searchsorted(persons, fixes.person_id)
        for circle, fix in _inside(circles, fixes):
            other = persons[of_fix[fix]] != owners[of_circle[circle]]
            codes.append(np.unique(of_circle[circle[other]] * persons.size + of_fix[fix[other]]))
    code = np.unique(np.concatenate(codes))
    return Pairs(owners[code // max(persons.size, 1)], persons[code % max(persons.size, 1)])


def _looked_at(around: Ways, reported: Fixes, whose: Collection[int] | None) -> Iterator[tuple[Ways, Fixes]]:
    if whose is None:
        yield around, reported
    else:
        some = list(whose)
        yield around.at(np.isin(around.person_id, some)), reported
        yield around, reported.at(np.isin(reported.person_id, some))


def _inside(circles: Circles, fixes: Fixes) -> Iterator[tuple[Ints, Ints]]:
    """Positions of a circle and of a fix in it at its time, in portions; some more than once."""
    if not fixes.size or not circles.start_us.size:
        return
    points = geocentric(fixes.latitude, fixes.longitude)
    cells, cell_of_fix = np.unique(_cell(np.floor(points / CELL_M)), return_inverse=True)
    cell, circle = _cells(circles)
    at = np.searchsorted(cells, cell).clip(0, cells.size - 1)
    known = np.flatnonzero(cells[at] == cell)
    at, circle = at[known], circle[known]
    first_us = fixes.time_us.min()
    lasts_us = fixes.time_us.max() - first_us + 2
    order = np.lexsort((fixes.time_us, cell_of_fix))
    key = cell_of_fix[order] * lasts_us + (fixes.time_us[order] - first_us)
    low = np.clip(circles.start_us[circle] - first_us, 0, lasts_us - 1)
    high = np.clip(circles.end_us[circle] - first_us, -1, lasts_us - 2)
    begin = np.searchsorted(key, at * lasts_us + low)
    count = np.maximum(np.searchsorted(key, at * lasts_us + high, side="right") - begin, 0)
    for some, nth in expanded(count, LOOKS_AT_ONCE):
        fix = order[begin[some] + nth]
        off = points[:, fix] - circles.points[:, circle[some]]
        near = (off * off).sum(axis=0) <= circles.radius_m[circle[some]] ** 2
        yield circle[some[near]], fix[near]


def _cells(circles: Circles) -> tuple[Ints, Ints]:
    """Each cell that a circle may have something in, and the circle."""
    reach = circles.radius_m + ROUNDING_M
    low = np.floor((circles.points - reach) / CELL_M)
    wide = (np.floor((circles.points + reach) / CELL_M) - low + 1).astype(np.int64)
    circle = np.repeat(np.arange(reach.size), wide.prod(axis=0))
    nth = count_up(wide.prod(axis=0))
    step = np.stack(
        [nth // (wide[1] * wide[2])[circle], nth // wide[2, circle] % wide[1, circle], nth % wide[2, circle]]
    )
    return _cell(low[:, circle] + step), circle


def _cell(numbers: Floats) -> Ints:
    x, y, z = numbers.astype(np.int64) + CELLS_OF_AN_AXIS // 2
    cell: Ints = (x * CELLS_OF_AN_AXIS + y) * CELLS_OF_AN_AXIS + z
    return cell
