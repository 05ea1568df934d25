"""Fixes as columns: how locations travel through the search."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Fixes(NamedTuple):
    """n fixes, ordered by (time_us, person_id), no two of them the same in both."""

    person_id: Ints
    time_us: Ints  # microseconds since 1970-01-01 UTC
    latitude: Floats  # degrees WGS 84
    longitude: Floats
    accuracy_m: NDArray[np.float32]  # metres; NaN: not reported

    @property
    def size(self) -> int:
        return self.time_us.size

    def at(self, where: Ints | NDArray[np.bool_] | slice) -> "Fixes":
        """The fixes at these positions, in the order given."""
        return Fixes(
            self.person_id[where],
            self.time_us[where],
            self.latitude[where],
            self.longitude[where],
            self.accuracy_m[where],
        )
