"""The rate that every caller may send at: the one at which the store still keeps up.

What is on the topic is stored in its order, so that whoever floods it makes everybody wait. Hence one rate for all: it
falls while records wait for longer than they should because more is sent than can be stored, and rises again while
somebody is held back by it. Whoever sends less than that never notices. (Additive or multiplicative, a decrease by more
than the increase converges to what the slowest part can do: D. Chiu, R. Jain, Computer Networks and ISDN Systems 17,
1989.) It falls to a little less than what was stored meanwhile, and then waits for the effect: what was sent before has
to be stored first. (As TCP falls once for each round trip: V. Jacobson, Congestion avoidance and control, 1988.)
"""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

BEGINS_AT_PER_S: Final = 10_000.0  # until it is known what the store can do
LOWEST_PER_S: Final = 200.0
WAITS_LONG_S: Final = 0.6
WAITS_LITTLE_S: Final = 0.4  # twice what a batch takes on its way
DRAIN: Final = 0.9  # a tenth less than is stored, so that what waits becomes less
LEAST_FALL: Final = 0.95
FURTHEST_FALL: Final = 0.4
TAKES_EFFECT_WITHIN_S: Final = 1.0
RISE_AT_FIRST: Final = 1.25  # until it has been too much once
RISE: Final = 1.1


class Wait(NamedTuple):
    """How long the oldest record has waited to be stored, and whether because more is sent than can be stored."""

    seconds: float
    too_much: bool
    stored_share: float = 1.0  # records stored lately, divided by those that were sent meanwhile


class FairRate:
    """`per_s` locations a second, at most `ceiling_per_s`."""

    def __init__(self, ceiling_per_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ceiling_per_s = ceiling_per_s
        self._lowest_per_s = min(LOWEST_PER_S, ceiling_per_s)
        self._clock = clock
        self._rise = RISE_AT_FIRST
        self._takes_effect_at_s = clock()
        self.per_s = min(BEGINS_AT_PER_S, ceiling_per_s)

    def look(self, wait: Wait | None, *, held_back: bool) -> None:
        """To be called a few times a second.

        `wait` is None where that is not known, or where nothing is stored at all: then nobody gains by holding anybody
        back, and Kafka keeps what comes. `held_back`: whether anybody was lately.
        """
        if wait is None or (wait.seconds < WAITS_LITTLE_S and held_back):
            self.per_s = min(self._ceiling_per_s, self.per_s * self._rise)
        elif wait.too_much and wait.seconds > WAITS_LONG_S and self._clock() >= self._takes_effect_at_s:
            fall = min(max(DRAIN * wait.stored_share, FURTHEST_FALL), LEAST_FALL)
            self.per_s = max(self._lowest_per_s, self.per_s * fall)
            self._takes_effect_at_s = self._clock() + min(wait.seconds, TAKES_EFFECT_WITHIN_S)
            self._rise = RISE
