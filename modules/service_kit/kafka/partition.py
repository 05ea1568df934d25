"""Which partition the locations of a person go to."""

import numpy as np
from numpy.typing import NDArray

MULTIPLIER = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, odd: Knuth's multiplicative hashing (The Art of Computer Programming, 6.4)."""


def partition_of(person_id: int, partitions: int) -> int:
    """Return a partition from 0 to `partitions` - 1: the same for a person in every process, release and language.

    The upper half of the low 64 bits of person_id * MULTIPLIER, scaled to the number of partitions. Neighbouring ids
    are spread evenly, which a plain remainder would not do for ids that come in steps.
    """
    return ((person_id * MULTIPLIER >> 32 & 0xFFFFFFFF) * partitions) >> 32


def partitions_of(person_ids: NDArray[np.int64], partitions: int) -> NDArray[np.int64]:
    """`partition_of` for each of them."""
    low = person_ids.astype(np.uint64) * np.uint64(MULTIPLIER)  # of more than 64 bits the upper ones are lost, rightly
    upper_half = low >> np.uint64(32)
    return (upper_half * np.uint64(partitions) >> np.uint64(32)).astype(np.int64)
