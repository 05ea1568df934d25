"""What one caller may have of what all share, so that nobody can stop or starve anybody else.

Here it is how many rpcs he has open, how many locations he sends (fair_rate.py says how many that may be), and whose
turn it is; in_flight.py adds what of his waits for Kafka. Who a caller is: service_kit/rpc/access.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from location_producer.callers.fair_rate import FairRate, Wait
from location_producer.callers.shares import Shares
from location_producer.callers.turns import Turns
from location_producer.errors import OverloadedError
from service_kit.access.rate_limit import RateLimit
from service_kit.errors import TooManyCalls

REJECTED_COUNTS: Final = 10
"""A location that is rejected costs so many times as much as a good one, and should cost its sender that."""

BURST_S: Final = 2.0


class Callers:
    """Belongs to one event loop. `locations_per_s` is the most that each caller may send; 0: no limit."""

    def __init__(self, rpcs_max: int, locations_per_s: float) -> None:
        self._rpcs_max = rpcs_max
        self._rpcs = Shares()
        self._fair = FairRate(locations_per_s)
        per_s = self._fair.per_s
        self._rate = RateLimit(per_s, max(1, round(BURST_S * per_s))) if locations_per_s else None
        self._held_back = False
        self._turns = Turns()

    @contextmanager
    def rpc(self, caller: str) -> Iterator[None]:
        """For the length of an rpc. Raises OverloadedError where the caller has too many open."""
        if not self._rpcs.admits(caller, self._rpcs_max):
            raise OverloadedError("Too many of your calls and streams are open; end some and try again.")
        self._rpcs.take(caller)
        try:
            yield
        finally:
            self._rpcs.give_back(caller)

    def count(self, caller: str, locations: int) -> None:
        """Count the locations of a call. Raises TooManyCalls where it comes too early; then it does not count."""
        if wait_s := self.wait_s(caller, locations):
            raise TooManyCalls(wait_s)

    def wait_s(self, caller: str, locations: int) -> float:
        """Count the locations and return 0, or do not count them and return the seconds until they are welcome."""
        wait_s = self._rate.wait_s(caller, locations) if self._rate else 0.0
        self._held_back = self._held_back or wait_s > 0
        return wait_s

    def rejected(self, caller: str, locations: int) -> None:
        """Let locations that were counted cost more."""
        if self._rate and locations:
            self._rate.charge(caller, (REJECTED_COUNTS - 1) * locations)

    @property
    def fair_per_s(self) -> float:
        """Locations a second that each may send now."""
        return self._fair.per_s

    def stored_after(self, wait: Wait | None) -> None:
        """Take note of how long records wait to be stored; None: not known."""
        if self._rate:
            self._fair.look(wait, held_back=self._held_back)
            self._held_back = False
            self._rate.change_rate(self._fair.per_s)

    async def turn(self, caller: str) -> None:
        """Return when it is the caller's turn to have a batch looked at."""
        await self._turns.mine(caller)
