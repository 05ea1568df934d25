"""One rate for all callers follows what the store can do, and nothing is held back where that would help nobody."""

from collections import deque

import pytest

from location_producer.callers.backlog import STANDS_STILL_AFTER_S, Backlog
from location_producer.callers.fair_rate import BEGINS_AT_PER_S, LOWEST_PER_S, FairRate, Wait

CEILING = 50_000.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Store:
    """Stores `per_s` locations a second, in batches: what has come waits for the batch before it."""

    def __init__(self, per_s: float, now: float) -> None:
        self.per_s, self.stored = per_s, 0.0
        self._waiting: list[tuple[float, float]] = []  # when it came, and how many
        self._batch: list[tuple[float, float]] = []
        self._free_at = now
        self._lately = deque([(0.0, 0.0)], maxlen=20)  # a second
        self._taken = 0.0

    def take(self, count: float, now: float) -> Wait:
        self._waiting.append((now, count))
        self._taken += count
        if now >= self._free_at:
            self.stored += sum(stored for _, stored in self._batch)
            most, self._batch = self.per_s / 4, []
            while self._waiting and sum(taken for _, taken in self._batch) < most:
                self._batch.append(self._waiting.pop(0))
            self._free_at = now + max(0.1, sum(taken for _, taken in self._batch) / self.per_s)
        self._lately.append((self._taken, self.stored))
        (taken, stored), (taken_now, stored_now) = self._lately[0], self._lately[-1]
        share = (stored_now - stored) / (taken_now - taken)
        return Wait(now - [*self._batch, *self._waiting][0][0], too_much=True, stored_share=share)


@pytest.mark.parametrize("store_takes", [2_000, 5_000, 40_000])
def test_a_flood_is_slowed_down_to_what_the_store_takes_and_not_to_less(store_takes: float) -> None:
    clock = Clock()
    fair, store = FairRate(CEILING, clock=clock), Store(store_takes, clock.now)
    waits: list[float] = []
    for tick in range(5 * 400):  # of a twentieth of a second
        clock.now += 0.05
        wait = store.take(fair.per_s / 20, clock.now)  # whoever floods sends what he may
        if tick % 5 == 0:
            fair.look(wait, held_back=True)
        if tick == 5 * 200:
            stored_before, waits = store.stored, []
        waits.append(wait.seconds)
    assert store.stored - stored_before > 0.8 * store_takes * 50, "nobody is held back for nothing"
    assert sum(waits) / len(waits) < 0.6, "of that a modest sender waits no longer"
    assert max(waits) < 1.5


def test_the_rate_rises_only_where_somebody_is_held_back_by_it() -> None:
    fair = FairRate(CEILING)
    for _ in range(100):
        fair.look(Wait(0, too_much=False), held_back=False)
    assert fair.per_s == BEGINS_AT_PER_S
    for _ in range(100):
        fair.look(Wait(0, too_much=False), held_back=True)
    assert fair.per_s == CEILING


def test_it_never_falls_to_nothing() -> None:
    clock = Clock()
    fair = FairRate(CEILING, clock=clock)
    fair.look(Wait(60, too_much=True, stored_share=0), held_back=True)
    after_one_look = fair.per_s
    fair.look(Wait(60, too_much=True, stored_share=0), held_back=True)
    assert fair.per_s == after_one_look > LOWEST_PER_S, "first, what was sent before has to be stored"
    for _ in range(100):
        clock.now += 60
        fair.look(Wait(60, too_much=True, stored_share=0), held_back=True)
    assert fair.per_s == LOWEST_PER_S


def test_while_nothing_is_stored_at_all_kafka_keeps_what_comes() -> None:
    fair = FairRate(CEILING)
    for _ in range(100):
        fair.look(None, held_back=True)
    assert fair.per_s == CEILING


def test_what_waits_for_a_pause_slows_nobody_down() -> None:
    fair = FairRate(CEILING)
    for _ in range(100):
        fair.look(Wait(60, too_much=False), held_back=True)
    assert fair.per_s == BEGINS_AT_PER_S


def seen(wait: Wait | None) -> tuple[float, bool] | None:
    """Seconds, and whether it is too much."""
    return wait and (round(wait.seconds, 1), wait.too_much)


def test_a_record_waits_from_when_it_was_written_until_it_is_committed() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    assert seen(backlog.look({0: 10, 1: 5}, {0: 10, 1: 5})) == (0, False)
    assert seen(backlog.look({0: 20, 1: 5}, {0: 10, 1: 5})) == (0, False)
    clock.now += 1
    assert seen(backlog.look({0: 30, 1: 5}, {0: 15, 1: 5})) == (1, True)
    clock.now += 1
    assert seen(backlog.look({0: 30, 1: 5}, {0: 20, 1: 5})) == (1.9, True), "the last ten came evenly in a second"
    assert seen(backlog.look({0: 30, 1: 5}, {0: 29, 1: 5})) == (1.1, True)
    assert seen(backlog.look({0: 30, 1: 5}, {0: 30, 1: 5})) == (0, False)


def test_where_nobody_ever_stored_anything_nothing_is_known() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    for _ in range(20):
        assert backlog.look({0: 10}, {}) is None
        assert backlog.look({0: 10}, {1: 10}) is None
        clock.now += 1


def test_consumers_that_commit_nothing_any_more_are_nobodys_fault_who_sends() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    assert seen(backlog.look({0: 10}, {0: 5})) == (0, False)
    clock.now += STANDS_STILL_AFTER_S
    assert seen(backlog.look({0: 10}, {0: 5})) == (STANDS_STILL_AFTER_S, False)
    clock.now += 1
    assert backlog.look({0: 10}, {0: 5}) is None
    assert seen(backlog.look({0: 10}, {0: 6})) == (STANDS_STILL_AFTER_S + 1, False)


def test_what_has_gathered_in_a_pause_is_excused_until_it_waits_for_twice_as_long() -> None:
    clock, stored = Clock(), 5
    backlog = Backlog(clock)

    def look(sent: int) -> tuple[float, bool] | None:
        return seen(backlog.look({0: sent}, {0: stored}))

    assert look(5) == (0, False)
    for second in range(4):  # a consumer is restarted
        assert look(100 * (second + 1)) == (second, False)
        clock.now += 1
    stored = 50
    assert look(500) == (4, False)
    clock.now += 1
    stored = 100
    assert look(600) == (5, False), "catching up"
    clock.now += 5
    stored = 101
    assert look(700) == (10, True), "not catching up"
    stored = 400
    assert look(700) == (7, True), "that was the excuse"
    stored = 700
    assert look(700) == (0, False)


def test_what_was_stored_of_what_came_within_a_second_is_told() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    shares = []
    for number in range(10):
        wait = backlog.look({0: 8 * number, 1: 8 * number}, {0: 4 * number, 1: 8 * number, 2: 7})
        assert wait
        shares.append(wait.stored_share)
        clock.now += 0.25
    assert shares[0] == 1, "nothing came yet"
    assert set(shares[1:]) == {0.75}
