"""Where the people of the query benchmarks are: a town that grows by venues and people, never by density.

Every venue is one wing of the simulator's building, a kilometre from the next. Everybody spends each day of a month,
eight hours of it, in one of them, with two others and drawn anew for each day; inside, they walk by the simulator's
programme, and their phones report every three minutes. So a million locations are a town of 207 people, and in one of
twenty million everybody meets as many people a day as there.

A day's answer is then some 300 rows within 50 m and ten minutes, the month's nearly as many as fit on one page, and
that of the month at any time more than 400,000.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.conference import Conference, Fixes
from udaconnect_client.simulation.venue import PEOPLE_PER_WING

FIRST_DAY = date(2026, 3, 1)
DAYS = 30
OPENS = time(9, tzinfo=UTC)
OPEN_MINUTES = 480
INTERVAL_S = 180.0
FIXES_A_DAY = 162.2  # of a phone, on average: their intervals differ by up to a fifth
PEOPLE_IN_A_VENUE = 3
NEXT_ROW, NEXT_COLUMN = 0.0090, 0.0140  # degrees to the next venue, a kilometre at 50° N
SEED = 7


@dataclass(frozen=True)
class Town:
    people: int  # persons 1 to this number

    @classmethod
    def of(cls, locations: int) -> "Town":
        """The town whose month has about so many locations."""
        venues = max(1, round(locations / (DAYS * FIXES_A_DAY * PEOPLE_IN_A_VENUE)))
        return cls(venues * PEOPLE_IN_A_VENUE)

    @property
    def venues(self) -> int:
        return self.people // PEOPLE_IN_A_VENUE

    def guests(self, day: int) -> NDArray[np.int64]:
        """Persons in the order of their venues: the first three are in the first one."""
        return np.random.default_rng([SEED, 0, day]).permutation(self.people) + 1

    def venue_of_everybody(self, day: int) -> NDArray[np.int64]:
        """(people + 1,): number of the venue by id of the person; nobody has the id 0."""
        venue = np.zeros(self.people + 1, np.int64)
        venue[self.guests(day)] = np.arange(self.people) // PEOPLE_IN_A_VENUE
        return venue

    def fixes(self, day: int) -> Fixes:
        """All fixes of a day, by time: the order in which they would have come."""
        begins = datetime.combine(FIRST_DAY + timedelta(days=day), OPENS)
        guests = self.guests(day)
        # One simulation moves the guests of eighty venues: each three of them in a building of their own.
        found = [
            fixes
            for first in range(0, self.people, PEOPLE_PER_WING)
            for fixes in self._walks(day, first, guests[first : first + PEOPLE_PER_WING]).fixes(
                begins, guests[first : first + PEOPLE_PER_WING]
            )
        ]
        fixes = Fixes(*(np.concatenate(column) for column in zip(*found, strict=True)))
        row, column = np.divmod(self.venue_of_everybody(day)[fixes.person_id], ceil(sqrt(self.venues)))
        moved = fixes._replace(
            latitude=(fixes.latitude + row * NEXT_ROW).round(8),
            longitude=(fixes.longitude + column * NEXT_COLUMN).round(8),
        )
        return moved.take(np.lexsort((moved.person_id, moved.creation_time)))

    def much_travelled(self) -> int:
        """The person who is in the most different venues in the month."""
        venues = np.stack([self.venue_of_everybody(day) for day in range(DAYS)])[:, 1:]
        different = (np.diff(np.sort(venues, axis=0), axis=0) > 0).sum(axis=0)
        return int(different.argmax()) + 1

    @staticmethod
    def _walks(day: int, first: int, guests: NDArray[np.int64]) -> Conference:
        return Conference(guests.size, OPEN_MINUTES, seed=SEED + day * 1000 + first, interval_s=INTERVAL_S)
