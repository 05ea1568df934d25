"""A conference: what its phones said, and who was truly where and with whom."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.truth.plan import DISTANCE_M, LASTS_S, MINUTES, PEOPLE, Phones
from location_client.readers.instants import EPOCH, MICROSECOND
from proximity.fixes import Fixes, Floats, Ints
from udaconnect_client.simulation.conference import Conference
from udaconnect_client.simulation.true_meetings import true_meetings

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
START_US = (START - EPOCH) // MICROSECOND


class Met(NamedTuple):
    """n meetings of pairs, the lower person first; of the truth, the probability is 1."""

    person: Ints
    other: Ints
    started_s: Floats  # since the start
    ended_s: Floats
    closest_m: Floats
    probability: Floats


class TruePart(NamedTuple):
    """Of each fix: the stay or the leg of a walk that it was taken in, and which of both."""

    part: Ints
    is_walk: NDArray[np.bool_]


@dataclass(frozen=True)
class Scene:
    conference: Conference
    fixes: Fixes  # by person and time
    truth: Met

    @property
    def end_us(self) -> int:
        return START_US + int(self.conference.minutes * 60e6)

    def true_parts(self) -> TruePart:
        time_s = (self.fixes.time_us - START_US) / 1e6
        part, is_walk = np.zeros(self.fixes.size, np.int64), np.zeros(self.fixes.size, bool)
        for number, stretch in enumerate(self.conference.stretches()):
            now = np.flatnonzero((stretch.begins_s <= time_s) & (time_s < stretch.ends_s))
            knot, at, velocity = stretch.paths.legs(self.fixes.person_id[now] - 1, time_s[now])
            is_walk[now] = (velocity != 0).any(axis=1)
            # A stay may go on in the next stretch: it is known by its place, in millimetres.
            place = (np.rint(at * 1000) @ np.array([10**7, 1])).astype(np.int64)
            part[now] = np.where(is_walk[now], -(knot + 1 + number * 10**7), place)
        return TruePart(part, is_walk)


def scene(phones: Phones, seed: int, people: int = PEOPLE, minutes: int = MINUTES) -> Scene:
    conference = Conference(people, minutes, seed, phones.interval_s, phones.accuracy_m, phones.drift, phones.outliers)
    person, time_us, latitude, longitude, accuracy_m = map(np.concatenate, zip(*conference.fixes(START), strict=True))
    order = np.lexsort((time_us, person))
    fixes = Fixes(person, time_us, latitude, longitude, accuracy_m.astype(np.float32)).at(order)
    parts = true_meetings(conference.stretches(), distance_m=DISTANCE_M, lasts_s=LASTS_S)
    one, other, started_s, ended_s, closest_m = map(np.concatenate, zip(*parts, strict=True))
    return Scene(conference, fixes, Met(one + 1, other + 1, started_s, ended_s, closest_m, np.ones(one.size)))
