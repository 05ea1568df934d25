"""The ids of those who are there, in little room: a bit each, in blocks of 65,536, as ids are given out one by one.

A million people are 125 kB. Whoever lies alone in his block takes 8 kB.
"""

from collections.abc import Iterable
from typing import Final

BLOCK_BITS: Final = 16
BLOCK_BYTES: Final = 2**BLOCK_BITS // 8
WITHIN: Final = 2**BLOCK_BITS - 1
MOST_BLOCKS: Final = 4_000  # 32 MB; then all are forgotten, and asked for again


class KnownIds:
    """A set of ids."""

    def __init__(self) -> None:
        self._blocks: dict[int, bytearray] = {}

    def __contains__(self, person_id: int) -> bool:
        block = self._blocks.get(person_id >> BLOCK_BITS)
        return block is not None and bool(block[(person_id & WITHIN) >> 3] >> (person_id & 7) & 1)

    def add(self, ids: Iterable[int]) -> None:
        for person_id in ids:
            number = person_id >> BLOCK_BITS
            block = self._blocks.get(number)
            if block is None:
                if len(self._blocks) == MOST_BLOCKS:
                    self.clear()
                block = self._blocks.setdefault(number, bytearray(BLOCK_BYTES))
            block[(person_id & WITHIN) >> 3] |= 1 << (person_id & 7)

    def remove(self, ids: Iterable[int]) -> None:
        for person_id in ids:
            if (block := self._blocks.get(person_id >> BLOCK_BITS)) is not None:
                block[(person_id & WITHIN) >> 3] &= ~(1 << (person_id & 7))

    def clear(self) -> None:
        self._blocks.clear()
