import pytest

from location_consumer.brake import Brake, BrakeError


def test_the_brake_holds_when_nearly_everything_is_dead() -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=99, dead=["unreadable"] * 99)  # too few to say
    assert not brake.is_on
    with pytest.raises(BrakeError, match=r"100 of the last 100 .*\(99 unreadable, 1 invalid\)"):
        brake.record(seen=1, dead=["invalid"])
    assert brake.is_on


def test_some_dead_letters_among_good_locations_do_not_stop_anything() -> None:
    brake = Brake(window=100, ratio=0.9)
    for _ in range(1000):
        brake.record(seen=10, dead=["conflict"] * 8)


def test_good_times_are_forgotten() -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=100_000, dead=[])
    for _ in range(10):
        brake.record(seen=100, dead=[])
    with pytest.raises(BrakeError):
        brake.record(seen=100_000, dead=["conflict"] * 100_000)
