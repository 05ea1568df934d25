"""Locations as columns: how they travel from the record to the table."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Locations(NamedTuple):
    """n locations, in the order in which they came."""

    person_id: Ints
    time_us: Ints  # microseconds since 1970-01-01 UTC
    latitude: Floats  # degrees WGS 84
    longitude: Floats
    accuracy_m: NDArray[np.float32]  # metres; NaN: not reported

    @property
    def size(self) -> int:
        return self.time_us.size

    def at(self, where: Ints | Mask | slice) -> "Locations":
        """The locations at these positions, in the order given."""
        return Locations(
            self.person_id[where],
            self.time_us[where],
            self.latitude[where],
            self.longitude[where],
            self.accuracy_m[where],
        )


def by_person(locations: Locations) -> Ints:
    """Positions in the order in which to store them: those of a person together, as they came.

    Each person has a page of the primary key that is written to: one visit to it is then for all of their rows
    (docs/decisions/0015).
    """
    return np.argsort(locations.person_id, kind="stable")


def microseconds(moment: datetime) -> int:
    """Microseconds from 1970-01-01 UTC to an aware datetime."""
    return (moment - EPOCH) // MICROSECOND
