"""The rate that every caller may send at: the one at which the store still keeps up.

What is on the topic is stored in its order, so that whoever floods it makes everybody wait. Hence one rate for all: it
falls while records wait for longer than they should because more is sent than can be stored, and rises again while
somebody is held back by it. Whoever sends less than that never notices. (Additive or multiplicative, a decrease by more
than the increase converges to what the slowest part can do: D. Chiu, R. Jain, Computer Networks and ISDN Systems 17,
1989.)
"""

from typing import Final, NamedTuple

BEGINS_AT_PER_S: Final = 10_000.0  # until it is known what the store can do
LOWEST_PER_S: Final = 200.0
WAITS_LONG_S: Final = 0.5
WAITS_LITTLE_S: Final = 0.25
FALL: Final = 0.5
RISE: Final = 1.25


class Wait(NamedTuple):
    """How long the oldest record has waited to be stored, and whether because more is sent than can be stored."""

    seconds: float
    too_much: bool


class FairRate:
    """`per_s` locations a second, at most `ceiling_per_s`."""

    def __init__(self, ceiling_per_s: float) -> None:
        self._ceiling_per_s = ceiling_per_s
        self.per_s = min(BEGINS_AT_PER_S, ceiling_per_s)

    def look(self, wait: Wait | None, *, held_back: bool) -> None:
        """To be called a few times a second.

        `wait` is None where that is not known, or where nothing is stored at all: then nobody gains by holding anybody
        back, and Kafka keeps what comes. `held_back`: whether anybody was lately.
        """
        if wait is None or (wait.seconds < WAITS_LITTLE_S and held_back):
            self.per_s = min(self._ceiling_per_s, self.per_s * RISE)
        elif wait.seconds > WAITS_LONG_S and wait.too_much:
            self.per_s = max(min(LOWEST_PER_S, self._ceiling_per_s), self.per_s * FALL)
