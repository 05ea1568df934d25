"""Reads the table `connectivity`: meetings that are remembered."""

from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np

from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Ints
from service_kit.copy_columns import from_time, read_rows, row_of
from service_kit.stored_columns import MEETING

ROW: Final = row_of(MEETING)
MEETINGS: Final = files(__package__).joinpath("meetings.sql").read_text()
# Of the windows in a range (numbers, until before the second): remembered are all from the first to before the last
# found, but those that are due.
SETTLED: Final = """
    SELECT greatest(kept_from, %(first)s), least(settled_before, %(until)s),
           (SELECT coalesce(array_agg(DISTINCT window_number ORDER BY window_number), '{}') FROM connectivity_due
            WHERE window_number >= %(first)s AND window_number < %(until)s)
    FROM connectivity_progress
"""
# The same, if meetings were looked for in this way.
PROGRESS: Final = f"""{SETTLED}
    WHERE distance_m = %(distance_m)s AND min_probability = %(min_probability)s AND estimator = %(estimator)s
"""


class Remembered(NamedTuple):
    """Numbers of windows of which all meetings are remembered."""

    first: int
    until: int  # before this one; not after `first`: none
    due: Ints  # not these, in their order


NOTHING: Final = Remembered(0, 0, np.empty(0, np.int64))


def meetings_of(copied: bytes) -> EstimatedMeetings:
    """Rows of an answer of COPY to meetings.sql. Raises ValueError where it is anything else."""
    rows = read_rows(copied, ROW)
    return EstimatedMeetings(
        person_id=rows["other_id"].astype(np.int64),
        started_us=from_time(rows["started_at"]),
        ended_us=from_time(rows["ended_at"]),
        duration_us=rows["duration_us"].astype(np.int64),
        chance_ns=rows["chance_ns"].astype(np.int64),
        closest_m=rows["closest_m"].astype(np.float64),
        closest_sd_m=rows["closest_sd_m"].astype(np.float64),
        closest_us=from_time(rows["closest_at"]),
        latitude=rows["latitude"].astype(np.float64),
        longitude=rows["longitude"].astype(np.float64),
        own_fixes=rows["own_fixes"].astype(np.int64),
        other_fixes=rows["other_fixes"].astype(np.int64),
    )
