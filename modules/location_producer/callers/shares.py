"""How much of what all callers share one of them may hold: never so much that nothing is left for another.

A caller who holds more than GREED times what is free gets no more. Alone he may so have four fifths; two have four
ninths each, a hundred a little less than a hundredth, and whoever comes next finds something free. (The dynamic
thresholds of shared-memory switches: A. K. Choudhury, E. L. Hahne, IEEE/ACM Transactions on Networking 6, 1998.)
"""

from typing import Final

GREED: Final = 4


class Shares:
    """Remembers those who hold something: no more callers than things that are held."""

    def __init__(self) -> None:
        self.held = 0
        self._held_by: dict[str, int] = {}

    @property
    def holders(self) -> int:
        return len(self._held_by)

    def of(self, caller: str) -> int:
        return self._held_by.get(caller, 0)

    def admits(self, caller: str, limit: float) -> bool:
        """Whether the caller may have more, where all together may hold `limit`."""
        return self.of(caller) <= GREED * max(0, limit - self.held)

    def take(self, caller: str, amount: int = 1) -> None:
        self.held += amount
        self._held_by[caller] = self.of(caller) + amount

    def give_back(self, caller: str, amount: int = 1) -> None:
        self.held -= amount
        if left := self.of(caller) - amount:
            self._held_by[caller] = left
        else:
            self._held_by.pop(caller, None)
