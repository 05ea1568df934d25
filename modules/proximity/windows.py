"""Windows of time, aligned to the epoch: what makes an estimate independent of how a question is cut.

What is said of a person in a window follows from the fixes in it and in CONTEXT_US before and after it, and from
nothing else. So a question about an hour, a day, or a page of either gets the same answer to the last bit.
"""

from typing import NamedTuple

import numpy as np

from proximity.fixes import Fixes, Ints, Where
from proximity.instants import SECOND_US
from proximity.spans import Spans

WINDOW_US = 1200 * SECOND_US  # divides the day
CONTEXT_US = 600 * SECOND_US
# A time and the context around it touch two windows.
TOLD_OF = np.arange(2)


class Windows(NamedTuple):
    """m windows of persons, each once, by person and time."""

    person_id: Ints
    number: Ints  # it begins number * WINDOW_US after 1970-01-01 UTC

    def spans(self) -> Spans:
        """When fixes are needed to know them, both ends inclusive; those of one person do not touch."""
        begins = np.ones(self.number.size, bool)
        begins[1:] = self.person_id[1:] != self.person_id[:-1]
        begins[1:] |= np.diff(self.number) * WINDOW_US > WINDOW_US + 2 * CONTEXT_US
        first = np.flatnonzero(begins)
        last = np.append(first[1:], begins.size)[: first.size] - 1
        return Spans(
            self.person_id[first],
            self.number[first] * WINDOW_US - CONTEXT_US,
            (self.number[last] + 1) * WINDOW_US + CONTEXT_US - 1,
        )

    def at(self, where: Where) -> "Windows":
        """The windows at these positions, in the order given."""
        return Windows(self.person_id[where], self.number[where])


def needed(start_us: int, until_us: int) -> tuple[int, int]:
    """From when until when, both inclusive, fixes are needed to know the ways from start_us until before until_us."""
    first, last = start_us // WINDOW_US, (until_us - 1) // WINDOW_US
    return first * WINDOW_US - CONTEXT_US, (last + 1) * WINDOW_US + CONTEXT_US - 1


def told_by(window: int) -> tuple[int, int]:
    """From when until when, both inclusive, fixes tell of meetings in a window (its number)."""
    return needed(window * WINDOW_US, (window + 1) * WINDOW_US)


def begins_of(time_us: Ints) -> Ints:
    """For each fix a number that it has in common with those that tell of the same windows."""
    begins: Ints = (time_us - CONTEXT_US) // WINDOW_US
    return begins


def told_of(time_us: Ints) -> Ints:
    """For each fix the numbers of the windows of whose meetings it tells, one upon the other: int64[n, 2]."""
    numbers: Ints = begins_of(time_us)[:, None] + TOLD_OF
    return numbers


def windows_of(person_id: Ints, time_us: Ints) -> Windows:
    """The windows that hold these moments of persons, in any order."""
    return _each_once(person_id, time_us // WINDOW_US)


def windows_around(fixes: Fixes, start_us: int, until_us: int) -> Windows:
    """The windows from start_us until before until_us of which these fixes tell something."""
    earliest = np.maximum((fixes.time_us - CONTEXT_US) // WINDOW_US, start_us // WINDOW_US)
    latest = np.minimum((fixes.time_us + CONTEXT_US) // WINDOW_US, (until_us - 1) // WINDOW_US)
    some = np.flatnonzero(earliest <= latest)
    # No fix tells of more than two windows, as long as the context is half of one.
    return _each_once(np.tile(fixes.person_id[some], 2), np.concatenate([earliest[some], latest[some]]))


def _each_once(person_id: Ints, number: Ints) -> Windows:
    order = np.lexsort((number, person_id))
    every = Windows(person_id[order], number[order])
    new = np.ones(order.size, bool)
    new[1:] = (np.diff(every.person_id) != 0) | (np.diff(every.number) != 0)
    return every.at(np.flatnonzero(new))
