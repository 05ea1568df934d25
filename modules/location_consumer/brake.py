"""Stops the consumer when nearly everything is bad: then it is not the locations that are wrong, it is us."""


class BrakeError(Exception):
    """Nearly everything lately ended as a dead letter; going on would empty the topic into the dead letters."""


class Brake:
    """Looks at about the last `window` locations; lets go of the older ones by halving."""

    def __init__(self, window: int, ratio: float) -> None:
        self._window = window
        self._ratio = ratio
        self._seen = 0
        self._dead = 0

    def record(self, seen: int, dead: int) -> None:
        """Count a batch. Raises BrakeError where more than `ratio` of at least `window` locations were dead."""
        self._seen += seen
        self._dead += dead
        if self._seen < self._window:
            return
        if self._dead > self._ratio * self._seen:
            raise BrakeError(f"{self._dead} of the last {self._seen} locations would be dead letters")
        self._seen //= 2
        self._dead //= 2
