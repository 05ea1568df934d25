"""780 pedestrians who were filmed, seen by phones that are off by a metre: who walked together?

UCY: A. Lerner, Y. Chrysanthou, D. Lischinski, "Crowds by Example", 2007. The recordings are no part of the repository.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import numpy as np

from deployment.native.folders import REPOSITORY
from location_client.readers.instants import EPOCH, MICROSECOND
from proximity.encounters import encounter_per_fix
from proximity.encounters import joined as encounters_joined
from proximity.estimated_meetings import estimated_meetings, joined
from proximity.fixes import Fixes
from proximity.geocentric import geocentric, geodetic
from proximity.near_fixes import near_fixes
from proximity.ways import ways
from udaconnect_client.simulation.phones import RADIUS_68

RECORDINGS = REPOSITORY.parent / "shared" / "data" / "ucy"
FRAME_US = 400_000
NOISE_M, DISTANCE_M, LASTS_US = 1.0, 2.0, 4_000_000  # the noise is the deviation on each axis
BRIDGE_US = 30_000_000

Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Walked:
    """Of the pairs that walked together, how many were found; and of those found, how many did."""

    pairs: int
    recall: float
    precision: float
    raw_recall: float
    raw_precision: float


def walked(seed: int) -> Walked:
    fixes = _seen(seed)
    together = _together()
    estimated, raw = _by_estimate(fixes), _by_rows(fixes)
    return Walked(
        len(together),
        len(estimated & together) / len(together),
        len(estimated & together) / max(len(estimated), 1),
        len(raw & together) / len(together),
        len(raw & together) / max(len(raw), 1),
    )


def _seen(seed: int) -> Fixes:
    """The recordings with noise, by person and time."""
    with (RECORDINGS / "locations.csv").open() as file:
        rows = list(csv.DictReader(file))
    person = np.array([int(row["person_id"]) for row in rows])
    time_us = np.array([(datetime.fromisoformat(row["creation_time"]) - EPOCH) // MICROSECOND for row in rows])
    latitude, longitude = (np.array([float(row[name]) for row in rows]) for name in ("latitude", "longitude"))
    points = geocentric(latitude, longitude)
    up = points / np.linalg.norm(points, axis=0)
    off = np.random.default_rng(seed).normal(0, NOISE_M, points.shape)
    latitude, longitude = geodetic(points + off - up * (off * up).sum(axis=0))  # along the ground
    accuracy_m = np.full(person.size, RADIUS_68 * NOISE_M, np.float32)
    return Fixes(person, time_us, latitude, longitude, accuracy_m).at(np.lexsort((time_us, person)))


def _together() -> Pairs:
    groups = defaultdict(list)
    with (RECORDINGS / "groups.csv").open() as file:
        for row in csv.DictReader(file):
            groups[row["scene"], row["group_id"]].append(int(row["person_id"]))
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def _by_estimate(fixes: Fixes) -> Pairs:
    every = ways(fixes, int(fixes.time_us.min()), int(fixes.time_us.max()) + 1)
    found = set()
    for person in np.unique(fixes.person_id).tolist():
        own, others = (fixes.at(some) for some in (fixes.person_id == person, fixes.person_id > person))
        mine, theirs = every.at(every.person_id == person), every.at(every.person_id > person)
        met = joined([estimated_meetings(mine, theirs, own, others, DISTANCE_M, 0.5)], BRIDGE_US)
        found |= {(person, other) for other in met.person_id[met.duration_us >= LASTS_US].tolist()}
    return found


def _by_rows(fixes: Fixes) -> Pairs:
    """Each fix for itself: at the same instants within the distance, the first and the last so far apart."""
    found = set()
    for person in np.unique(fixes.person_id).tolist():
        own, others = (fixes.at(some) for some in (fixes.person_id == person, fixes.person_id > person))
        others = others.at(np.argsort(others.time_us, kind="stable"))
        near = near_fixes(own, others, DISTANCE_M, FRAME_US // 2, DISTANCE_M)
        met = encounters_joined([encounter_per_fix(near)], BRIDGE_US)
        found |= {(person, other) for other in met.person_id[met.ended_us - met.started_us >= LASTS_US].tolist()}
    return found
