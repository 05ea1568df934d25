"""The estimate and those beside it: each makes meetings of the same fixes."""

from collections.abc import Callable

import numpy as np

from benchmarks.truth.plan import DISTANCE_M, LASTS_S
from benchmarks.truth.posterior import posterior
from benchmarks.truth.scene import START_US, Met, Scene
from proximity.encounters import encounter_per_fix
from proximity.encounters import joined as encounters_joined
from proximity.estimated_meetings import estimated_meetings, joined
from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric
from proximity.near_fixes import near_fixes
from proximity.ways import Ways, ways_in
from proximity.windows import windows_around

SECOND_US = 1_000_000
TODAY_WINDOW_US = 600 * SECOND_US
BRIDGE_US = 30 * SECOND_US
LONGEST_GAP_US = 120 * SECOND_US

# The best that the simple ones reach, chosen on the tuning seeds at 3 m.
LINES_M, LINES_BRIDGE_US = 2.5, 60 * SECOND_US
KALMAN_M, KALMAN_M2_S = 3.0, 0.02


def estimate(scene: Scene) -> Met:
    return _meetings(scene, estimated_ways(scene), DISTANCE_M, BRIDGE_US, min_probability=0.5)


def estimated_ways(scene: Scene) -> Ways:
    return ways_in(scene.fixes, windows_around(scene.fixes, START_US, scene.end_us))


def straight_lines(scene: Scene) -> Met:
    """Straight from fix to fix."""
    points = geocentric(scene.fixes.latitude, scene.fixes.longitude)
    return _meetings(scene, _through(scene.fixes, points), LINES_M, LINES_BRIDGE_US)


def kalman(scene: Scene) -> Met:
    """A random walk seen with errors, smoothed (Rauch, Tung, Striebel 1965), and straight lines between."""
    fixes = scene.fixes
    points = geocentric(fixes.latitude, fixes.longitude)
    for person in np.unique(fixes.person_id).tolist():
        own = np.flatnonzero(fixes.person_id == person)
        steps_s = np.diff(fixes.time_us[own]) / SECOND_US
        points[:, own] = _smoothed(points[:, own], steps_s, (fixes.accuracy_m[own].astype(np.float64) / 1.51) ** 2)
    return _meetings(scene, _through(fixes, points), KALMAN_M, LINES_BRIDGE_US)


def today(scene: Scene) -> Met:
    """`method=fixes`: somebody's fix counts where the other had one within ten minutes and the distance."""

    def met(person: int, own: Fixes, others: Fixes) -> Met:
        by_time = others.at(np.argsort(others.time_us, kind="stable"))
        near = near_fixes(own, by_time, DISTANCE_M, TODAY_WINDOW_US, DISTANCE_M)
        found = encounters_joined([encounter_per_fix(near)], TODAY_WINDOW_US)
        found = found.at(found.ended_us - found.started_us >= LASTS_S * SECOND_US)
        return _met(person, found.person_id, found.started_us, found.ended_us, found.closest_m, np.ones(found.size))

    return _each_pair(scene, met)


ESTIMATORS: dict[str, Callable[[Scene], Met]] = {
    "fixes within 600 s": today,
    "straight lines": straight_lines,
    "Kalman smoother": kalman,
    "estimate": estimate,
    "posterior": posterior,
}


def _meetings(scene: Scene, ways: Ways, distance_m: float, bridge_us: int, min_probability: float = 0.0) -> Met:
    """Of all pairs, who is met long enough."""

    def met(person: int, own: Fixes, others: Fixes) -> Met:
        mine, theirs = ways.at(ways.person_id == person), ways.at(ways.person_id > person)
        found = joined([estimated_meetings(mine, theirs, own, others, distance_m, 0.5)], bridge_us)
        found = found.at(found.ended_us - found.started_us >= LASTS_S * SECOND_US)
        found = found.at(found.probability >= min_probability)
        return _met(person, found.person_id, found.started_us, found.ended_us, found.closest_m, found.probability)

    return _each_pair(scene, met)


def _each_pair(scene: Scene, met: Callable[[int, Fixes, Fixes], Met]) -> Met:
    fixes = scene.fixes
    found = [
        met(person, fixes.at(fixes.person_id == person), fixes.at(fixes.person_id > person))
        for person in np.unique(fixes.person_id).tolist()
    ]
    return Met._make(map(np.concatenate, zip(*found, strict=True)))


def _met(  # noqa: PLR0913, PLR0917  columns
    person: int, other: Ints, started_us: Ints, ended_us: Ints, closest_m: Floats, probability: Floats
) -> Met:
    started_s, ended_s = (started_us - START_US) / SECOND_US, (ended_us - START_US) / SECOND_US
    return Met(np.full(other.size, person), other, started_s, ended_s, closest_m, probability)


def _through(fixes: Fixes, points: Floats) -> Ways:
    """Straight from point to point, known for certain; nothing where a phone was silent for too long."""
    goes_on = (np.diff(fixes.person_id) == 0) & (np.diff(fixes.time_us) <= LONGEST_GAP_US)
    first = np.flatnonzero(goes_on)
    nothing = np.zeros(first.size)
    return Ways(
        fixes.person_id[first],
        fixes.time_us[first],
        fixes.time_us[first + 1],
        points[:, first],
        points[:, first + 1],
        nothing,
        nothing,
        nothing,
        np.full(first.size, 2),
        np.zeros(first.size, bool),
    )


def _smoothed(points: Floats, steps_s: Floats, variance_m2: Floats) -> Floats:
    count = points.shape[1]
    mean, variance = points.copy(), variance_m2.copy()
    for at in range(1, count):
        expected = variance[at - 1] + KALMAN_M2_S * steps_s[at - 1]
        gain = expected / (expected + variance_m2[at])
        mean[:, at] = mean[:, at - 1] + gain * (points[:, at] - mean[:, at - 1])
        variance[at] = (1 - gain) * expected
    for at in range(count - 2, -1, -1):
        gain = variance[at] / (variance[at] + KALMAN_M2_S * steps_s[at])
        mean[:, at] += gain * (mean[:, at + 1] - mean[:, at])
    return mean
