"""Meetings: runs of near fixes of one person."""

from typing import NamedTuple

import numpy as np

from connection_service.fixes import Fixes, Floats, Ints
from connection_service.matching import Nearness


class Encounters(NamedTuple):
    """n meetings, ordered by (started_us, person_id)."""

    person_id: Ints
    started_us: Ints  # microseconds since 1970-01-01 UTC: the first near fix
    ended_us: Ints  # the last near fix
    closest_m: Floats  # metres
    closest_index: Ints  # position among the candidates of the fix that was closest, the first of them
    fixes: Ints  # number of near fixes

    def at(self, where: Ints | slice) -> "Encounters":
        """The meetings at these positions, in the order given."""
        return Encounters(
            self.person_id[where],
            self.started_us[where],
            self.ended_us[where],
            self.closest_m[where],
            self.closest_index[where],
            self.fixes[where],
        )


def encounters(candidates: Fixes, nearness: Nearness, gap_us: int | None, min_duration_us: int) -> Encounters:
    """Join near fixes of one person into meetings.

    Two neighbours in time belong to one meeting unless they are more than `gap_us` apart (None: always). Meetings
    shorter than `min_duration_us`, from first to last near fix, are left out.
    """
    person, time = candidates.person_id[nearness.candidate], candidates.time_us[nearness.candidate]
    order = np.lexsort((time, person))
    person, time, distance = person[order], time[order], nearness.distance_m[order]
    begins = np.ones(person.size, dtype=bool)
    begins[1:] = person[1:] != person[:-1]
    if gap_us is not None:
        begins[1:] |= np.diff(time) > gap_us
    first = np.flatnonzero(begins)
    count = np.diff(np.append(first, person.size))
    # Sorted by meeting and then by distance, the first of each meeting is its closest moment.
    closest = np.lexsort((distance, np.repeat(np.arange(first.size), count)))[first]
    meetings = Encounters(
        person_id=person[first],
        started_us=time[first],
        ended_us=time[first + count - 1],
        closest_m=distance[closest],
        closest_index=nearness.candidate[order][closest],
        fixes=count,
    )
    kept = np.flatnonzero(meetings.ended_us - meetings.started_us >= min_duration_us)
    kept = kept[np.lexsort((meetings.person_id[kept], meetings.started_us[kept]))]
    return meetings.at(kept)
