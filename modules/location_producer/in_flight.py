"""The bound of what is waiting for Kafka, for all together and for each caller: KafkaProducer would take in any amount.

Besides number and size it bounds the wait: what is taken in today's queue should not be told tomorrow that it was too
late. By Little's law the wait is what is in flight, divided by how fast Kafka has acknowledged lately.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from location_producer.callers.shares import Shares
from location_producer.errors import OverloadedError

ALWAYS_BYTES = 256 * 1024  # so much may be in flight whatever the rate: 10,000 locations
BUSY_BYTES = ALWAYS_BYTES // 4  # with less in flight it is the clients that are slow
SAMPLE_S = 0.25
TOGETHER_S = 0.001  # one record serves many calls
WEIGHT_UP, WEIGHT_DOWN = 0.3, 0.6  # of the newest sample in the rate: good news may take its time
NOBODY = ""  # in particular: whoever has it all for himself
ASSUMED_RATE = 512 * 1024  # until there is a sample: who knows how Kafka is today


@dataclass
class InFlight:
    max_calls: int
    max_bytes: int
    max_wait_s: float = 2.0
    clock: Callable[[], float] = time.monotonic
    rate: float = field(default=ASSUMED_RATE, init=False)
    """Bytes a second that Kafka acknowledges when it has enough to do."""
    _calls: Shares = field(default_factory=Shares, init=False)
    _bytes: Shares = field(default_factory=Shares, init=False)
    _measured: bool = field(default=False, init=False)
    _sampled_from: float = field(default=0.0, init=False)
    _released_at: float = field(default=0.0, init=False)  # the last one
    _sampled_bytes: int = field(default=0, init=False)

    @property
    def calls(self) -> int:
        return self._calls.held

    @property
    def bytes(self) -> int:
        return self._bytes.held

    def reserve(self, size: int, caller: str = NOBODY) -> None:
        """Take room for a call of `size` bytes, until `release`; OverloadedError where there is none for him.

        Whoever has nothing waiting is let in behind all the others, however slow Kafka has become: he pays by waiting.
        """
        after = self.bytes + size
        if self.calls >= self.max_calls or after > self.max_bytes:
            raise OverloadedError("Too much is waiting for Kafka; slow down and try again.")
        if after > ALWAYS_BYTES and self.bytes:
            self._sample()
            if after > self.rate * self.max_wait_s and (caller == NOBODY or self._bytes.of(caller)):
                raise OverloadedError("More comes in than Kafka takes; slow down and try again.")
        may_wait = min(self.max_bytes, max(ALWAYS_BYTES, self.rate * self.max_wait_s))
        shares = self._calls.admits(caller, self.max_calls) and self._bytes.admits(caller, may_wait)
        if caller != NOBODY and not shares:
            raise OverloadedError("Too much of yours is waiting for Kafka; slow down and try again.")
        if self.bytes < BUSY_BYTES <= after:
            self._sample_from(self.clock())
        self._calls.take(caller)
        self._bytes.take(caller, size)

    def release(self, size: int, caller: str = NOBODY, *, acknowledged: bool = True) -> None:
        """Give room back. What was given up rather than `acknowledged` says nothing about the rate."""
        if not acknowledged:
            self._sample_from(self.clock())
        elif self.bytes >= BUSY_BYTES:
            self._sample()
            self._released_at = self.clock()
            self._sampled_bytes += size
        self._calls.give_back(caller)
        self._bytes.give_back(caller, size)

    def _sample(self) -> None:
        """Take a sample that ends with the last acknowledgement, when all that came with it has been counted."""
        seconds = self._released_at - self._sampled_from
        if seconds >= SAMPLE_S and self.clock() - self._released_at > TOGETHER_S:
            sample = self._sampled_bytes / seconds
            weight = (WEIGHT_UP if sample > self.rate else WEIGHT_DOWN) if self._measured else 1
            self.rate += weight * (sample - self.rate)
            self._measured = True
            self._sample_from(self._released_at)

    def _sample_from(self, moment: float) -> None:
        self._sampled_from = self._released_at = moment
        self._sampled_bytes = 0
