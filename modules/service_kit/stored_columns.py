"""The columns of `location` and `connectivity` as COPY brings them: what every service that reads them agrees on."""

from typing import Final

from service_kit.copy_columns import BIGINT, DOUBLE, REAL, TIME, row_of

FIX: Final = row_of(
    {"person_id": BIGINT, "creation_time": TIME, "latitude": DOUBLE, "longitude": DOUBLE, "accuracy_m": REAL}
)
MEETING: Final = {
    "other_id": BIGINT,
    "started_at": TIME,
    "ended_at": TIME,
    "duration_us": BIGINT,
    "chance_ns": BIGINT,
    "closest_m": DOUBLE,
    "closest_sd_m": DOUBLE,
    "closest_at": TIME,
    "latitude": DOUBLE,
    "longitude": DOUBLE,
    "own_fixes": BIGINT,
    "other_fixes": BIGINT,
}
"""Of `connectivity`, but for the person."""
