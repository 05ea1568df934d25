"""Stops the consumer when nearly everything is bad: then it is not the locations that are wrong, it is us.

What a client can cause by itself never counts, neither as bad nor as seen: whoever is allowed to write could otherwise
stop everybody, or hide from the brake what is really wrong. That nobody is there any more (persons.py) is not a
client's doing.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

SENDERS_FAULTS: Final = frozenset({"unknown_person", "conflict"})


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
        reasons = Counter(dead)
        self._seen += seen - sum(reasons.pop(reason, 0) for reason in SENDERS_FAULTS)
        self._dead += reasons
        if self._seen < self._window:
            return
        if self._dead.total() > self._ratio * self._seen:
            self.is_on = True
            counted = ", ".join(f"{count:,} {reason}" for reason, count in self._dead.most_common())
            raise BrakeError(
                f"{self._dead.total():,} of the last {self._seen:,} locations would be dead letters ({counted})"
            )
        self._seen //= 2
        self._dead = Counter({reason: count // 2 for reason, count in self._dead.items()})
