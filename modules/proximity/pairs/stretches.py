"""When two were within a distance of each other, by their ways: the loop over pairs of persons is in C (stretches.c).

While both move steadily the way between them is D + V t and its variance a parabola, so the chance of being within the
distance is a smooth function of time; a stretch is where it is at least `min_chance`. Its borders are the roots, to the
microsecond; there is no grid of times. Each pair goes its own way, so that what is found of it does not depend on which
others are looked at beside it.
"""

from collections.abc import Iterator
from ctypes import Structure, addressof, byref
from typing import NamedTuple

import numpy as np

from proximity.compiled import address, check, columns, fields, library
from proximity.fixes import Floats, Ints
from proximity.instants import FIRST_US, LAST_US
from proximity.pairs.chance import CHANCE
from proximity.ways import Ways

LIBRARY = library(__file__, "stretches")
WHENEVER = FIRST_US, LAST_US
AT_ONCE = 1 << 16  # stretches; more only where one pair of persons has them


class Ranges(NamedTuple):
    """Of k pairs of persons the positions of the pieces of both: from the first to before `until`."""

    own_first: Ints
    own_until: Ints
    other_first: Ints
    other_until: Ints


class Stretches(NamedTuple):
    """n stretches, by pair."""

    pair: Ints  # its position
    own: Ints  # the position of the piece of each of both
    other: Ints
    started_us: Ints  # microseconds since 1970-01-01 UTC
    ended_us: Ints
    closest_us: Ints  # when they were closest, the first time
    chance_ns: Ints  # the chance of being within the distance, summed over the time; over 1 µs where it is an instant
    closest_m: Floats  # by the most likely ways
    closest_sd_m: Floats  # its standard error


class _Ways(Structure):
    _fields_ = fields(("size",), columns=Ways._fields[1:8])


class _Ranges(Structure):
    _fields_ = fields(("size", "next"), columns=Ranges._fields)


class _Asked(Structure):
    _fields_ = fields(("from_us", "until_us"), ("distance_m", "min_chance"), ("chance",))


class _Found(Structure):
    _fields_ = fields(("capacity", "size"), columns=Stretches._fields)


def stretches(  # noqa: PLR0913, PLR0917  whose, and what is asked
    own: Ways,
    others: Ways,
    pairs: Ranges,
    distance_m: float,
    min_chance: float,
    span_us: tuple[int, int] = WHENEVER,
) -> Iterator[Stretches]:
    """Stretches of the pairs, in portions; of those that go on before or after a span of time, what lies in it.

    Their other borders are the same as without the span.
    """
    _check(own, others, pairs)
    held = [columns(np.int64, some[1:3]) + columns(np.float64, some[3:8]) for some in (own, others)]
    mine, theirs = (_Ways(some.size, *map(address, kept)) for some, kept in zip((own, others), held, strict=True))
    ranges = columns(np.int64, pairs)
    left = _Ranges(pairs.own_first.size, 0, *map(address, ranges))
    asked = _Asked(*span_us, distance_m, min_chance, addressof(CHANCE))
    capacity = AT_ONCE
    while left.next < left.size:
        room = Stretches(*np.empty((7, capacity), np.int64), *np.empty((2, capacity)))
        found = _Found(capacity, 0, *map(address, room))
        if LIBRARY.stretches_of(byref(mine), byref(theirs), byref(left), byref(asked), byref(found)):
            raise MemoryError
        if found.size:
            yield Stretches._make(values[: found.size] for values in room)
        elif left.next < left.size:
            capacity *= 2


def _check(own: Ways, others: Ways, pairs: Ranges) -> None:
    for some, first, until in ((own, *pairs[:2]), (others, *pairs[2:])):
        check(first.shape == until.shape == pairs.own_first.shape)
        check(bool(((first >= 0) & (until <= some.size)).all()))
        check(
            all(values.shape[-1] == some.size for values in some)
            and some.start.shape == some.end.shape == (3, some.size)
        )
