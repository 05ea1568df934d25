"""The bound of what is waiting for Kafka: KafkaProducer itself would take in any amount."""

from dataclasses import dataclass

from location_producer.errors import OverloadedError


@dataclass
class InFlight:
    max_calls: int
    max_bytes: int
    calls: int = 0
    bytes: int = 0

    def reserve(self, size: int) -> None:
        """Take room for a call of `size` bytes, until `release`; OverloadedError where there is none."""
        if self.calls >= self.max_calls or self.bytes + size > self.max_bytes:
            raise OverloadedError("Too much is waiting for Kafka; slow down and try again.")
        self.calls += 1
        self.bytes += size

    def release(self, size: int) -> None:
        self.calls -= 1
        self.bytes -= size
