"""A conference and the fixes that its phones report. The same seed makes the same fixes, to the millimetre.

for fixes in Conference(people=10_000, minutes=480, seed=7).fixes(start):
    ...  # numpy columns, a slice of time after the other, each sorted by time
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from location_client.readers.instants import EPOCH, MICROSECOND
from location_client.readers.rows import LocatedRow
from udaconnect_client.simulation.paths import Floats
from udaconnect_client.simulation.phones import SINE, Drift, Phones
from udaconnect_client.simulation.programme import Programme, Stretch
from udaconnect_client.simulation.venue import Venue

FIXES_IN_A_SLICE = 100_000


class Fixes(NamedTuple):
    """What phones report, as columns."""

    person_id: NDArray[np.int64]
    creation_time: NDArray[np.int64]  # microseconds since 1970
    latitude: Floats
    longitude: Floats
    accuracy_m: Floats

    def take(self, which: NDArray[np.int64] | slice) -> "Fixes":
        """Some of them, by index."""
        return Fixes(
            self.person_id[which],
            self.creation_time[which],
            self.latitude[which],
            self.longitude[which],
            self.accuracy_m[which],
        )

    def rows(self) -> Iterator[LocatedRow]:
        """The same as rows of a file would be."""
        return zip(repeat(0), *(column.tolist() for column in self), strict=False)


@dataclass(frozen=True)
class Conference:
    """Who comes, for how long, and how well the phones see it."""

    people: int
    minutes: float
    seed: int = 1
    interval_s: float = 10.0  # between two fixes of a phone; each phone has its own, up to a fifth off
    accuracy_m: float = 3.0  # the median of what the phones report
    drift: Drift = SINE  # the slow part of the errors
    outliers: float = 0.0  # the share of fixes that are 20 to 50 m off, and do not say so
    sleeps: int = 0  # how often an hour each phone reports nothing for 2 to 10 minutes
    strolls: float = 0.0  # the share of people who walk side by side, two and two, while others visit booths

    @property
    def venue(self) -> Venue:
        return Venue(self.people)

    @property
    def _phones(self) -> Phones:
        return Phones(self.people, self.seed, self.interval_s, self.accuracy_m, self.drift, self.outliers, self.sleeps)

    @property
    def fixes_of_each(self) -> list[int]:
        """How many fixes each of the people reports."""
        phones = self._phones
        person, _ = phones.samples(0, int(self.minutes * 60_000))
        counts: list[int] = np.bincount(person, minlength=self.people).tolist()
        return counts

    def stretches(self) -> Iterator[Stretch]:
        """Where everybody truly is, in metres on the venue's floor."""
        return Programme(self.venue, self.minutes * 60, self.seed, self.strolls).stretches()

    def fixes(self, start: datetime, person_ids: NDArray[np.int64] | None = None) -> Iterator[Fixes]:
        """All fixes, in slices of time. `person_ids` are those of the people, by default 1 to their number."""
        start_us = (start - EPOCH) // MICROSECOND
        ids = np.arange(1, self.people + 1) if person_ids is None else person_ids
        venue, phones = self.venue, self._phones
        slice_ms = max(1000, int(FIXES_IN_A_SLICE / self.people * self.interval_s) * 1000)
        for stretch in self.stretches():
            ends_ms = int(stretch.ends_s * 1000)
            for begins_ms in range(int(stretch.begins_s * 1000), ends_ms, slice_ms):
                person, time_ms = phones.samples(begins_ms, min(begins_ms + slice_ms, ends_ms))
                time_s = time_ms / 1000
                noise_m, accuracy_m = phones.noise(person, time_s, begins_ms)
                latitude, longitude = venue.degrees(stretch.paths.at(person, time_s) + noise_m)
                fixes = Fixes(ids[person], start_us + time_ms * 1000, latitude.round(8), longitude.round(8), accuracy_m)
                # Sorted last: by person, paths.at() is four times as fast.
                yield fixes.take(np.argsort(time_ms, kind="stable"))
