"""How often each caller may call, or how much he may send: a token bucket for each, in the memory of this process.

Of a bucket only one number is kept, the moment at which it will be full again (the generic cell rate algorithm, as in
ITU-T I.371): that costs a microsecond a call. Each process counts for itself: N processes let N times as much in.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from service_kit.errors import TooManyCalls

EXACT_S: Final = 1e-9  # what is less is an error of rounding

CALLERS_MAX: Final = 10_000
"""Whoever has not called for the longest time is forgotten beyond it, which fills his bucket."""


class RateLimit:
    """`per_s` calls (or what else is counted) a second in the long run, `burst` at once. Thread-safe."""

    def __init__(self, per_s: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._between_s = 1 / per_s
        self._burst_s = burst * self._between_s
        self._clock = clock
        self._lock = Lock()
        self._full_at_s: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, caller: str, cost: int = 1) -> float:
        """Count a call and return 0, or do not count it and return the seconds until it is welcome.

        `cost` is as how many it counts. What counts as more than `burst` is welcome when the bucket is full.
        """
        with self._lock:
            now_s = self._clock()
            full_at_s = max(self._full_at_s.get(caller, now_s), now_s)
            cost_s = cost * self._between_s
            if (too_early_s := full_at_s - now_s - max(0, self._burst_s - cost_s)) > EXACT_S:
                return too_early_s
            self._remember(caller, full_at_s + cost_s)
            return 0.0

    def change_rate(self, per_s: float) -> None:
        """From now on. A burst is as many seconds' worth as before."""
        self._between_s = 1 / per_s

    def charge(self, caller: str, cost: int) -> None:
        """Count what has been let in already, and turned out to be worth more: what comes next waits the longer."""
        with self._lock:
            now_s = self._clock()
            full_at_s = max(self._full_at_s.get(caller, now_s), now_s)
            self._remember(caller, full_at_s + cost * self._between_s)

    def _remember(self, caller: str, full_at_s: float) -> None:
        self._full_at_s[caller] = full_at_s
        self._full_at_s.move_to_end(caller)
        if len(self._full_at_s) > CALLERS_MAX:
            self._full_at_s.popitem(last=False)

    def count(self, caller: str, cost: int = 1) -> None:
        """Raises TooManyCalls."""
        if wait_s := self.wait_s(caller, cost):
            raise TooManyCalls(wait_s)
