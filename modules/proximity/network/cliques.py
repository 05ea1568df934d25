"""Maximal cliques: the sets of nodes that are all joined to each other, and to none outside of the set.

C. Bron, J. Kerbosch, "Finding all cliques of an undirected graph", 1973, with the pivot of E. Tomita, A. Tanaka,
H. Takahashi, 2006. Sets of nodes are the bits of whole numbers: these graphs are the company of one pair, and small.
"""

from collections.abc import Iterator, Sequence
from typing import Final

COST_OF_A_CALL: Final = 10  # in looks at an edge


class TooMuchWork(Exception):  # noqa: N818  named by what happened, as in service_kit
    """More steps than were allowed."""


class Budget:
    """How many steps are left. The same question takes the same steps, however fast the machine is."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Raises TooMuchWork."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork


def maximal_cliques(neighbours: Sequence[int], budget: Budget) -> Iterator[int]:
    """Each once, as bits. `neighbours[n]` are the bits of those that n is joined to, itself not among them.

    Of no nodes, the empty set is one. Raises TooMuchWork.
    """
    return _extended(0, (1 << len(neighbours)) - 1, 0, neighbours, budget)


def _extended(clique: int, candidates: int, seen: int, neighbours: Sequence[int], budget: Budget) -> Iterator[int]:
    budget.spend(COST_OF_A_CALL)
    if not candidates:
        if not seen:
            yield clique
        return
    # Whoever is joined to the pivot is in some clique with it, or with another that is not joined to it.
    pivot = max(bits(candidates | seen), key=lambda node: (neighbours[node] & candidates).bit_count())
    for node in bits(candidates & ~neighbours[pivot]):
        one, near = 1 << node, neighbours[node]
        yield from _extended(clique | one, candidates & near, seen & near, neighbours, budget)
        candidates &= ~one
        seen |= one


def bits(some: int) -> Iterator[int]:
    """The positions of the bits that are set."""
    while some:
        lowest = some & -some
        yield lowest.bit_length() - 1
        some ^= lowest
