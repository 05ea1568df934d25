"""A conference: what its phones said, and who was truly where and with whom."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from benchmarks.truth.plan import DISTANCE_M, LASTS_S, MINUTES, PEOPLE, STEP_S, Phones
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


@dataclass(frozen=True)
class Scene:
    conference: Conference
    fixes: Fixes  # by person and time
    truth: Met

    @property
    def end_us(self) -> int:
        return START_US + int(self.conference.minutes * 60e6)


def scene(phones: Phones, seed: int, people: int = PEOPLE, minutes: int = MINUTES) -> Scene:
    conference = Conference(people, minutes, seed, phones.interval_s, phones.accuracy_m, phones.drift, phones.outliers)
    person, time_us, latitude, longitude, accuracy_m = map(np.concatenate, zip(*conference.fixes(START), strict=True))
    order = np.lexsort((time_us, person))
    fixes = Fixes(person, time_us, latitude, longitude, accuracy_m.astype(np.float32)).at(order)
    parts = true_meetings(conference.stretches(), distance_m=DISTANCE_M, lasts_s=LASTS_S, step_s=STEP_S)
    one, other, started_s, ended_s, closest_m = map(np.concatenate, zip(*parts, strict=True))
    return Scene(conference, fixes, Met(one + 1, other + 1, started_s, ended_s, closest_m, np.ones(one.size)))
