"""Everybody met, by estimate: what the meetings add up to."""

from typing import NamedTuple

import numpy as np

from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Floats, Ints, Where


class EstimatedContacts(NamedTuple):
    """n persons that were met."""

    person_id: Ints
    meetings: Ints  # how often
    duration_us: Ints  # within the distance, altogether
    closest_m: Floats
    closest_sd_m: Floats
    probability: Floats  # of the surest meeting
    first_met_us: Ints  # when the first meeting began
    last_met_us: Ints  # when the last one ended

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "EstimatedContacts":
        """The persons at these positions, in the order given."""
        return EstimatedContacts._make(column[where] for column in self)


def estimated_contacts(met: EstimatedMeetings) -> EstimatedContacts:
    """Add up the meetings, ordered by person and time, with each person."""
    if not met.size:
        none, nothing = met.person_id, met.closest_m
        return EstimatedContacts(none, none, none, nothing, nothing, nothing, none, none)
    first = np.flatnonzero(np.diff(met.person_id, prepend=met.person_id[0] - 1))
    closest = np.lexsort((met.closest_us, met.closest_m, met.person_id))[first]
    return EstimatedContacts(
        person_id=met.person_id[first],
        meetings=np.diff(np.append(first, met.size)),
        duration_us=np.add.reduceat(met.duration_us, first),
        closest_m=met.closest_m[closest],
        closest_sd_m=met.closest_sd_m[closest],
        probability=np.maximum.reduceat(met.probability, first),
        first_met_us=np.minimum.reduceat(met.started_us, first),
        last_met_us=np.maximum.reduceat(met.ended_us, first),
    )
