"""What waits for Kafka is bounded by number, by size and by the time it will take, and room comes back."""

import pytest

from location_producer.errors import OverloadedError
from location_producer.in_flight import ALWAYS_BYTES, InFlight

CALL = 25_000


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


class Broker:
    """Takes so many bytes a second of what is in flight, the oldest first; `now` is the clock of both."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.now = 0.0
        self.bound = InFlight(max_calls=10_000, max_bytes=32 * 1024 * 1024, clock=lambda: self.now)
        self.waiting: list[float] = []
        self.longest_wait_s = 0.0
        self._taken = 0.0

    def offer(self) -> bool:
        try:
            self.bound.reserve(CALL)
        except OverloadedError:
            return False
        self.waiting.append(self.now)
        return True

    def work(self, seconds: float) -> None:
        self.now += seconds
        self._taken += self.rate * seconds if self.waiting else 0
        while self.waiting and self._taken >= CALL:
            self._taken -= CALL
            self.longest_wait_s = max(self.longest_wait_s, self.now - self.waiting.pop(0))
            self.bound.release(CALL)


@pytest.mark.parametrize("before", [1_000_000, 50_000_000])
def test_the_first_seconds_of_an_overload_do_not_wait_for_long_either(before: float) -> None:
    broker = Broker(rate=before)
    for _ in range(400):  # it has been fast so far, or not been asked
        broker.offer()
        broker.work(0.0025)
    while broker.waiting:
        broker.work(0.0025)
    broker.rate, broker.longest_wait_s = 300_000, 0.0
    for _ in range(8000):
        broker.offer()
        broker.work(0.0025)
    assert broker.longest_wait_s < 8  # the delivery timeout is 10 s


def test_ten_times_what_kafka_takes_waits_no_longer_than_it_may() -> None:
    broker = Broker(rate=1_000_000)
    for _ in range(6000):  # at first nobody knows the rate, and what was taken in then has to go out again
        broker.offer()
        broker.work(0.0025)
    broker.longest_wait_s = 0.0
    refused = 0
    for _ in range(8000):
        refused += not broker.offer()
        broker.work(0.0025)
    assert broker.longest_wait_s < 2.5
    assert 0.85 < refused / 8000 < 0.95


def test_a_burst_that_kafka_can_take_is_not_refused_once_that_is_known() -> None:
    broker = Broker(rate=50_000_000)
    for _ in range(300):
        broker.offer()
        broker.offer()
        broker.offer()
        broker.work(0.001)
    for _ in range(20):
        assert all(broker.offer() for _ in range(40))
        broker.work(1)


def test_what_was_given_up_does_not_pass_for_slowness() -> None:
    broker = Broker(rate=50_000_000)
    for _ in range(10):
        broker.offer()
    broker.now += 60  # Kafka is away
    for _ in range(10):
        broker.bound.release(CALL, acknowledged=False)
    broker.waiting.clear()
    assert all(broker.offer() for _ in range(40))


def test_however_slow_kafka_is_a_little_may_always_wait() -> None:
    broker = Broker(rate=1000)
    for _ in range(500):
        broker.offer()
        broker.work(10)
    assert broker.bound.rate < 2000
    assert ALWAYS_BYTES - 2 * CALL < broker.bound.bytes <= ALWAYS_BYTES


def fill(bound: InFlight, caller: str) -> int:
    """How many calls of this caller are taken in until one is refused."""
    taken = 0
    while True:
        try:
            bound.reserve(CALL, caller)
        except OverloadedError:
            return taken
        taken += 1


@pytest.mark.parametrize(
    "bound", [InFlight(1000, 2**40, max_wait_s=2**40), InFlight(2**40, 1000 * CALL, max_wait_s=2**40)]
)
def test_whoever_comes_next_finds_room_beside_one_who_takes_all_he_gets(bound: InFlight) -> None:
    alone = fill(bound, "greedy")
    assert 750 < alone < 850
    others = [fill(bound, f"other {number}") for number in range(3)]
    assert others[0] > 100
    assert all(room > 0 for room in others)
    for _ in range(alone):
        bound.release(CALL, "greedy")
    assert fill(bound, "other 0") > 100, "what one gives back is there for the others"


def test_a_slow_kafka_is_shared_as_well() -> None:
    bound = InFlight(max_calls=10_000, max_bytes=32 * 1024 * 1024)  # the rate is not known: a megabyte may wait
    assert fill(bound, "greedy") > 20
    assert fill(bound, "modest") > 2


def test_whoever_has_nothing_waiting_is_let_in_however_slow_kafka_has_become() -> None:
    bound = InFlight(max_calls=10_000, max_bytes=32 * 1024 * 1024)
    assert fill(bound, "greedy") > 20
    bound.rate = 1.0
    assert fill(bound, "modest") == 1
