"""The posterior: somebody who knows the simulator's laws, but neither its cuts nor its map, and weighs all cuts.

A track is stays, and between them fixes on the way. Known are how long people stay, how long they walk, and the
covariance of the errors in a stay; a place is anywhere alike. All cuts are summed over (forward filtering), and whole
tracks drawn from them (backward sampling; P. Fearnhead, Exact and efficient Bayesian inference for multiple changepoint
problems, 2006). Two are together where the mean chance over the draws is a half, with the engine's prior of company.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.truth.plan import DISTANCE_M, LASTS_S, STEP_S
from benchmarks.truth.scene import START_US, Met, Scene
from proximity.fixes import Floats, Ints
from proximity.geocentric import geocentric
from proximity.lanes import RADIUS_68
from proximity.pairs.chance import chance_within
from udaconnect_client.simulation.phones import SINE_PERIODS_S, Drift

DRAWS, DRAWN_S, BRIDGE_S = 40, 5.0, 30.0
ROOM_M2, FLOOR_M2 = 600.0, 1_000.0  # where the next stay is, and where a fix on the way
STAYS_S, STAY_SD_S = ((8 / 9, 280.0), (1 / 9, 1160.0)), 30.0  # shares and means: coffee and booths; talks
WALKS_S = np.array([4, 6, 8, 10, 13, 17, 25, 35, 43, 50, 57, 65.0])  # quantiles
WALKING_M_S = 1.3
FAR_M = 12.0  # whose draws are further apart in the mean are not together
Chances = Callable[[int], Floats]


def posterior(scene: Scene) -> Met:
    random = np.random.default_rng(scene.conference.seed)
    drawn_s = np.arange(0, scene.conference.minutes * 60, DRAWN_S)
    grid_s = np.arange(0, drawn_s[-1] + STEP_S, STEP_S)  # between the moments drawn, the chance goes straight on
    persons = np.unique(scene.fixes.person_id)
    drawn = np.stack([_drawn(scene, person, drawn_s, random) for person in persons.tolist()])
    mean = drawn[:, :3].mean(axis=2)
    rows = []
    for one, other in zip(*np.triu_indices(persons.size, 1), strict=True):
        apart_m = np.linalg.norm(mean[one] - mean[other], axis=0)
        chance = np.interp(grid_s, drawn_s, _together(drawn[one], drawn[other], apart_m))
        apart_m = np.interp(grid_s, drawn_s, apart_m)
        near = np.flatnonzero(chance >= 0.5)  # noqa: PLR2004  likelier than not
        for some in np.split(near, np.flatnonzero(np.diff(near) * STEP_S > BRIDGE_S) + 1):
            if some.size and (some[-1] - some[0]) * STEP_S >= LASTS_S:
                times, pair = grid_s[some[[0, -1]]], persons[[one, other]]
                rows.append((*pair, *times, apart_m[some].min(), chance[some].mean()))
    return Met(*map(np.array, zip(*rows, strict=True)))


def _drawn(scene: Scene, person: int, grid_s: Floats, random: np.random.Generator) -> Floats:
    """Draws of one person's track: x, y, z, variance; [4, draw, time]."""
    own = scene.fixes.at(scene.fixes.person_id == person)
    points = geocentric(own.latitude, own.longitude) - geocentric(scene.fixes.latitude[:1], scene.fixes.longitude[:1])
    time_s = (own.time_us - START_US) / 1e6
    interval_s = float(np.median(np.diff(time_s)))
    since_s = time_s - time_s[0]
    known_m2 = (float(np.mean(own.accuracy_m)) / RADIUS_68) ** 2
    likelihood, mean, variance_m2 = _stays(points, known_m2, _correlation(since_s, scene.conference.drift))
    tracks = []
    for begins, ends in _cuts(likelihood, since_s, interval_s, random):
        place, variance = mean[:, begins, ends - begins - 1], variance_m2[ends - begins - 1]
        left_s = time_s[ends[:-1] - 1]
        idle_s = time_s[begins[1:]] - left_s
        walk_s = np.minimum(np.linalg.norm(np.diff(place), axis=0) / WALKING_M_S, idle_s)
        left_s = left_s + random.uniform(size=idle_s.size) * (idle_s - walk_s)
        knots_s = np.concatenate([[0.0], np.column_stack([left_s, left_s + walk_s]).ravel(), grid_s[-1:]])
        tracks.append([np.interp(grid_s, knots_s, np.repeat(row, 2)) for row in (*place, variance)])
    return np.array(tracks).transpose(1, 0, 2)


