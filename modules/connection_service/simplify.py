"""A track with fewer fixes that still looks the same."""

import numpy as np

from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric


def simplify(track: Fixes, max_points: int) -> Fixes:
    """Keep at most `max_points` (2 or more) of the fixes, the first and the last among them.

    Visvalingam and Whyatt's rule: a fix matters as much as the triangle that it spans with its neighbours. Applied in
    passes instead of one fix at a time: each drops many of the least triangles, never two neighbours at once, so that a
    pass is a few operations on columns and there are about log(n) passes.
    """
    kept = np.arange(track.size)
    points = geocentric(track.latitude, track.longitude)
    while kept.size > max_points:
        areas = _triangles(points[:, kept])
        dropped = min(kept.size - max_points, -(-areas.size // 3))
        least = np.sort(np.argpartition(areas, dropped - 1)[:dropped])
        kept = np.delete(kept, 1 + _no_neighbours(least))
    return track.at(kept)


def _triangles(points: Floats) -> Floats:
    """Twice the area that each point but the first and the last spans with its neighbours, square metres."""
    sides = np.diff(points, axis=1)
    areas: Floats = np.linalg.norm(np.cross(sides[:, :-1], sides[:, 1:], axis=0), axis=0)
    return areas


def _no_neighbours(positions: Ints) -> Ints:
    """The first, third, fifth … of each run of successive positions; these ascend."""
    begins = np.ones(positions.size, dtype=bool)
    begins[1:] = np.diff(positions) > 1
    order = np.arange(positions.size)
    odd: Ints = positions[(order - np.maximum.accumulate(np.where(begins, order, 0))) % 2 == 0]
    return odd
