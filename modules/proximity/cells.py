"""Where and when to look: turns a track into probes of the index (cell, creation_time).

A cell is 1/800 of a degree of latitude and of longitude, numbered as location_cell() in db/migrations does it:
floor(latitude * 800) * 2**32 + floor(longitude * 800). The probes may cover more than is asked for, never less; what is
exact is matching.py's business.
"""

from typing import NamedTuple

import numpy as np

from proximity.circles import Circles
from proximity.fixes import Fixes, Floats, Ints
from proximity.geocentric import geodetic

CELLS_PER_DEGREE = 800
FIRST_COLUMN, LAST_COLUMN = -180 * CELLS_PER_DEGREE, 180 * CELLS_PER_DEGREE
COLUMNS = LAST_COLUMN - FIRST_COLUMN

# A box of more columns than this is so close to a pole that its rows are searched all around the globe instead.
MAX_COLUMNS = 2048

# The smallest radii of curvature of the WGS 84 ellipsoid, metres: a (1 - e²) along a meridian, a across it. A path of
# s metres changes the latitude by at most s / SMALLEST_MERIDIAN_RADIUS and, staying within latitude φ, the longitude
# by at most s / (EQUATORIAL_RADIUS cos φ).
SMALLEST_MERIDIAN_RADIUS = 6_335_439.0
EQUATORIAL_RADIUS = 6_378_137.0
MARGIN = 1 + 1e-6  # for rounding, and for chords being shorter than the paths above them

SECOND = 1_000_000


class Probes(NamedTuple):
    """m boxes of the index, all ends inclusive; no fix lies in two of them."""

    cell_low: Ints
    cell_high: Ints
    time_low: Ints  # microseconds since 1970-01-01 UTC
    time_high: Ints


class _Boxes(NamedTuple):
    """For each fix the rows and columns within reach, and the seconds within the window."""

    row_low: Ints
    row_high: Ints
    column_low: Ints  # may be west of the 180° meridian: FIRST_COLUMN and less
    column_high: Ints
    time_low: Ints
    time_high: Ints


def probes(track: Fixes, distance_m: float, window_us: int | None, start_us: int, end_us: int) -> Probes:
    """Everywhere and every time that a fix within `distance_m` and `window_us` of the track can have.

    window_us None: any time between start_us and end_us (inclusive).
    """
    if window_us is None:
        time_low, time_high = np.full_like(track.time_us, start_us), np.full_like(track.time_us, end_us)
    else:
        time_low = np.maximum(track.time_us - window_us, start_us)
        time_high = np.minimum(track.time_us + window_us, end_us)
    around = np.full(track.size, distance_m)
    return _probes(_boxes(track.latitude, track.longitude, around, time_low, time_high))


def probes_of_circles(circles: Circles, start_us: int, end_us: int) -> Probes:
    """Everywhere and every time that a fix in one of the circles can have between start_us and end_us (inclusive)."""
    time_low, time_high = np.maximum(circles.start_us, start_us), np.minimum(circles.end_us, end_us)
    some = np.flatnonzero(time_low <= time_high)
    latitude, longitude = geodetic(circles.points[:, some])
    return _probes(_boxes(latitude, longitude, circles.radius_m[some], time_low[some], time_high[some]))


def _probes(boxes: _Boxes) -> Probes:
    boxes = _merge_neighbours(boxes)
    low, high, box = _cells(boxes)
    return _merge_overlaps(low, high, boxes.time_low[box], boxes.time_high[box])


