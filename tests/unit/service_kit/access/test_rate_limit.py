"""A token bucket for each caller, by an injected clock."""

import pytest

from service_kit.access import rate_limit
from service_kit.access.rate_limit import RateLimit
from service_kit.errors import TooManyCalls


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def calls_let_in(limit: RateLimit, caller: str, attempts: int) -> int:
    return sum(limit.wait_s(caller) == 0 for _ in range(attempts))


def test_a_burst_is_let_in_at_once_and_then_the_rate() -> None:
    clock = Clock()
    limit = RateLimit(10, 5, clock=clock)
    assert calls_let_in(limit, "a", 100) == 5
    clock.now += 0.3
    assert calls_let_in(limit, "a", 100) == 3
    clock.now += 1000
    assert calls_let_in(limit, "a", 100) == 5


def test_in_the_long_run_the_rate_is_kept_however_hard_one_tries() -> None:
    clock = Clock()
    limit = RateLimit(10, 5, clock=clock)
    let_in = 0
    for _ in range(10_000):
        clock.now += 0.001
        let_in += limit.wait_s("a") == 0
    assert let_in == pytest.approx(10 * 10 + 5, abs=1)


def test_a_refusal_says_when_a_call_is_welcome_and_it_is_then() -> None:
    clock = Clock()
    limit = RateLimit(2, 1, clock=clock)
    limit.count("a")
    with pytest.raises(TooManyCalls) as refused:
        limit.count("a")
    assert refused.value.after_s == pytest.approx(0.5)
    clock.now += refused.value.after_s + 1e-9
    limit.count("a")


def test_callers_do_not_share_a_bucket() -> None:
    limit = RateLimit(1, 1, clock=Clock())
    limit.count("a")
    limit.count("b")
    with pytest.raises(TooManyCalls):
        limit.count("a")


def test_memory_is_bounded_and_the_busy_are_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "CALLERS_MAX", 3)
    limit = RateLimit(1, 2, clock=Clock())
    for name in ("a", "b", "c", "a", "d"):
        limit.count(name)
    assert limit.wait_s("a") > 0
    assert calls_let_in(limit, "b", 9) == 2  # forgotten, so that its bucket is full


def test_what_counts_as_many_waits_until_there_is_room_for_all_of_it() -> None:
    clock = Clock()
    limit = RateLimit(100, 300, clock=clock)
    limit.count("a", 200)
    assert limit.wait_s("a", 300) == pytest.approx(2)
    limit.count("a", 100)
    clock.now += 2
    assert limit.wait_s("a", 201) == pytest.approx(0.01)
    limit.count("a", 200)
    assert limit.wait_s("b", 300) == 0
