"""What waits for Kafka is bounded by number and by size, and room comes back."""

import pytest

from location_producer.errors import OverloadedError
from location_producer.in_flight import InFlight


def test_one_call_more_than_may_wait_is_refused() -> None:
    bound = InFlight(max_calls=2, max_bytes=1000)
    bound.reserve(1)
    bound.reserve(1)
    with pytest.raises(OverloadedError):
        bound.reserve(1)


def test_one_byte_more_than_may_wait_is_refused() -> None:
    bound = InFlight(max_calls=10, max_bytes=100)
    bound.reserve(100)
    with pytest.raises(OverloadedError):
        bound.reserve(1)


def test_a_refused_call_takes_no_room_and_a_released_one_gives_it_back() -> None:
    bound = InFlight(max_calls=1, max_bytes=100)
    bound.reserve(60)
    with pytest.raises(OverloadedError):
        bound.reserve(60)
    bound.release(60)
    bound.reserve(100)
