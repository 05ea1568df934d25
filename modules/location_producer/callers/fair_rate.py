"""The rate that every caller may send at: the one at which the store still keeps up.

What is on the topic is stored in its order, so that whoever floods it makes everybody wait. Hence one rate for all: it
falls while records wait for longer than they should because more is sent than can be stored, and rises again while
somebody is held back by it. Whoever sends less than that never notices. (Additive or multiplicative, a decrease by more
than the increase converges to what the slowest part can do: D. Chiu, R. Jain, Computer Networks and ISDN Systems 17,
1989.)
"""

from typing import Final

BEGINS_AT_PER_S: Final = 10_000.0  # until it is known what the store can do
LOWEST_PER_S: Final = 200.0
WAITS_LONG_S: Final = 0.5
WAITS_LITTLE_S: Final = 0.25
FALL: Final = 0.5
RISE: Final = 1.25


class FairRate:
    """`per_s` locations a second, at most `ceiling_per_s`."""

    def __init__(self, ceiling_per_s: float) -> None:
        self._ceiling_per_s = ceiling_per_s
        self.per_s = min(BEGINS_AT_PER_S, ceiling_per_s)

    def look(self, waiting_s: float | None, *, held_back: bool, too_much: bool = True) -> None:
        """To be called a few times a second.

        `waiting_s`: how long the oldest record has waited to be stored; None where that is not known, or where nothing
        is stored at all: then nobody gains by holding anybody back, and Kafka keeps what comes. `held_back`: whether
        anybody was lately. `too_much`: whether it waits because more is sent than can be stored.
        """
        if waiting_s is None or (waiting_s < WAITS_LITTLE_S and held_back):
            self.per_s = min(self._ceiling_per_s, self.per_s * RISE)
        elif waiting_s > WAITS_LONG_S and too_much:
            self.per_s = max(min(LOWEST_PER_S, self._ceiling_per_s), self.per_s * FALL)
