"""Rows of `location` and of `connectivity` as the engine's columns."""

from typing import Final

import numpy as np

from proximity.everybody.meetings import Met
from proximity.fixes import Fixes
from service_kit.copy_columns import BIGINT, from_time, read_rows, row_of, written_rows
from service_kit.copy_format import EPOCH_US
from service_kit.stored_columns import FIX, MEETING

CONNECTIVITY: Final = {"person_id": BIGINT, **MEETING}
COLUMNS: Final = ", ".join(CONNECTIVITY)
ROW: Final = row_of(CONNECTIVITY)


def fixes_of(copied: bytes) -> Fixes:
    """Rows (person_id, creation_time, latitude, longitude, accuracy_m) of an answer of COPY, by person and time.

    Raises ValueError where it is anything else.
    """
    rows = read_rows(copied, FIX)
    fixes = Fixes(
        person_id=rows["person_id"].astype(np.int64),
        time_us=from_time(rows["creation_time"]),
        latitude=rows["latitude"].astype(np.float64),
        longitude=rows["longitude"].astype(np.float64),
        accuracy_m=rows["accuracy_m"].astype(np.float32),
    )
    return fixes.at(np.lexsort((fixes.time_us, fixes.person_id)))


def copy_bytes(met: Met) -> bytes:
    """The meetings for COPY into COLUMNS."""
    meetings = met.meetings
    columns = {
        "person_id": met.person_id,
        "other_id": meetings.person_id,
        "started_at": meetings.started_us - EPOCH_US,
        "ended_at": meetings.ended_us - EPOCH_US,
        "duration_us": meetings.duration_us,
        "chance_ns": meetings.chance_ns,
        "closest_m": meetings.closest_m,
        "closest_sd_m": meetings.closest_sd_m,
        "closest_at": meetings.closest_us - EPOCH_US,
        "latitude": meetings.latitude,
        "longitude": meetings.longitude,
        "own_fixes": meetings.own_fixes,
        "other_fixes": meetings.other_fixes,
    }
    return written_rows(columns, ROW)
