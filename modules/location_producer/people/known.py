"""The ids of those who are there, in little room: a bit each, in blocks of 65,536, as ids are given out one by one.

A million people are 125 kB. Whoever lies alone in his block takes 8 kB.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np

from service_kit.kafka.location_wire import Ints

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

    def strangers(self, ids: Ints) -> list[int]:
        """Those of different ids, in their order, that are not in it."""
        strangers: list[int] = []
        numbers = ids >> BLOCK_BITS
        ends = [*(np.flatnonzero(np.diff(numbers)) + 1).tolist(), ids.size]
        for begin, end in pairwise([0, *ends] if ids.size else []):
            of_block = ids[begin:end]
            if block := self._blocks.get(int(numbers[begin])):
                within = of_block & WITHIN
                bits = np.frombuffer(block, np.uint8)[within >> 3] >> (within & 7) & 1
                of_block = of_block[bits == 0]
            strangers += of_block.tolist()
        return strangers

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
