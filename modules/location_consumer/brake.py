"""Stops the consumer when nearly everything is bad: then it is not the locations that are wrong, it is us."""

from collections import Counter
from collections.abc import Iterable


class BrakeError(Exception):
    """Nearly everything lately ended as a dead letter; going on would empty the topic into the dead letters."""


class Brake:
    """Looks at about the last `window` locations; lets go of the older ones by halving. Once on, it stays on."""

    def __init__(self, window: int, ratio: float) -> None:
        self._window = window
        self._ratio = ratio
        self._seen = 0
        self._dead: Counter[str] = Counter()
        self.is_on = False

    def record(self, seen: int, dead: Iterable[str]) -> None:
        """Count a batch: its locations, and the reasons of those that are dead.

        Raises BrakeError where more than `ratio` of at least `window` locations were dead.
        """
        self._seen += seen
        self._dead.update(dead)
        if self._seen < self._window:
            return
        if self._dead.total() > self._ratio * self._seen:
            self.is_on = True
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in self._dead.most_common())
            raise BrakeError(
                f"{self._dead.total():,} of the last {self._seen:,} locations would be dead letters ({reasons})"
            )
        self._seen //= 2
        self._dead = Counter({reason: count // 2 for reason, count in self._dead.items()})