def _stays(points: Floats, variance_m2: float, correlation: Floats) -> tuple[Floats, Floats, Floats]:
    """Of all stays, m + 1 fixes from fix a on: log-likelihood [a, m], mean [3, a, m], and variance of the mean [m]."""
    number = np.arange(points.shape[1])
    whiten = np.linalg.inv(np.linalg.cholesky(correlation[np.abs(number[:, None] - number)]))
    level = whiten.sum(axis=1)
    weight = np.cumsum(level**2)
    fits = 2 * np.cumsum(np.log(np.diag(whiten))) - (number + 1) * np.log(2 * np.pi * variance_m2)
    likelihood = np.tile(fits + np.log(2 * np.pi * variance_m2 / weight / ROOM_M2), (number.size, 1))
    means = np.empty((3, *likelihood.shape))
    for axis, mean in zip(points, means, strict=True):
        white = np.append(axis, np.zeros(number.size))[number + number[:, None]] @ whiten.T  # from each fix on
        mean[:] = np.cumsum(level * white, axis=1) / weight
        likelihood -= (np.cumsum(white**2, axis=1) - mean**2 * weight) / 2 / variance_m2
    return likelihood, means, variance_m2 / weight


def _cuts(likelihood: Floats, since_s: Floats, interval_s: float, random: np.random.Generator) -> list[Ints]:
    """Draws of cuts: the first fix of each stay, and the one after its last; [2, stay] each."""
    count = len(likelihood)
    whole, at_least = _durations(since_s + interval_s, interval_s)
    most = int(WALKS_S[-1] // interval_s) + 1
    seen = np.maximum(1 - np.abs(WALKS_S / interval_s - np.arange(most + 1)[:, None]), 0).mean(axis=1)
    on_way = np.log(seen + 1e-6) - np.arange(most + 1) * np.log(FLOOR_M2)
    starts, ended = np.full(count + 1, -np.inf), np.full(count + 1, -np.inf)  # of all fixes before, log-likelihood
    starts[0] = 0.0

    def stays_until(end: int) -> Floats:
        number = end - np.arange(end)
        lasts = (whole if end < count else at_least)[number - 1]
        lasts[0] = at_least[end - 1]
        return starts[:end] + likelihood[np.arange(end), number - 1] + lasts

    def walks_until(start: int) -> Floats:
        number = np.arange(min(most, start - 1) + 1)
        chances: Floats = ended[start - number] + on_way[number]
        return chances

    for fix in range(1, count + 1):
        ended[fix] = np.logaddexp.reduce(stays_until(fix))
        if fix < count:
            starts[fix] = np.logaddexp.reduce(walks_until(fix))
    return [_cut(count, stays_until, walks_until, random) for _ in range(DRAWS)]


def _cut(end: int, stays_until: Chances, walks_until: Chances, random: np.random.Generator) -> Ints:
    """One draw, from the last stay back to the first."""
    cuts: list[tuple[int, int]] = []
    while not cuts or cuts[-1][0] > 0:
        start = _pick(stays_until(end), random)
        cuts.append((start, end))
        end = start - _pick(walks_until(start), random) if start else 0
    return np.asarray(cuts[::-1], np.int64).T


def _pick(log_weights: Floats, random: np.random.Generator) -> int:
    weights = np.cumsum(np.exp(log_weights - log_weights.max()))
    return int(np.searchsorted(weights, random.uniform() * weights[-1]))


def _durations(lasts_s: Floats, interval_s: float) -> tuple[Floats, Floats]:
    """Log-chances that a stay holds fixes for so long, and for at least so long; fixes blur how long it is."""
    fine_s = np.arange(0.0, lasts_s[-1] + 2 * interval_s, DRAWN_S)
    wide_s = np.hypot(STAY_SD_S, 0.41 * interval_s)
    density = 1e-6 + sum(share * np.exp(-(((fine_s - mean_s) / wide_s) ** 2) / 2) for share, mean_s in STAYS_S) / wide_s
    density /= density.sum() * DRAWN_S
    more = np.interp(lasts_s - interval_s, fine_s, np.maximum(1 - np.cumsum(density) * DRAWN_S, 1e-9))
    return np.log(np.interp(lasts_s, fine_s, density) * interval_s), np.log(more)


def _correlation(lag_s: Floats, drift: Drift) -> Floats:
    """Of errors on one axis; of a sine nobody knows the period."""
    swings = np.cos(2 * np.pi * lag_s / np.linspace(*SINE_PERIODS_S, 100)[:, None]).mean(axis=0)
    slow = swings if drift.time_constant_s is None else np.exp(-lag_s / drift.time_constant_s)
    return np.where(lag_s > 0, drift.share * slow, 1 + 1e-9)


def _together(own: Floats, other: Floats, apart_m: Floats) -> Floats:
    """The chance of being within the distance."""
    chance, near = np.zeros_like(apart_m), np.flatnonzero(apart_m < FAR_M)
    apart = np.linalg.norm(own[:3, :, near] - other[:3, :, near], axis=0)
    chance[near] = chance_within(DISTANCE_M, apart, own[3][:, near] + other[3][:, near]).mean(axis=0)
    return chance
