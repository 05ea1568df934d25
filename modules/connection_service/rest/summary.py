"""Meetings added up by other person and period: how the rows are written."""

from datetime import date
from typing import Final

import numpy as np

from connection_service.rest.answers import Unnamed
from connection_service.rest.json_columns import instants, metres, numbers, seconds
from connection_service.rest.weave import Column, texts
from proximity.fixes import Ints
from proximity.network.summaries import Period, Summaries

SUMMARY: Final = (
    b'{"period":"%period","first_day":"%first_day","last_day":"%last_day","person":%person,'
    b'"encounters":%encounters,"duration_s":%duration_s,"closest_m":%closest_m,"closest_sd_m":%closest_sd_m,'
    b'"first_met_at":%first_met_at,"last_met_at":%last_met_at}'
)


def summary_rows(met: Summaries, period: Period) -> Unnamed:
    # The days of many rows are few.
    _, first, row = np.unique(met.first_day, return_index=True, return_inverse=True)
    first_days, last_days = (days[first].astype("datetime64[D]") for days in (met.first_day, met.last_day))
    name = last_day = first_day = _repeated(np.datetime_as_string(first_days).tolist(), row)
    if period != "day":
        name = _repeated([period_name(day, period) for day in first_days.tolist()], row)
        last_day = _repeated(np.datetime_as_string(last_days).tolist(), row)
    columns = {
        "period": name,
        "first_day": first_day,
        "last_day": last_day,
        "encounters": numbers(met.meetings),
        "duration_s": seconds(met.duration_us),
        "closest_m": metres(met.closest_m),
        "closest_sd_m": metres(met.closest_sd_m),
        "first_met_at": instants(met.first_met_us),
        "last_met_at": instants(met.last_met_us),
    }
    return Unnamed(SUMMARY, met.person_id.tolist(), columns)


def _repeated(names: list[str], row: Ints) -> Column:
    return texts([names[at] for at in row.tolist()])


def period_name(first_day: date, period: Period) -> str:
    """Of a week 2026-W10 (ISO 8601), of a month 2026-03."""
    if period == "week":
        year, week, _ = first_day.isocalendar()
        return f"{year:04}-W{week:02}"
    return first_day.isoformat()[:7]
