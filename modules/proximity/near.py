"""Near fixes: the rows that everything else is made of."""

from typing import NamedTuple

import numpy as np

from proximity.certainty import Certainties, certainty
from proximity.fixes import NO_FIXES, Fixes, Floats, Ints, Where, all_fixes
from proximity.matching import nearest


class Near(NamedTuple):
    """n fixes of others that were near, each once."""

    fixes: Fixes
    distance_m: Floats
    time_gap_us: Ints  # from the fix to what it is near to, 0 or more
    certainty: Certainties
    moment_us: Ints  # when the other was that near,
    latitude: Floats  # and where
    longitude: Floats

    @property
    def size(self) -> int:
        return self.fixes.size

    @property
    def person_id(self) -> Ints:
        return self.fixes.person_id

    def at(self, where: Where) -> "Near":
        """The rows at these positions, in the order given."""
        return Near._make([self.fixes.at(where), *(column[where] for column in self[1:])])


NOBODY = Near(
    NO_FIXES, np.empty(0), np.empty(0, np.int64), np.empty(0, np.int8), np.empty(0, np.int64), np.empty(0), np.empty(0)
)


def everybody(parts: list[Near]) -> Near:
    """Join the parts, one after the other."""
    if len(parts) <= 1:
        return parts[0] if parts else NOBODY
    columns = zip(*(part[1:] for part in parts), strict=True)
    return Near._make([all_fixes([part.fixes for part in parts]), *map(np.concatenate, columns)])


def near_fixes(track: Fixes, candidates: Fixes, reach_m: float, window_us: int | None, within_m: float) -> Near:
    """Candidates near to a fix of the track. The nearest own fix decides, also about certainty."""
    found = nearest(track, candidates, reach_m, window_us)
    fixes = candidates.at(found.candidate)
    judged = certainty(found.distance_m, track.accuracy_m[found.own], fixes.accuracy_m, within_m)
    gap_us = np.abs(track.time_us[found.own] - fixes.time_us)
    rows = Near(fixes, found.distance_m, gap_us, judged, fixes.time_us, fixes.latitude, fixes.longitude)
    return rows if reach_m == within_m else rows.at(judged >= 0)
