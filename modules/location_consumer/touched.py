"""Of which windows' meetings a batch tells, and of whose: these are settled again where they were settled already."""

from typing import Final, NamedTuple

import numpy as np

from location_consumer.locations import Locations
from proximity.windows import begins_of, told_of

# A window of which more than these tell is settled again for everybody: that costs no more, and is noted in one row.
MOST_LOCATIONS: Final = 1000
MOST_PERSONS: Final = 20


class Touched(NamedTuple):
    """Notes for modules/meeting_finder, each once, in any order."""

    windows: list[int]  # numbers (proximity/windows.py)
    persons: list[int | None]  # of each; None: everybody

    @classmethod
    def of(cls, locations: Locations) -> "Touched":
        begins = begins_of(locations.time_us)
        order = np.argsort(begins, kind="stable")
        _, first = np.unique(begins[order], return_index=True)
        persons_of = np.split(locations.person_id[order], first)[1:]
        whose: dict[int, set[int] | None] = {}
        told = told_of(locations.time_us[order[first]]).tolist()
        for windows, persons in zip(told, persons_of, strict=True):
            few = few_persons(persons.tolist()) if persons.size <= MOST_LOCATIONS else None
            for window in windows:
                known = whose.get(window, set())
                whose[window] = None if few is None or known is None else known | few
        notes = [(window, person) for window, persons in whose.items() for person in persons or [None]]
        return cls([window for window, _ in notes], [person for _, person in notes])


def few_persons(persons: list[int]) -> set[int] | None:
    """None: they are too many to be told apart."""
    few = set(persons)
    return few if len(few) <= MOST_PERSONS else None
