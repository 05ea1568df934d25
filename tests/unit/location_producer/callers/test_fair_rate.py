"""One rate for all callers follows what the store can do, and nothing is held back where that would help nobody."""

import pytest

from location_producer.callers.backlog import STANDS_STILL_AFTER_S, Backlog
from location_producer.callers.fair_rate import BEGINS_AT_PER_S, LOWEST_PER_S, FairRate, Wait

CEILING = 50_000.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("store_takes", [1_000, 5_000, 40_000])
def test_a_flood_is_slowed_down_to_what_the_store_takes(store_takes: float) -> None:
    fair = FairRate(CEILING)
    backlog, sent, waits = 0.0, 0.0, []
    for tick in range(400):  # of a quarter of a second
        sent = fair.per_s / 4  # whoever floods sends what he may
        backlog = max(0.0, backlog + sent - store_takes / 4)
        fair.look(Wait(backlog / store_takes, too_much=True), held_back=True)
        if tick > 100:
            waits.append(backlog / store_takes)
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
    fair = FairRate(CEILING)
    for _ in range(100):
        fair.look(Wait(60, too_much=True), held_back=True)
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


def test_a_record_waits_from_when_it_was_written_until_it_is_committed() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    assert backlog.look({0: 10, 1: 5}, {0: 10, 1: 5}) == Wait(0, too_much=False)
    assert backlog.look({0: 20, 1: 5}, {0: 10, 1: 5}) == Wait(0, too_much=False)
    clock.now += 1
    assert backlog.look({0: 30, 1: 5}, {0: 15, 1: 5}) == Wait(1, too_much=True)
    clock.now += 1
    stored_in_part = backlog.look({0: 30, 1: 5}, {0: 20, 1: 5})
    assert stored_in_part == Wait(1, too_much=True), "the first ten are stored, the others wait since then"
    assert backlog.look({0: 30, 1: 5}, {0: 30, 1: 5}) == Wait(0, too_much=False)


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
    assert backlog.look({0: 10}, {0: 5}) == Wait(0, too_much=False)
    clock.now += STANDS_STILL_AFTER_S
    assert backlog.look({0: 10}, {0: 5}) == Wait(STANDS_STILL_AFTER_S, too_much=False)
    clock.now += 1
    assert backlog.look({0: 10}, {0: 5}) is None
    assert backlog.look({0: 10}, {0: 6}) == Wait(STANDS_STILL_AFTER_S + 1, too_much=False)


def test_what_has_gathered_in_a_pause_is_excused_until_it_waits_for_twice_as_long() -> None:
    clock, stored = Clock(), 5
    backlog = Backlog(clock)

    def look(sent: int) -> Wait | None:
        return backlog.look({0: sent}, {0: stored})

    assert look(5) == Wait(0, too_much=False)
    for second in range(4):  # a consumer is restarted
        assert look(100 * (second + 1)) == Wait(second, too_much=False)
        clock.now += 1
    stored = 50
    assert look(500) == Wait(4, too_much=False)
    clock.now += 1
    stored = 100
    assert look(600) == Wait(4, too_much=False), "catching up"
    clock.now += 5
    stored = 101
    assert look(700) == Wait(9, too_much=True), "not catching up"
    stored = 400
    assert look(700) == Wait(6, too_much=True), "that was the excuse"
    stored = 700
    assert look(700) == Wait(0, too_much=False)
