"""A round counts its own rows: two that begin at the moment, one right after the other, do not overlap."""

from datetime import timedelta

from tests.chaos.round import RATE
from tests.chaos.store import LENGTH


def test_a_round_has_room_for_all_its_locations_in_less_time_than_lies_between_two() -> None:
    longest = timedelta(minutes=5)  # of load: recovery may take two minutes
    assert RATE * longest.total_seconds() <= LENGTH / timedelta(microseconds=1)
    assert timedelta(seconds=1) >= LENGTH
