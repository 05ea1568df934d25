"""Meetings added up by other person and period: days, ISO weeks or months, in UTC."""

from typing import Final, Literal, NamedTuple

import numpy as np

from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Floats, Ints, Where
from proximity.instants import DAY_US

Period = Literal["day", "week", "month"]
PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month")

THURSDAY: Final = 3  # days that 1970-01-01 is behind a Monday


class Summaries(NamedTuple):
    """n others in a period each."""

    person_id: Ints
    first_day: Ints  # of the period, days since 1970-01-01
    last_day: Ints
    meetings: Ints  # that have a moment in it
    duration_us: Ints  # within the distance
    closest_m: Floats
    closest_sd_m: Floats
    first_met_us: Ints  # the first instant together in it, and the last one
    last_met_us: Ints

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "Summaries":
        """Those at these positions, in the order given."""
        return Summaries._make(column[where] for column in self)


def summaries(parts: EstimatedMeetings, meeting: Ints, period: Period) -> Summaries:
    """Add up, in any order. `parts` of meetings lie in one day each, and `meeting` is the number of the whole one."""
    first_day, last_day = days_of(period, parts.started_us // DAY_US)
    order = np.lexsort((parts.started_us, parts.person_id, first_day))
    parts, meeting, first_day, last_day = parts.at(order), meeting[order], first_day[order], last_day[order]
    changes = np.ones(parts.size, bool)
    changes[1:] = (np.diff(parts.person_id) != 0) | (np.diff(first_day) != 0)
    first = np.flatnonzero(changes)
    row = np.cumsum(changes) - 1
    if not first.size:
        none, nothing = parts.person_id, parts.closest_m
        return Summaries(none, none, none, none, none, nothing, nothing, none, none)
    # Parts of a meeting follow one upon the other.
    begins = changes.copy()
    begins[1:] |= np.diff(meeting) != 0
    closest = np.lexsort((parts.closest_us, parts.closest_m, row))[first]
    return Summaries(
        person_id=parts.person_id[first],
        first_day=first_day[first],
        last_day=last_day[first],
        meetings=np.add.reduceat(begins.astype(np.int64), first),
        duration_us=np.add.reduceat(parts.duration_us, first),
        closest_m=parts.closest_m[closest],
        closest_sd_m=parts.closest_sd_m[closest],
        first_met_us=parts.started_us[first],
        last_met_us=np.maximum.reduceat(parts.ended_us, first),
    )


def days_of(period: Period, day: Ints) -> tuple[Ints, Ints]:
    """The first and the last day of the periods that hold these days, all in days since 1970-01-01."""
    if period == "day":
        return day, day
    if period == "week":
        monday = day - (day + THURSDAY) % 7
        return monday, monday + 6
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    first, after = (of.astype("datetime64[D]").astype(np.int64) for of in (month, month + 1))
    return first, after - 1
