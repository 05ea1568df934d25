"""The order in which locations are stored."""

import numpy as np

from location_consumer.locations import Locations, by_person


def test_those_of_a_person_stand_together_in_the_order_in_which_they_came() -> None:
    person_id = np.array([7, 2, 7, 2, 5, 7])
    time_us = np.array([30, 10, 20, 10, 10, 20])
    nowhere = np.zeros(6)
    order = by_person(Locations(person_id, time_us, nowhere, nowhere, nowhere.astype(np.float32)))
    assert order.tolist() == [1, 3, 4, 0, 2, 5]
