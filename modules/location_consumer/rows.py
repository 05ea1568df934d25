"""A batch made ready for the store, while the store still writes the one before."""

from typing import NamedTuple

import numpy as np

from location_consumer.copy_binary import copy_bytes
from location_consumer.locations import Locations
from location_consumer.touched import Touched

DAY_US = 86_400_000_000


class Rows(NamedTuple):
    locations: Locations
    copy: bytes  # the same for COPY
    person_ids: frozenset[int]
    days: frozenset[int]  # since 1970-01-01, in UTC
    touched: Touched

    @classmethod
    def of(cls, locations: Locations) -> "Rows":
        return cls(
            locations,
            copy_bytes(locations),
            frozenset(np.unique(locations.person_id).tolist()),
            frozenset(np.unique(locations.time_us // DAY_US).tolist()),
            Touched.of(locations),
        )
