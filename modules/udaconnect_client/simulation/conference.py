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

from udaconnect_client.files.instants import EPOCH, MICROSECOND
from udaconnect_client.files.rows import LocatedRow
from udaconnect_client.simulation.paths import Floats
from udaconnect_client.simulation.programme import Programme, Stretch
from udaconnect_client.simulation.venue import Points, Venue

FIXES_IN_A_SLICE = 100_000
# Of the distances of a point from the truth, 68 % are within so many standard deviations (of one axis) in the plane:
# sqrt(-2 ln 0.32). Phones report that radius as their accuracy.
RADIUS_68 = 1.51
DRIFT_PERIODS_S = (60.0, 300.0)


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

    @property
    def venue(self) -> Venue:
        return Venue(self.people)

    @property
    def fixes_of_each(self) -> list[int]:
        """How many fixes each of the people reports."""
        counts: list[int] = Phones.of(self).counts(0, int(self.minutes * 60_000))[1].tolist()
        return counts

    def stretches(self) -> Iterator[Stretch]:
        """Where everybody truly is, in metres on the venue's floor."""
        return Programme(self.venue, self.minutes * 60, self.seed).stretches()

    def fixes(self, start: datetime, person_ids: NDArray[np.int64] | None = None) -> Iterator[Fixes]:
        """All fixes, in slices of time. `person_ids` are those of the people, by default 1 to their number."""
        start_us = (start - EPOCH) // MICROSECOND
        ids = np.arange(1, self.people + 1) if person_ids is None else person_ids
        venue, phones = self.venue, Phones.of(self)
        slice_ms = max(1000, int(FIXES_IN_A_SLICE / self.people * self.interval_s) * 1000)
        for stretch in self.stretches():
            ends_ms = int(stretch.ends_s * 1000)
            for begins_ms in range(int(stretch.begins_s * 1000), ends_ms, slice_ms):
                person, time_ms = phones.samples(begins_ms, min(begins_ms + slice_ms, ends_ms))
                time_s = time_ms / 1000
                noise_m, accuracy_m = phones.noise(person, time_s, np.random.default_rng([self.seed, 2, begins_ms]))
                latitude, longitude = venue.degrees(stretch.paths.at(person, time_s) + noise_m)
                fixes = Fixes(ids[person], start_us + time_ms * 1000, latitude.round(8), longitude.round(8), accuracy_m)
                # Sorted last: by person, paths.at() is four times as fast.
                yield fixes.take(np.argsort(time_ms, kind="stable"))


@dataclass(frozen=True)
class Phones:
    """What is particular to each phone, (n,) each: when it looks, and how far off it is."""

    interval_ms: NDArray[np.int64]
    phase_ms: NDArray[np.int64]
    deviation_m: Floats  # standard deviation on one axis
    drift_period_s: Points  # of the slow part of the error, on each axis
    drift_phase: Points

    @classmethod
    def of(cls, conference: Conference) -> "Phones":
        random = np.random.default_rng([conference.seed, 1])
        people = conference.people
        interval_ms = (conference.interval_s * 1000 * random.uniform(0.8, 1.2, people)).astype(np.int64)
        return cls(
            interval_ms,
            (interval_ms * random.uniform(0, 1, people)).astype(np.int64),
            conference.accuracy_m / RADIUS_68 * random.lognormal(0, 0.3, people),
            random.uniform(*DRIFT_PERIODS_S, (people, 2)),
            random.uniform(0, 2 * np.pi, (people, 2)),
        )

    def counts(self, begins_ms: int, ends_ms: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of each phone's first look in [begins, ends), from 0, and of its looks."""
        first = -((self.phase_ms - begins_ms) // self.interval_ms)  # both divisions round up
        return first, -((self.phase_ms - ends_ms) // self.interval_ms) - first

    def samples(self, begins_ms: int, ends_ms: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which phones look when in [begins, ends): persons and milliseconds, by person."""
        first, count = self.counts(begins_ms, ends_ms)
        person = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(person)) - np.repeat(np.cumsum(count) - count - first, count)
        return person, self.phase_ms[person] + number * self.interval_ms[person]

    def noise(self, person: NDArray[np.int64], time_s: Floats, random: np.random.Generator) -> tuple[Points, Floats]:
        """Errors in metres, half of their variance drifting slowly, and the accuracies reported with them."""
        deviation_m = self.deviation_m[person]
        drift = np.sin(2 * np.pi * time_s[:, None] / self.drift_period_s[person] + self.drift_phase[person])
        jitter = random.standard_normal((len(person), 2)) / np.sqrt(2)
        accuracy_m = RADIUS_68 * deviation_m * random.uniform(0.9, 1.1, len(person))
        return (drift + jitter) * deviation_m[:, None], accuracy_m.round(1)
