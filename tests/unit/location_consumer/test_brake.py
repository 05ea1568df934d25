import pytest

from location_consumer.brake import SENDERS_FAULTS, Brake, BrakeError
from location_consumer.dead_letters import REASONS

OURS = sorted(set(REASONS) - SENDERS_FAULTS)


def test_the_brake_holds_when_nearly_everything_is_dead() -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=99, dead=["unreadable"] * 99)  # too few to say
    assert not brake.is_on
    with pytest.raises(BrakeError, match=r"100 of the last 100 .*\(99 unreadable, 1 invalid\)"):
        brake.record(seen=1, dead=["invalid"])
    assert brake.is_on


@pytest.mark.parametrize("reason", OURS)
def test_some_dead_letters_among_good_locations_do_not_stop_anything(reason: str) -> None:
    brake = Brake(window=100, ratio=0.9)
    for _ in range(1000):
        brake.record(seen=10, dead=[reason] * 8)


@pytest.mark.parametrize("reason", OURS)
def test_good_times_are_forgotten(reason: str) -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=100_000, dead=[])
    for _ in range(10):
        brake.record(seen=100, dead=[])
    with pytest.raises(BrakeError):
        brake.record(seen=100_000, dead=[reason] * 100_000)


@pytest.mark.parametrize("reason", sorted(SENDERS_FAULTS))
def test_what_a_sender_does_wrong_stops_nobody_however_much_of_it_comes(reason: str) -> None:
    brake = Brake(window=100, ratio=0.9)
    for _ in range(1000):
        brake.record(seen=10_000, dead=[reason] * 10_000)
    brake.record(seen=99, dead=["unreadable"] * 99)
    assert not brake.is_on


@pytest.mark.parametrize("reason", sorted(SENDERS_FAULTS))
def test_nor_does_it_hide_what_is_really_wrong(reason: str) -> None:
    brake = Brake(window=100, ratio=0.9)
    with pytest.raises(BrakeError, match=r"100 of the last 100 .*\(100 refused\)"):
        brake.record(seen=1100, dead=[reason] * 1000 + ["refused"] * 100)
