"""It takes time to get from one stay to the next: room for that at their ends."""

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.lanes import Lanes

QUICK_M_S = 1.3  # how fast people go from one stay to the next: nobody gets there any faster,
MOST_ON_THE_WAY, FEWEST_TO_TRIM = 8, 4  # so up to so many fixes between them were taken on the way


def make_room_to_walk(some: Lanes, began: NDArray[np.bool_], walks: NDArray[np.bool_]) -> None:
    """Take from the ends of stays what must have been on the way from one to the next: it takes time to get there."""
    weight, *weighted = _sums_before(some)
    for _ in range(MOST_ON_THE_WAY):
        lane, first, last = ranges(some, began)
        stays = np.flatnonzero((last - first + 1 >= FEWEST_TO_TRIM) & ~walks[first, lane])
        lane, first, last = lane[stays], first[stays], last[stays]
        mean = np.stack([axis[last + 1, lane] - axis[first, lane] for axis in weighted])
        mean /= weight[last + 1, lane] - weight[first, lane]
        metres = np.linalg.norm(np.diff(mean, axis=1), axis=0)
        between_s = (some.time_us[first[1:], lane[1:]] - some.time_us[last[:-1], lane[:-1]]) / SECOND_US
        tight = np.flatnonzero((lane[1:] == lane[:-1]) & (metres > between_s * QUICK_M_S))
        if not tight.size:
            return
        leaving, coming = last[tight], first[tight + 1]
        on = lane[tight]
        off_before = (
            np.linalg.norm(some.points[:, leaving, on] - mean[:, tight], axis=0) / some.deviation_m[leaving, on]
        )
        off_after = (
            np.linalg.norm(some.points[:, coming, on] - mean[:, tight + 1], axis=0) / some.deviation_m[coming, on]
        )
        before = off_before >= off_after
        began[leaving[before], on[before]] = True
        began[coming[~before] + 1, on[~before]] = True


def _sums_before(some: Lanes) -> Floats:
    """Over the fixes before each row, sums of their weights, and of x, y and z by weight: [4, n + 1, m]."""
    weight = some.deviation_m**-2
    sums = np.zeros((4, some.time_us.shape[0] + 1, some.time_us.shape[1]))
    np.cumsum(np.concatenate([weight[None], some.points * weight]), axis=1, out=sums[:, 1:])
    return sums


def ranges(some: Lanes, began: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Lane, first and last row of each part."""
    lane, first = (axis.astype(np.int64) for axis in np.nonzero(began.T))
    last = np.append(first[1:], 0)[: first.size] - 1
    ends = np.append(lane[1:] != lane[:-1], True)[: lane.size]
    last[ends] = some.held[lane[ends]] - 1
    return lane, first, last
