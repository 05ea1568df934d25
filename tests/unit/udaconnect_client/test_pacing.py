from datetime import UTC, datetime, timedelta

import pytest

from location_client.batches import Batch
from udaconnect_client.pacing import Rate, paced
from udaconnect_client.simulation.conference import Conference

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONFERENCE = Conference(people=20, minutes=2, interval_s=2)


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def sent(rate: Rate, batch_size: int = 50) -> list[tuple[float, Batch]]:
    """The batches, each with the seconds after which it was sent."""
    time = Time()
    batches = paced(CONFERENCE.fixes(START), START, rate, batch_size, clock=time.clock, sleep=time.sleep)
    return [(time.now - 1000, batch) for batch in batches]


def number(batches: list[tuple[float, Batch]]) -> int:
    return sum(len(batch.request.locations) for _, batch in batches)


def test_unlimited_waits_for_nothing() -> None:
    batches = sent(Rate.parse("unlimited"))
    assert {after for after, _ in batches} == {0}
    assert number(batches) == sum(CONFERENCE.fixes_of_each)
    assert {len(batch.request.locations) for _, batch in batches[:-1]} == {50}


@pytest.mark.parametrize("per_s", [7, 100, 0.5])
def test_a_number_is_locations_a_second(per_s: float) -> None:
    batches = sent(Rate.parse(str(per_s)))
    assert number(batches) == sum(CONFERENCE.fixes_of_each)
    so_far = 0
    for after, batch in batches:
        assert after == pytest.approx(so_far / per_s)
        so_far += len(batch.request.locations)


@pytest.mark.parametrize("factor", [1, 10])
def test_a_factor_sends_each_fix_soon_after_it_happens_and_none_before(factor: int) -> None:
    batches = sent(Rate.parse(f"{factor}x"))
    assert number(batches) == sum(CONFERENCE.fixes_of_each)
    for after, batch in batches:
        for location in batch.request.locations:
            happened = location.creation_time.ToDatetime(UTC) - START
            assert 0 <= after - happened.total_seconds() / factor <= 1


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "0x", "nan", "inf", "fast", "nanx"])
def test_a_rate_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Rate.parse(text)


@pytest.mark.parametrize(("rate", "before"), [("unlimited", 60), ("500", 60), ("1x", 0), ("4x", 45), ("0.5x", 0)])
def test_the_conference_ends_now_at_the_latest(rate: str, before: int) -> None:
    assert Rate.parse(rate).latest_start(START, timedelta(minutes=60)) == START - timedelta(minutes=before)
