"""Near fixes: the rows that everything else is made of."""

from typing import NamedTuple

import numpy as np

from proximity.certainty import Certainties, certainty
from proximity.fixes import NO_FIXES, Fixes, Floats, Ints, Where
from proximity.matching import nearest


class NearFixes(NamedTuple):
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

    def at(self, where: Where) -> "NearFixes":
        """The rows at these positions, in the order given."""
        return NearFixes._make([self.fixes.at(where), *(column[where] for column in self[1:])])

    @staticmethod
    def concatenate(parts: "list[NearFixes]") -> "NearFixes":
        """Join the parts, one after the other."""
        if len(parts) <= 1:
            return parts[0] if parts else NO_NEAR_FIXES
        columns = zip(*(part[1:] for part in parts), strict=True)
        return NearFixes._make([Fixes.concatenate([part.fixes for part in parts]), *map(np.concatenate, columns)])


NO_NEAR_FIXES = NearFixes(
    NO_FIXES, np.empty(0), np.empty(0, np.int64), np.empty(0, np.int8), np.empty(0, np.int64), np.empty(0), np.empty(0)
)


def near_fixes(track: Fixes, candidates: Fixes, reach_m: float, window_us: int | None, within_m: float) -> NearFixes:
    """Candidates near to a fix of the track. The nearest own fix decides, also about certainty."""
    found = nearest(track, candidates, reach_m, window_us)
    fixes = candidates.at(found.candidate)
    judged = certainty(found.distance_m, track.accuracy_m[found.own], fixes.accuracy_m, within_m)
    gap_us = np.abs(track.time_us[found.own] - fixes.time_us)
    rows = NearFixes(fixes, found.distance_m, gap_us, judged, fixes.time_us, fixes.latitude, fixes.longitude)
    return rows if reach_m == within_m else rows.at(judged >= 0)
