import pytest

from location_consumer.brake import Brake, BrakeError


def test_the_brake_holds_when_nearly_everything_is_dead() -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=99, dead=99)  # too few to say
    with pytest.raises(BrakeError, match="100 of the last 100"):
        brake.record(seen=1, dead=1)


def test_some_dead_letters_among_good_locations_do_not_stop_anything() -> None:
    brake = Brake(window=100, ratio=0.9)
    for _ in range(1000):
        brake.record(seen=10, dead=8)


def test_good_times_are_forgotten() -> None:
    brake = Brake(window=100, ratio=0.9)
    brake.record(seen=100_000, dead=0)
    for _ in range(10):
        brake.record(seen=100, dead=0)
    with pytest.raises(BrakeError):
        brake.record(seen=100_000, dead=100_000)
