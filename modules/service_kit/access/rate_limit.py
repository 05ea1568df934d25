"""How often each caller may call: a token bucket for each, in the memory of this process.

Of a bucket only one number is kept, the moment at which it will be full again (the generic cell rate algorithm, as in
ITU-T I.371): that costs a microsecond a call. Each process counts for itself: N processes let N times as much in.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from service_kit.errors import TooManyCalls

CALLERS_MAX: Final = 10_000
"""Whoever has not called for the longest time is forgotten beyond it, which fills his bucket."""


class RateLimit:
    """`per_s` calls a second in the long run, `burst` at once. Thread-safe."""

    def __init__(self, per_s: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._between_s = 1 / per_s
        self._tolerance_s = (burst - 1) * self._between_s
        self._clock = clock
        self._lock = Lock()
        self._full_at_s: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, caller: str) -> float:
        """Count a call and return 0, or do not count it and return the seconds until one is welcome."""
        with self._lock:
            now_s = self._clock()
            full_at_s = max(self._full_at_s.get(caller, now_s), now_s)
            too_early_s = full_at_s - now_s - self._tolerance_s
            if too_early_s > 0:
                return too_early_s
            self._full_at_s[caller] = full_at_s + self._between_s
            self._full_at_s.move_to_end(caller)
            if len(self._full_at_s) > CALLERS_MAX:
                self._full_at_s.popitem(last=False)
            return 0.0

    def count(self, caller: str) -> None:
        """Raises TooManyCalls."""
        if wait_s := self.wait_s(caller):
            raise TooManyCalls(wait_s)
