"""The same cutting, slow and plain: each part is fitted for itself, and all ways to cut are compared."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Floats

PRICE_OF_WALK, WALKING_M_S, FASTEST_M_S, SLOWEST_WALK_M_S, FEWEST_OF_A_WALK = 3.0, 0.9, 2.5, 0.2, 3
LITTLE = 1e-3


Filter = tuple[Floats, float]  # weights of the fixes before, the last one first, and the variance that is left


class Track(NamedTuple):
    """n fixes of one person, how errors repeat, and prices: what kernel.cheapest_cut() gets of a lane."""

    time_s: Floats
    points: Floats  # metres: [n, 3]
    deviation_m: Floats
    filters: list[Filter]
    starts: NDArray[np.bool_]
    price: float
    on_the_way: float
    lasting: Floats


def filters_of(correlation: Floats) -> list[Filter]:
    """Of each order, until two in a row have told next to nothing of what those before them had not."""
    found: list[Filter] = []
    for order in range(correlation.size):
        lags = correlation[1 : order + 1]
        apart = np.abs(np.arange(order)[:, None] - np.arange(order))
        weights = np.linalg.solve(correlation[apart], lags)
        found.append((weights, float(correlation[0] - weights @ lags)))
        if order > 1 and max(abs(weights[-1]), abs(found[-2][0][-1])) < LITTLE:
            return found[:-1]
    return found


def least_cost(track: Track) -> float:
    """Of the best of all cuts."""
    best = [0.0]
    for end in range(1, track.time_s.size + 1):
        whole = [begin for begin in range(end) if not track.starts[begin + 1 : end].any()]
        together = [best[begin] + track.price + min(costs_of(track, begin, end)) for begin in whole]
        best.append(min(best[-1] + track.on_the_way, *together))
    return best[-1]


def cost_of_all(track: Track) -> float:
    """Of all cuts together: minus the logarithm of the sum of exp(-what each costs)."""
    all_of = [0.0]
    for end in range(1, track.time_s.size + 1):
        whole = [begin for begin in range(end) if not track.starts[begin + 1 : end].any()]
        together = [all_of[begin] + track.price + min(costs_of(track, begin, end)) for begin in whole]
        all_of.append(-float(np.logaddexp.reduce(-np.array([all_of[-1] + track.on_the_way, *together]))))
    return all_of[-1]


def cost_of(track: Track, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> float:
    """Of one cut."""
    cost = 0.0
    for begin, end in pairwise([*np.flatnonzero(began).tolist(), began.size]):
        part = track.price + costs_of(track, begin, end)[int(walks[begin])]
        cost += part if end - begin > 1 else min(part, track.on_the_way)
    return cost


def sums(track: Track, begin: int, end: int) -> list[float]:
    """Of the fixes from `begin` until before `end`: w, u, uu, zz, x, y, z, ux, uy, uz, and the log-determinant."""
    one, since, points, log_left = _whitened(track, begin, end)
    squares = (one @ one, one @ since, since @ since, (points**2).sum(), *(one @ points), *(since @ points))
    return [*map(float, squares), log_left]


def costs_of(track: Track, begin: int, end: int) -> tuple[float, float]:
    """Of the fixes from `begin` until before `end` as a stay and as a walk, without the price of a part."""
    one, since, points, log_left = _whitened(track, begin, end)
    shared = log_left + np.log(one @ one) + track.lasting[end - begin - 1]
    stay = _squares(points, one[:, None]) / 2 + shared
    if end - begin < FEWEST_OF_A_WALK:
        return stay, np.inf
    velocity = np.linalg.lstsq(np.column_stack([one, since]), points, rcond=None)[0][1]
    speed = float(np.linalg.norm(velocity))
    if speed <= SLOWEST_WALK_M_S:
        return stay, np.inf
    limited = velocity * min(1.0, FASTEST_M_S / speed)
    squares = _squares(points - np.outer(since, limited), one[:, None])
    spread = _squares(since[:, None], one[:, None])
    return stay, squares / 2 + shared + PRICE_OF_WALK + np.log1p(spread * WALKING_M_S**2)


def _squares(values: Floats, design: Floats) -> float:
    left = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return float((left**2).sum())


def _whitened(track: Track, begin: int, end: int) -> tuple[Floats, Floats, Floats, float]:
    whiten, log_left = _whitening(track, end - begin)
    whiten /= track.deviation_m[begin:end]
    since_s = track.time_s[begin:end] - track.time_s[0]
    return whiten.sum(axis=1), whiten @ since_s, whiten @ track.points[begin:end], log_left


def _whitening(track: Track, fixes: int) -> tuple[Floats, float]:
    """What makes the errors of a part independent, of variance 1: [fixes, fixes]; its log-determinant on two axes."""
    whiten, log_left = np.zeros((fixes, fixes)), 0.0
    for number in range(fixes):
        weights, left = track.filters[min(number, len(track.filters) - 1)]
        whiten[number, number] = 1.0
        whiten[number, number - weights.size : number] = -weights[::-1]
        whiten[number] /= np.sqrt(left)
        log_left += np.log(left)
    return whiten, log_left
