"""Which partition the locations of a person go to."""

MULTIPLIER = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, odd: Knuth's multiplicative hashing (The Art of Computer Programming, 6.4)."""


def partition_of(person_id: int, partitions: int) -> int:
    """Return a partition from 0 to `partitions` - 1: the same for a person in every process, release and language.

    The upper half of the low 64 bits of person_id * MULTIPLIER, scaled to the number of partitions. Neighbouring ids
    are spread evenly, which a plain remainder would not do for ids that come in steps.
    """
    return ((person_id * MULTIPLIER >> 32 & 0xFFFFFFFF) * partitions) >> 32
