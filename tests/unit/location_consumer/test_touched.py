"""What a batch has settled again: the windows of which it tells, for few persons by their ids."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from location_consumer.locations import Locations
from location_consumer.touched import MOST_LOCATIONS, MOST_PERSONS, Touched
from proximity.windows import WINDOW_US, told_of

NOON = 1_000_000


def batch(person_id: list[int], window: list[float]) -> Locations:
    """A location in the middle of nowhere for each of them, so many windows after noon."""
    time_us = np.array([(NOON * WINDOW_US) + round(at * WINDOW_US) for at in window], np.int64)
    nowhere = np.zeros(time_us.size)
    return Locations(
        np.array(person_id, np.int64), time_us, nowhere, nowhere, np.full(time_us.size, np.nan, np.float32)
    )


def notes(locations: Locations) -> set[tuple[int, int | None]]:
    touched = Touched.of(locations)
    noted = list(zip(touched.windows, touched.persons, strict=True))
    assert len(noted) == len(set(noted))
    return set(noted)


@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 6)), min_size=1, max_size=20))
def test_few_are_noted_by_person_in_all_windows_of_which_they_tell(reported: list[tuple[int, float]]) -> None:
    locations = batch(*map(list, zip(*reported, strict=True)))
    expected = {
        (int(window), person)
        for person in set(locations.person_id.tolist())
        for window in told_of(locations.time_us[locations.person_id == person]).flat
    }
    assert notes(locations) == expected


def test_nothing_tells_of_nothing() -> None:
    assert notes(batch([], [])) == set()


def test_many_persons_are_everybody_in_the_windows_of_which_they_tell_together() -> None:
    persons = list(range(1, MOST_PERSONS + 2))
    crowd, alone = batch(persons, [0.7] * len(persons)), batch([1], [3.7])
    both = batch([*persons, 1], [*[0.7] * len(persons), 3.7])
    everybody = set(told_of(crowd.time_us).ravel().tolist())
    of_one = set(told_of(alone.time_us).ravel().tolist()) - everybody
    assert of_one
    assert notes(both) == {(window, None) for window in everybody} | {(window, 1) for window in of_one}


def test_a_day_of_one_person_is_theirs_and_a_flood_of_locations_is_not_looked_at_one_by_one() -> None:
    day = np.arange(0, 72, 1 / 120).tolist()  # each ten seconds
    assert {person for _, person in notes(batch([5] * len(day), day))} == {5}
    flood = MOST_LOCATIONS + 1
    assert {person for _, person in notes(batch([5] * flood, [0.7] * flood))} == {None}
