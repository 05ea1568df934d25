"""Meetings added up by other person and period: how the rows are written."""

from datetime import date

import numpy as np

from connection_service.rest.answers import Row
from connection_service.rest.json_columns import instants, metres, numbers, seconds
from proximity.network.summaries import Period, Summaries


def summary_rows(met: Summaries, period: Period) -> list[Row]:
    first_days = met.first_day.astype("datetime64[D]")
    columns = (
        met.person_id.tolist(),
        [period_name(day, period) for day in first_days.tolist()],
        np.datetime_as_string(first_days).tolist(),
        np.datetime_as_string(met.last_day.astype("datetime64[D]")).tolist(),
        numbers(met.meetings),
        seconds(met.duration_us),
        metres(met.closest_m),
        metres(met.closest_sd_m),
        instants(met.first_met_us),
        instants(met.last_met_us),
    )
    return [
        (
            who,
            f'{{"period":"{name}","first_day":"{first_day}","last_day":"{last_day}","person":',
            (
                f',"encounters":{meetings},"duration_s":{duration_s},"closest_m":{closest_m},"closest_sd_m":{sd_m},'
                f'"first_met_at":{first},"last_met_at":{last}}}'
            ),
        )
        for who, name, first_day, last_day, meetings, duration_s, closest_m, sd_m, first, last in zip(
            *columns, strict=True
        )
    ]


def period_name(first_day: date, period: Period) -> str:
    """2026-03-02, 2026-W10 (ISO 8601), 2026-03."""
    if period == "week":
        year, week, _ = first_day.isocalendar()
        return f"{year:04}-W{week:02}"
    return first_day.isoformat() if period == "day" else first_day.isoformat()[:7]
