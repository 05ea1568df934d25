"""Who was near: the exact match of candidates against a track, in space and time.

Every candidate is compared with the fixes of the track that can be its nearest, and with few others: candidates that
are neighbours in time and space make a block, and what is too far from the block's box is not looked at. Two bounds
decide about a fix of the track:

- it must be within reach of the box;
- it must not be further from the nearest point of the box than another one is from the farthest.

The second is what keeps a crowd affordable: where someone sat among hundreds for an hour, nearly all of the hundreds of
own fixes are within reach of nearly everybody, and a few of them are the nearest.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geocentric

BLOCK = 256  # candidates: a box small enough to exclude much, and few enough steps in Python
PAIRS_AT_ONCE = 1 << 17  # bounds the memory, 16 bytes a pair
ROUNDING_M = 1e-6  # of coordinates that are 6,400 km long

BEYOND_EARTH_M = 6_400_000.0
FINEST_M = 1.0  # the side of the cubes by which candidates are sorted
BITS_OF_AXIS = 21

FOREVER_US = np.iinfo(np.int64).max


class Matches(NamedTuple):
    """k candidates that were near, each with the nearest fix of the track that is within the window.

    Of several that are equally near, the one closest in time; of two of these, the earlier.
    """

    candidate: Ints  # positions among the candidates, ascending
    own: Ints  # positions in the track
    distance_m: Floats


class _Placed(NamedTuple):
    time_us: Ints
    points: Floats  # geocentric: float64[3, n]

    def at(self, where: Ints | slice) -> "_Placed":
        return _Placed(self.time_us[where], self.points[:, where])


class _Block(NamedTuple):
    candidates: Ints
    reached: slice  # of the track: within the window of at least one candidate
    shared: slice  # within the window of all of them; may be empty


def nearest(track: Fixes, candidates: Fixes, distance_m: float, window_us: int | None) -> Matches:
    """Find the candidates within `distance_m` metres and `window_us` of any fix of the track.

    Both bounds are inclusive; window_us None puts no bound on the time between the two fixes. The track is ordered by
    time, the candidates need not be. A distance depends on the two fixes alone, never on the company they come in.
    """
    own, squared = np.full(candidates.size, -1), np.full(candidates.size, np.inf)
    if track.size and candidates.size:
        ours = _Placed(track.time_us, geocentric(track.latitude, track.longitude))
        theirs = _Placed(candidates.time_us, geocentric(candidates.latitude, candidates.longitude))
        for block in _blocks(ours.time_us, theirs, window_us):
            kept = _possibly_nearest(ours.points, theirs.points[:, block.candidates], block, distance_m)
            if not kept.size:
                continue
            step = max(1, PAIRS_AT_ONCE // kept.size)
            for first in range(0, block.candidates.size, step):
                which = block.candidates[first : first + step]
                best, squared[which] = _nearest_of(ours.at(kept), theirs.at(which), window_us)
                own[which] = kept[best]
    near = np.flatnonzero(squared <= distance_m**2)
    return Matches(candidate=near, own=own[near], distance_m=np.sqrt(squared[near]))


def _blocks(own_times: Ints, theirs: _Placed, window_us: int | None) -> Iterator[_Block]:
    """Cut the candidates into blocks of neighbours in time and space."""
    # Spans of a quarter of the window have most of their windows in common.
    span = 0 * theirs.time_us if window_us is None else theirs.time_us // max(window_us // 4, 1)
    order = np.lexsort((_along_a_curve(theirs.points), span)) if span.size > BLOCK else np.arange(span.size)
    starts = np.arange(0, order.size, BLOCK)
    if window_us is None:
        bounds = np.broadcast_to([0, own_times.size, 0, own_times.size], (starts.size, 4))
    else:
        ordered = theirs.time_us[order]
        earliest, latest = np.minimum.reduceat(ordered, starts), np.maximum.reduceat(ordered, starts)
        bounds = np.stack(
            [
                np.searchsorted(own_times, earliest - window_us, side="left"),
                np.searchsorted(own_times, latest + window_us, side="right"),
                np.searchsorted(own_times, latest - window_us, side="left"),
                np.searchsorted(own_times, earliest + window_us, side="right"),
            ],
            axis=1,
        )
    for start, (first, last, shared_first, shared_last) in zip(starts.tolist(), bounds.tolist(), strict=True):
        if last > first:
            yield _Block(order[start : start + BLOCK], slice(first, last), slice(shared_first, shared_last))


def _along_a_curve(points: Floats) -> Ints:
    """Number the cubes of a metre that hold the points, neighbours mostly close to each other (Morton, 1966)."""
    code = np.zeros(points.shape[1], dtype=np.int64)
    for axis, row in enumerate(points):
        code |= _spread(((row + BEYOND_EARTH_M) / FINEST_M).astype(np.int64)) << axis
    return code


def _spread(number: Ints) -> Ints:
    """Put two zeros before each of the lowest 21 bits."""
    number = number & ((1 << BITS_OF_AXIS) - 1)
    for shift, mask in (
        (32, 0x1F00000000FFFF),
        (16, 0x1F0000FF0000FF),
        (8, 0x100F00F00F00F00F),
        (4, 0x10C30C30C30C30C3),
        (2, 0x1249249249249249),
    ):
        number = (number | number << shift) & mask
    return number


def _possibly_nearest(own_points: Floats, theirs: Floats, block: _Block, distance_m: float) -> Ints:
    """Positions in the track that can be the nearest of a candidate of the block."""
    low, high = theirs.min(axis=1)[:, np.newaxis], theirs.max(axis=1)[:, np.newaxis]
    own = own_points[:, block.reached]
    below, above = low - own, own - high
    outside = np.maximum(np.maximum(below, above), 0.0)
    limit = distance_m
    if block.shared.stop > block.shared.start:
        shared = slice(block.shared.start - block.reached.start, block.shared.stop - block.reached.start)
        # From a point of the track to the farthest point of the box.
        across = np.maximum(np.abs(below[:, shared]), np.abs(above[:, shared]))
        limit = min(limit, float(np.sqrt((across * across).sum(axis=0).min())))
    kept: Ints = np.flatnonzero((outside * outside).sum(axis=0) <= (limit + ROUNDING_M) ** 2) + block.reached.start
    return kept


def _nearest_of(ours: _Placed, theirs: _Placed, window_us: int | None) -> tuple[Ints, Floats]:
    """For each of c candidates the position of the nearest of the own fixes, and the square of its distance."""
    squared = np.zeros((theirs.time_us.size, ours.time_us.size))
    for own_axis, axis in zip(ours.points, theirs.points, strict=True):
        difference = axis[:, np.newaxis] - own_axis
        difference *= difference
        squared += difference
    if window_us is not None and not _all_within(ours.time_us, theirs.time_us, window_us):
        squared[np.abs(theirs.time_us[:, np.newaxis] - ours.time_us) > window_us] = np.inf
    best = squared.argmin(axis=1)
    closest = squared[np.arange(best.size), best]
    equal = squared == closest[:, np.newaxis]
    if np.count_nonzero(equal) > best.size:
        tied = np.flatnonzero(np.count_nonzero(equal, axis=1) > 1)
        gaps = np.abs(theirs.time_us[tied, np.newaxis] - ours.time_us)
        best[tied] = np.where(equal[tied], gaps, FOREVER_US).argmin(axis=1)
    return best, closest


def _all_within(own_times: Ints, times: Ints, window_us: int) -> bool:
    """Whether everything is within the window of everything; the own times ascend."""
    return bool(own_times[0] >= times.max() - window_us and own_times[-1] <= times.min() + window_us)
