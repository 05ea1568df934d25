"""Reads the table `connectivity`: meetings that are remembered."""

from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np

from connection_service.store.prepared import Statement
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Ints
from service_kit.copy_columns import from_time, read_columns
from service_kit.stored_columns import MEETING

MEETINGS: Final = files(__package__).joinpath("meetings.sql").read_text()
OF_A_RANGE: Final = """
    SELECT greatest(kept_from, $1), least(settled_before, $2),
           (SELECT coalesce(array_agg(DISTINCT window_number ORDER BY window_number), '{}') FROM connectivity_due
            WHERE window_number >= $1 AND window_number < $2)
    FROM connectivity_progress
"""
# Of the windows in a range (numbers, until before the second): remembered are all from the first to before the last
# found, but those that are due.
SETTLED: Final = Statement("settled", "int, int", OF_A_RANGE)
# The same, if meetings were looked for in this way.
REMEMBERED: Final = Statement(
    "remembered",
    "int, int, double precision, double precision, int",
    f"{OF_A_RANGE} WHERE distance_m = $3 AND min_probability = $4 AND estimator = $5",
)


class Remembered(NamedTuple):
    """Numbers of windows of which all meetings are remembered."""

    first: int
    until: int  # before this one; not after `first`: none
    due: Ints  # not these, in their order


NOTHING: Final = Remembered(0, 0, np.empty(0, np.int64))


def meetings_of(copied: bytes) -> EstimatedMeetings:
    """Rows of an answer of COPY to meetings.sql. Raises ValueError where it is anything else."""
    ints = read_columns(copied, MEETING)
    floats = {name: column.view(np.float64) for name, column in ints.items()}
    return EstimatedMeetings(
        person_id=ints["other_id"],
        started_us=from_time(ints["started_at"]),
        ended_us=from_time(ints["ended_at"]),
        duration_us=ints["duration_us"],
        chance_ns=ints["chance_ns"],
        closest_m=floats["closest_m"],
        closest_sd_m=floats["closest_sd_m"],
        closest_us=from_time(ints["closest_at"]),
        latitude=floats["latitude"],
        longitude=floats["longitude"],
        own_fixes=ints["own_fixes"],
        other_fixes=ints["other_fixes"],
    )
