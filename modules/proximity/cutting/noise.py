"""How errors repeat, and what is left of a fix that the fixes before it in its part do not tell already.

Errors of a law are predicted from the ones before (Levinson and Durbin); what that leaves over is independent.
So the squares about a mean or a line stay sums over fixes, of values that are filtered: least squares under errors that
repeat. The j-th fix of a part has j fixes before it to go by: a filter for each of HEADS.
"""

import numpy as np

from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.lanes import Lanes

HEADS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)
ORDER = HEADS[-1]
HEAD_OF = np.searchsorted(HEADS, np.arange(ORDER + 1), side="right") - 1  # of a fix by its number in the part
SLOW = 0.5  # of the variance of an error, the share that repeats
SWINGS_S = np.linspace(60.0, 300.0, 100)
FADES_S = (20.0, 60.0)
LAWS = 1 + len(FADES_S)


def terms_of(some: Lanes, law: int) -> Floats:
    """What each fix adds to the sums of its part, [heads, 11, n, m]: those of Sums, and logarithms of the variance."""
    rows = some.time_us.shape[0]
    one = 1 / some.deviation_m
    values = np.stack([one, (some.time_us - some.time_us[0]) / SECOND_US * one, *(some.points * one)])
    terms = np.empty((len(HEADS), 11, *one.shape))
    for term, (weights, left) in zip(terms, _filters(_correlation(law, some.interval_s)), strict=True):
        white = values.copy()
        for back, weight in enumerate(weights, 1):
            white[:, back:] -= weight * values[:, : max(rows - back, 0)]
        w, u, x, y, z = white / np.sqrt(left)
        squares = x * x + y * y + z * z
        columns = (w * w, w * u, u * u, squares, w * x, w * y, w * z, u * x, u * y, u * z, np.log(left))
        for sums, column in zip(term, columns, strict=True):
            sums[:] = column
    return terms


def _correlation(law: int, interval_s: Floats) -> Floats:
    """Of errors that are 0 to ORDER intervals apart: [ORDER + 1, m].

    By law 0 they swing and average away, with a period that nobody knows; by the others they fade.
    """
    lag_s = np.arange(ORDER + 1)[:, None] * np.maximum(interval_s, 0.1)
    slow = np.exp(-lag_s / FADES_S[law - 1]) if law else np.cos(2 * np.pi * lag_s[..., None] / SWINGS_S).mean(axis=-1)
    return np.where(lag_s > 0, SLOW * slow, 1 + 1e-9)


def _filters(correlation: Floats) -> list[tuple[Floats, Floats]]:
    """For each of HEADS the weights of the fixes before, the last one first, and the variance that is left."""
    weights, left = np.zeros((0, correlation.shape[1])), correlation[0]
    found = [(weights, left)]
    for number in range(1, ORDER + 1):
        # Added up one after the other, so that a lane alone comes out as it does among others, to the last bit.
        told = sum(weight * before for weight, before in zip(weights, correlation[number - 1 : 0 : -1], strict=True))
        new = (correlation[number] - told) / left
        weights, left = np.concatenate([weights - new * weights[::-1], new[None]]), left * (1 - new * new)
        if number in HEADS:
            found.append((weights, left))
    return found


def sums_of(terms: Floats, lane: Ints, first: Ints, last: Ints) -> Floats:
    """The 11 sums of each part."""
    rows = terms.shape[2]
    before = np.zeros((11, rows + 1, terms.shape[3]))
    np.cumsum(terms[-1], axis=1, out=before[:, 1:])
    sums: Floats = before[:, last + 1, lane] - before[:, np.minimum(first + ORDER, last + 1), lane]
    for number in range(ORDER):
        at = np.minimum(first + number, rows - 1)
        sums += np.where(first + number <= last, terms[HEAD_OF[number]][:, at, lane], 0.0)
    return sums
