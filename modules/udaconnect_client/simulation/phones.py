"""What is particular to each phone: when it looks, how far off it is, and what it says of that."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.paths import Floats
from udaconnect_client.simulation.venue import Points

# Of the distances of a point from the truth, 68 % are within so many standard deviations (of one axis) in the plane:
# sqrt(-2 ln 0.32). Phones report that radius as their accuracy.
RADIUS_68 = 1.51
SINE_PERIODS_S = (60.0, 300.0)
OUTLIERS_M = (20.0, 50.0)
SLEEPS_S = (120.0, 600.0)
HOUR_S = 3600.0


class Drift(NamedTuple):
    """The slow part of an error: a share of its variance."""

    share: float
    # How fast it forgets (Gauss-Markov: after that time the correlation is 1/e). None: a sine of a period of each
    # phone's own, which averages away as real errors do not.
    time_constant_s: float | None


SINE = Drift(0.5, None)


class Phones:
    """n phones; noise() is to be called for one slice of time after the other."""

    def __init__(  # noqa: PLR0913, PLR0917  each is a trait
        self,
        people: int,
        seed: int,
        interval_s: float,
        accuracy_m: float,
        drift: Drift = SINE,
        outliers: float = 0.0,
        sleeps: int = 0,
    ) -> None:
        random = np.random.default_rng([seed, 1])
        self._seed, self._drift, self._outliers, self._sleeps = seed, drift, outliers, sleeps
        self._people = people
        self._interval_ms = (interval_s * 1000 * random.uniform(0.8, 1.2, people)).astype(np.int64)
        self._phase_ms = (self._interval_ms * random.uniform(0, 1, people)).astype(np.int64)
        self._deviation_m = accuracy_m / RADIUS_68 * random.lognormal(0, 0.3, people)  # on one axis
        self._sine_period_s = random.uniform(*SINE_PERIODS_S, (people, 2))
        self._sine_phase = random.uniform(0, 2 * np.pi, (people, 2))
        # The Gauss-Markov error of each phone as it was at its last look, in deviations.
        self._wandered = np.random.default_rng([seed, 3]).standard_normal((people, 2))
        self._wandered_at_s = np.zeros(people)

    def samples(self, begins_ms: int, ends_ms: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which phones look when in [begins, ends): persons and milliseconds, by person."""
        # The number of each phone's first look, from 0, and of its looks; both divisions round up.
        first = -((self._phase_ms - begins_ms) // self._interval_ms)
        count = -((self._phase_ms - ends_ms) // self._interval_ms) - first
        person = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(person)) - np.repeat(np.cumsum(count) - count - first, count)
        time_ms = self._phase_ms[person] + number * self._interval_ms[person]
        if not self._sleeps:
            return person, time_ms
        awake = ~self._asleep(person, time_ms / 1000)
        return person[awake], time_ms[awake]

    def noise(self, person: NDArray[np.int64], time_s: Floats, begins_ms: int) -> tuple[Points, Floats]:
        """Errors in metres and the accuracies reported with them, of looks by person and time."""
        random = np.random.default_rng([self._seed, 2, begins_ms])
        deviation_m = self._deviation_m[person]
        jitter = random.standard_normal((len(person), 2)) * np.sqrt(1 - self._drift.share)
        accuracy_m = RADIUS_68 * deviation_m * random.uniform(0.9, 1.1, len(person))
        if self._drift.time_constant_s is None:
            drift = np.sin(2 * np.pi * time_s[:, None] / self._sine_period_s[person] + self._sine_phase[person])
            drift *= np.sqrt(2 * self._drift.share)
        else:
            drift = self._wander(person, time_s, self._drift.time_constant_s, begins_ms) * np.sqrt(self._drift.share)
        error_m = (drift + jitter) * deviation_m[:, None]
        if self._outliers:
            random = np.random.default_rng([self._seed, 4, begins_ms])
            out = random.uniform(size=len(person)) < self._outliers
            direction, metres = random.uniform(0, 2 * np.pi, len(person)), random.uniform(*OUTLIERS_M, len(person))
            error_m[out] += (metres * np.stack([np.cos(direction), np.sin(direction)])).T[out]
        return error_m, accuracy_m.round(1)

    def _wander(self, person: NDArray[np.int64], time_s: Floats, time_constant_s: float, begins_ms: int) -> Points:
        """Gauss-Markov errors, in deviations: all first looks of the slice, then all second ones, and so on."""
        steps = np.random.default_rng([self._seed, 3, begins_ms]).standard_normal((len(person), 2))
        error = np.empty_like(steps)
        count = np.bincount(person, minlength=self._people)
        first = np.cumsum(count) - count
        for nth in range(int(count.max(initial=0))):
            looks = np.flatnonzero(count > nth)
            at = first[looks] + nth
            kept = np.exp(-(time_s[at] - self._wandered_at_s[looks]) / time_constant_s)[:, None]
            error[at] = self._wandered[looks] * kept + steps[at] * np.sqrt(1 - kept * kept)
            self._wandered[looks], self._wandered_at_s[looks] = error[at], time_s[at]
        return error

    def _asleep(self, person: NDArray[np.int64], time_s: Floats) -> NDArray[np.bool_]:
        """A sleep may reach into the next hour."""
        asleep = np.zeros(len(person), bool)
        for hour in range(int(time_s.min(initial=0) // HOUR_S) - 1, int(time_s.max(initial=0) // HOUR_S) + 1):
            random = np.random.default_rng([self._seed, 5, hour + 1])
            begins_s = hour * HOUR_S + random.uniform(0, HOUR_S, (self._sleeps, self._people))
            ends_s = begins_s + random.uniform(*SLEEPS_S, (self._sleeps, self._people))
            for begin_s, end_s in zip(begins_s, ends_s, strict=True):
                asleep |= (begin_s[person] <= time_s) & (time_s < end_s[person])
        return asleep
