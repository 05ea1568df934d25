"""Who was near: the exact match of candidates against a track, in space and time.

Distances are chords between points on the WGS 84 ellipsoid at height 0 (geodetic to geocentric coordinates: EPSG
Guidance Note 7-2, method 9602). A chord of s metres is shorter than the geodesic by s³ / (24 R²): 1 micrometre at 1 km.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from connection_service.fixes import Fixes, Floats, Ints

SEMI_MAJOR_AXIS = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)

# The track is sorted into cubes so large that a candidate's reach touches at most two of them along each axis.
SMALLEST_CUBE_M = 10.0  # 21 bits number the cubes along an axis, 63 bits all of them
BEYOND_EARTH_M = 6_400_000.0
CUBE_BITS = 21
ROUNDING_M = 1e-6

PAIRS_AT_ONCE = 1 << 16  # bounds the memory, about 60 bytes a pair, and stays within the processor's cache


class Nearness(NamedTuple):
    """k candidates that were near, each with the nearest fix of the track that is within the window."""

    candidate: Ints  # positions among the candidates, ascending
    distance_m: Floats
    time_gap_us: Ints  # 0 or more; the smallest, where several fixes of the track are equally near


class _Runs(NamedTuple):
    """Stretches of the track, in its order by cube and time, each to be compared with one candidate."""

    candidate: Ints
    start: Ints
    stop: Ints


def nearest(track: Fixes, candidates: Fixes, distance_m: float, window_us: int | None) -> Nearness:
    """Find the candidates within `distance_m` metres and `window_us` of any fix of the track.

    Both bounds are inclusive; window_us None puts no bound on the time between the two fixes.
    """
    if not track.size:
        return _best([])
    own_points, points = geocentric(track), geocentric(candidates)
    cube_m = max(2.001 * distance_m, SMALLEST_CUBE_M)
    cubes = _cube(np.floor(own_points / cube_m), cube_m)
    by_cube = np.argsort(cubes, kind="stable")  # and by time within a cube, since the track is ordered by time
    candidate, cube = _cubes_in_reach(points, distance_m, cube_m)
    earliest, latest = _within_window(track, candidates, window_us)
    runs = _runs(cubes[by_cube], by_cube, cube, _Runs(candidate, earliest[candidate], latest[candidate]))
    own_points, own_times = own_points[:, by_cube], track.time_us[by_cube]

    found = []
    for chunk in _chunks(runs):
        lengths = chunk.stop - chunk.start
        first = np.cumsum(lengths) - lengths
        own = np.arange(lengths.sum()) + np.repeat(chunk.start - first, lengths)
        squared = np.zeros(own.size)
        for own_axis, axis in zip(own_points, points, strict=True):
            difference = own_axis[own]
            difference -= np.repeat(axis[chunk.candidate], lengths)
            difference *= difference
            squared += difference
        closest = np.minimum.reduceat(squared, first)
        gaps = np.abs(own_times[own] - np.repeat(candidates.time_us[chunk.candidate], lengths))
        gaps[squared > np.repeat(closest, lengths)] = np.iinfo(np.int64).max
        near = closest <= distance_m**2
        found.append((chunk.candidate[near], closest[near], np.minimum.reduceat(gaps, first)[near]))
    return _best(found)


def geocentric(fixes: Fixes) -> Floats:
    """Geocentric x, y, z in metres as rows: float64[3, n]."""
    latitude, longitude = np.radians(fixes.latitude), np.radians(fixes.longitude)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    prime_vertical = SEMI_MAJOR_AXIS / np.sqrt(1 - ECCENTRICITY_SQUARED * sine**2)
    across = prime_vertical * cosine
    return np.stack(
        [across * np.cos(longitude), across * np.sin(longitude), prime_vertical * (1 - ECCENTRICITY_SQUARED) * sine]
    )


def _cube(steps: Floats, cube_m: float) -> Ints:
    x, y, z = steps.astype(np.int64) + int(BEYOND_EARTH_M / cube_m) + 1
    number: Ints = (x << 2 * CUBE_BITS) + (y << CUBE_BITS) + z
    return number


def _cubes_in_reach(points: Floats, distance_m: float, cube_m: float) -> tuple[Ints, Ints]:
    """Return pairs of a candidate and a cube that its sphere of reach touches."""
    reach = distance_m + ROUNDING_M
    below, above = np.floor((points - reach) / cube_m), np.floor((points + reach) / cube_m)
    candidates, cubes = [], []
    for corner in range(8):
        axes = np.array([corner & 1, corner & 2, corner & 4], dtype=bool)[:, np.newaxis]
        # Where both ends of an axis are in one cube, that cube is visited once.
        visit = np.flatnonzero(((above != below) | ~axes).all(axis=0))
        candidates.append(visit)
        cubes.append(_cube(np.where(axes, above[:, visit], below[:, visit]), cube_m))
    return np.concatenate(candidates), np.concatenate(cubes)


def _within_window(track: Fixes, candidates: Fixes, window_us: int | None) -> tuple[Ints, Ints]:
    """For each candidate which fixes of the track are within the window: from the one position up to the other."""
    if window_us is None:
        return np.zeros(candidates.size, dtype=np.int64), np.full(candidates.size, track.size)
    return (
        np.searchsorted(track.time_us, candidates.time_us - window_us, side="left"),
        np.searchsorted(track.time_us, candidates.time_us + window_us, side="right"),
    )


def _runs(own_cubes: Ints, by_cube: Ints, cube: Ints, in_time: _Runs) -> _Runs:
    """Find, for positions of the track in time, the positions in its order by cube and time; drop the empty runs."""
    known_cubes, rank = np.unique(own_cubes, return_inverse=True)
    stride = by_cube.size + 1
    key = rank * stride + by_cube  # ascending
    cube_rank = np.minimum(np.searchsorted(known_cubes, cube), known_cubes.size - 1)
    hit = known_cubes[cube_rank] == cube
    base = cube_rank[hit] * stride
    start = np.searchsorted(key, base + in_time.start[hit])
    stop = np.searchsorted(key, base + in_time.stop[hit])
    some = stop > start
    return _Runs(in_time.candidate[hit][some], start[some], stop[some])


def _chunks(runs: _Runs) -> Iterator[_Runs]:
    """Cut the runs into portions of about PAIRS_AT_ONCE pairs; a single run may be longer."""
    pairs = np.cumsum(runs.stop - runs.start)
    first = 0
    while first < pairs.size:
        done = pairs[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(pairs, done + PAIRS_AT_ONCE, side="right")))
        yield _Runs(runs.candidate[first:last], runs.start[first:last], runs.stop[first:last])
        first = last


def _best(found: list[tuple[Ints, Floats, Ints]]) -> Nearness:
    """Keep for each candidate the nearest of what its runs found."""
    if not found:
        return Nearness(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.int64))
    candidate, squared, gap = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((gap, squared, candidate))
    candidate = candidate[order]
    first = np.ones(candidate.size, dtype=bool)
    first[1:] = candidate[1:] != candidate[:-1]
    best = order[first]
    return Nearness(candidate=candidate[first], distance_m=np.sqrt(squared[best]), time_gap_us=gap[best])