def _boxes(latitude: Floats, longitude: Floats, reach_m: Floats, time_low: Ints, time_high: Ints) -> _Boxes:
    """Boxes around circles."""
    reach = np.degrees(reach_m * MARGIN / SMALLEST_MERIDIAN_RADIUS)
    south, north = latitude - reach, latitude + reach
    farthest = np.maximum(np.abs(south), np.abs(north))
    with np.errstate(divide="ignore"):
        sideways = reach_m * MARGIN / (EQUATORIAL_RADIUS * np.cos(np.radians(np.minimum(farthest, 90.0))))
    sideways = np.where(farthest < 90.0, np.degrees(np.minimum(sideways, np.pi)), 180.0)  # noqa: PLR2004  the pole
    row_low, row_high = _cell_number(south), _cell_number(north)
    return _Boxes(
        row_low=np.maximum(row_low, -90 * CELLS_PER_DEGREE),
        row_high=np.minimum(row_high, 90 * CELLS_PER_DEGREE),
        column_low=_cell_number(longitude - sideways),
        column_high=_cell_number(longitude + sideways),
        time_low=time_low // SECOND,  # whole seconds, outwards: fewer different boxes
        time_high=-(-time_high // SECOND),
    )


def _cell_number(degrees: Floats) -> Ints:
    return np.floor(degrees * CELLS_PER_DEGREE).astype(np.int64)


def _merge_neighbours(boxes: _Boxes) -> _Boxes:
    """Make one of consecutive boxes of the same place whose times touch: a person who stays is one box."""
    row_low, row_high, column_low, column_high, time_low, time_high = boxes
    starts = np.ones(time_low.size, dtype=bool)
    starts[1:] = time_low[1:] > time_high[:-1]
    for edge in (row_low, row_high, column_low, column_high):
        starts[1:] |= edge[1:] != edge[:-1]
    first = np.flatnonzero(starts)
    last = np.append(first[1:], starts.size)[: first.size] - 1
    return _Boxes(
        row_low[first], row_high[first], column_low[first], column_high[first], time_low[first], time_high[last]
    )


def _cells(boxes: _Boxes) -> tuple[Ints, Ints, Ints]:
    """Return the first cell, the last cell and the number of the box for every cell of every box."""
    rows = boxes.row_high - boxes.row_low + 1
    row_box = np.repeat(np.arange(rows.size), rows)
    row = boxes.row_low[row_box] + _count_up(rows)
    columns = (boxes.column_high - boxes.column_low + 1)[row_box]
    # A row that one box wants all around is searched so for all of them, so that no fix is found twice.
    around = np.isin(row, row[columns > MAX_COLUMNS])

    columns = np.where(around, 0, columns)
    entry = np.repeat(np.arange(columns.size), columns)
    column = boxes.column_low[row_box][entry] + _count_up(columns)
    single = (row[entry] << 32) + (column - FIRST_COLUMN) % COLUMNS + FIRST_COLUMN
    # 180° E is the same meridian as 180° W, and a cell of its own: whoever wants the one wants the other.
    meridian = np.flatnonzero(single - (row[entry] << 32) == FIRST_COLUMN)

    base = row[around] << 32
    low = np.concatenate([single, single[meridian] + COLUMNS, base + FIRST_COLUMN])
    high = np.concatenate([single, single[meridian] + COLUMNS, base + LAST_COLUMN])
    return low, high, np.concatenate([row_box[entry], row_box[entry][meridian], row_box[around]])


def _count_up(counts: Ints) -> Ints:
    """0, 1, … count - 1 for each of the counts, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)


def _merge_overlaps(low: Ints, high: Ints, time_low: Ints, time_high: Ints) -> Probes:
    """Make one of the times that touch each other at the same cell."""
    order = np.lexsort((time_low, low))
    low, high, time_low, time_high = low[order], high[order], time_low[order], time_high[order]
    new_cell = np.ones(low.size, dtype=bool)
    new_cell[1:] = low[1:] != low[:-1]
    # Shifting each cell's times behind those of the cell before lets one running maximum serve all cells.
    first_time = time_low.min(initial=0)
    shift = np.cumsum(new_cell) * (time_high.max(initial=0) - first_time + 2)
    reached = np.maximum.accumulate(time_high - first_time + shift)
    starts = new_cell.copy()
    starts[1:] |= (time_low - first_time + shift)[1:] > reached[:-1]
    first = np.flatnonzero(starts)
    last = np.append(first[1:], starts.size)[: first.size] - 1
    return Probes(
        cell_low=low[first],
        cell_high=high[first],
        time_low=time_low[first] * SECOND,
        time_high=(reached - shift + first_time)[last] * SECOND,
    )
