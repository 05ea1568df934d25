"""All that is remembered of one person's meetings, however many they are: some days at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Final

import numpy as np
from sqlalchemy import Engine, text

from connection_service.store.history import copy_out
from connection_service.store.meetings import MEETINGS, meetings_of
from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, joined
from proximity.instants import DAY_US, EPOCH, LAST_US
from service_kit.database import connection

MONTHS: Final = """
    SELECT to_date(right(relname, 6), 'YYYYMM')
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'connectivity'::regclass
    ORDER BY 1
"""
DAYS_AT_ONCE: Final = 5
NO_LIMIT: Final = 2**62


def meeting_history(engine: Engine, person_id: int, gap_us: int) -> Iterator[EstimatedMeetings]:
    """Meetings with everybody, in portions: whole ones, as `encounters` joins and orders them. Raises DependencyDown.

    Between two portions no connection is held, so that a slow reader keeps nobody waiting.
    """
    with connection(engine) as borrowed:
        months: list[date] = list(borrowed.scalars(text(MONTHS)))
    open_ = NO_MEETINGS
    for month in months:
        after = (month + timedelta(days=31)).replace(day=1)
        for day in range(0, (after - month).days, DAYS_AT_ONCE):
            until = min(month + timedelta(days=day + DAYS_AT_ONCE), after)
            met = joined([open_, _portion(engine, person_id, month + timedelta(days=day), until)], gap_us)
            goes_on = met.ended_us + gap_us >= (until - EPOCH.date()).days * DAY_US
            later = goes_on | (met.started_us >= met.started_us[goes_on].min(initial=LAST_US))
            open_ = met.at(later)
            yield _by_start(met.at(~later))
    yield _by_start(open_)


def _by_start(met: EstimatedMeetings) -> EstimatedMeetings:
    return met.at(np.lexsort((met.person_id, met.started_us)))


def _portion(engine: Engine, person_id: int, start: date, until: date) -> EstimatedMeetings:
    copied = BytesIO()
    values = {"person_id": person_id, "start": f"{start}Z", "until": f"{until}Z", "max_rows": NO_LIMIT}
    copy_out(engine, MEETINGS, values, copied)
    return meetings_of(copied.getvalue())
