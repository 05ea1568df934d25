"""Sums over fixes: what is up to two rows gives, for all fixes between them, the squares about a mean or a line."""

from typing import NamedTuple

import numpy as np

from proximity.fixes import Floats
from proximity.instants import SECOND_US
from proximity.lanes import Lanes


class Sums(NamedTuple):
    """Sums of W = 1/deviation² over fixes; z metres from the lane's origin, u seconds from its first fix."""

    w: Floats
    u: Floats
    uu: Floats
    zz: Floats
    x: Floats
    y: Floats
    z: Floats
    ux: Floats
    uy: Floats
    uz: Floats


def sums_before(some: Lanes) -> Sums:
    """Sums over the fixes before each row: [n + 1, m]."""
    weight = 1 / some.deviation_m**2
    since_s = (some.time_us - some.time_us[0]) / SECOND_US
    x, y, z = some.points

    def before(column: Floats) -> Floats:
        total = np.zeros((column.shape[0] + 1, column.shape[1]))
        np.cumsum(column, axis=0, out=total[1:])
        return total

    wx, wy, wz, wu = weight * x, weight * y, weight * z, weight * since_s
    return Sums(
        before(weight),
        before(wu),
        before(wu * since_s),
        before(wx * x + wy * y + wz * z),
        before(wx),
        before(wy),
        before(wz),
        before(wu * x),
        before(wu * y),
        before(wu * z),
    )
