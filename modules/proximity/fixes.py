"""Fixes as columns: how locations travel through the search."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Where = Ints | NDArray[np.bool_] | slice


class Fixes(NamedTuple):
    """n fixes, no two of them the same in person and time. A track is ordered by time; others are as they come."""

    person_id: Ints
    time_us: Ints  # microseconds since 1970-01-01 UTC
    latitude: Floats  # degrees WGS 84
    longitude: Floats
    accuracy_m: NDArray[np.float32]  # metres; NaN: not reported

    @property
    def size(self) -> int:
        return self.time_us.size

    def at(self, where: Where) -> "Fixes":
        """The fixes at these positions, in the order given."""
        return Fixes._make(column[where] for column in self)

    @staticmethod
    def concatenate(parts: "list[Fixes]") -> "Fixes":
        """Join the parts, one after the other."""
        if len(parts) <= 1:
            return parts[0] if parts else NO_FIXES
        return Fixes._make(map(np.concatenate, zip(*parts, strict=True)))


NO_FIXES = Fixes(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.float32))
