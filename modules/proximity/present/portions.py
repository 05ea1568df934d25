"""Ranges of positions, many at once, in portions that bound the memory."""

from collections.abc import Iterator

import numpy as np

from proximity.fixes import Ints


def expanded(count: Ints, at_once: int) -> Iterator[tuple[Ints, Ints]]:
    """Each position as often as it counts, and how often before, in portions of about so many."""
    some = np.flatnonzero(count > 0)
    portion = np.cumsum(count[some]) // at_once
    for chosen in np.split(some, np.flatnonzero(np.diff(portion)) + 1):
        if chosen.size:
            yield np.repeat(chosen, count[chosen]), count_up(count[chosen])


def count_up(counts: Ints) -> Ints:
    """0, 1, … count - 1 for each of the counts, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)
