"""Rows of JSON from columns of JSON, all of them in one walk through the columns (weave.c)."""

import re
from collections.abc import Iterable, Sequence
from ctypes import c_char_p, c_int64, c_void_p
from itertools import compress
from typing import Final, NamedTuple

import numpy as np

from proximity.compiled import address, check, library

LIBRARY: Final = library(__file__, "weave")
LIBRARY.weave.argtypes = [c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p, c_char_p, c_void_p]
LIBRARY.weave.restype = c_int64

PLACE: Final = re.compile(rb"%([a-z_]+)")


class Column(NamedTuple):
    """Values as they stand in JSON, each with `end` behind it, which is in none of them."""

    values: bytes
    end: bytes = b","

    def at(self, wanted: Iterable[bool]) -> "Column":
        return Column(b"".join(value + self.end for value in compress(self.values.split(self.end), wanted)), self.end)


class Rows(NamedTuple):
    """Rows of JSON, with commas between them."""

    size: int
    text: bytes


def texts(values: Sequence[str]) -> Column:
    """Of whatever is JSON already. No line ends are in it: JSON writes them in another way."""
    return Column("\n".join([*values, ""]).encode(), b"\n")


def woven(template: bytes, size: int, **columns: Column) -> Rows:
    """So many rows of the template, in which %name stands for the value of a column.

    Raises ValueError where a column has another number of values, and KeyError where there is none of a name.
    """
    if not size:
        return Rows(0, b"")
    head, *names_and_texts = PLACE.split(template)
    *between, tail = names_and_texts[1::2]
    used = [columns[name.decode()] for name in names_and_texts[::2]]
    values = [column.values for column in used]
    before = [tail + b"," + head, *between]  # the first row has a tail and a comma too many before it
    to = np.empty(sum(map(len, values)) + size * sum(map(len, before)), np.uint8)
    addresses, lengths = c_char_p * len(used), c_int64 * len(used)
    written = LIBRARY.weave(
        size,
        len(used),
        addresses(*before),
        lengths(*map(len, before)),
        addresses(*values),
        lengths(*map(len, values)),
        b"".join(column.end for column in used),
        address(to),
    )
    check(written >= 0)
    return Rows(size, b"".join((to[len(tail) + 1 : written].data, tail)))
