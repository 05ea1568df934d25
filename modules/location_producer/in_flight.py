"""The bound of what is waiting for Kafka: KafkaProducer itself would take in any amount.

Besides number and size it bounds the wait: what is taken in today's queue should not be told tomorrow that it was too
late. By Little's law the wait is what is in flight, divided by how fast Kafka has acknowledged lately.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from location_producer.errors import OverloadedError

ALWAYS_BYTES = 256 * 1024  # so much may be in flight whatever the rate: 10,000 locations
BUSY_BYTES = ALWAYS_BYTES // 4  # with less in flight it is the clients that are slow
SAMPLE_S = 0.25
TOGETHER_S = 0.001  # one record serves many calls
WEIGHT_UP, WEIGHT_DOWN = 0.3, 0.6  # of the newest sample in the rate: good news may take its time
ASSUMED_RATE = 512 * 1024  # until there is a sample: who knows how Kafka is today


@dataclass
class InFlight:
    max_calls: int
    max_bytes: int
    max_wait_s: float = 2.0
    clock: Callable[[], float] = time.monotonic
    calls: int = 0
    bytes: int = 0
    rate: float = field(default=ASSUMED_RATE, init=False)
    """Bytes a second that Kafka acknowledges when it has enough to do."""
    _measured: bool = field(default=False, init=False)
    _sampled_from: float = field(default=0.0, init=False)
    _released_at: float = field(default=0.0, init=False)  # the last one
    _sampled_bytes: int = field(default=0, init=False)

    def reserve(self, size: int) -> None:
        """Take room for a call of `size` bytes, until `release`; OverloadedError where there is none."""
        after = self.bytes + size
        if self.calls >= self.max_calls or after > self.max_bytes:
            raise OverloadedError("Too much is waiting for Kafka; slow down and try again.")
        if after > ALWAYS_BYTES and self.bytes:
            self._sample()
            if after > self.rate * self.max_wait_s:
                raise OverloadedError("More comes in than Kafka takes; slow down and try again.")
        if self.bytes < BUSY_BYTES <= after:
            self._sample_from(self.clock())
        self.calls += 1
        self.bytes = after

    def release(self, size: int, *, acknowledged: bool = True) -> None:
        """Give room back. What was given up rather than `acknowledged` says nothing about the rate."""
        if not acknowledged:
            self._sample_from(self.clock())
        elif self.bytes >= BUSY_BYTES:
            self._sample()
            self._released_at = self.clock()
            self._sampled_bytes += size
        self.calls -= 1
        self.bytes -= size

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
