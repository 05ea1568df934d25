"""Rows of `connectivity` that tell of more than one person: who was with whom."""

from importlib.resources import files
from typing import Final

import numpy as np

from proximity.network.groups import PairMeetings
from proximity.network.introductions import Ties
from service_kit.copy_columns import BIGINT, DOUBLE, TIME, from_time, read_rows, row_of

TIES, PAIRS, PAIRS_OF_PERSON = (
    files(__package__).joinpath(f"{name}.sql").read_text() for name in ("ties", "pairs", "pairs_of_person")
)
TIE: Final = row_of({"between_id": BIGINT, "other_id": BIGINT, "own_us": BIGINT, "other_us": BIGINT})
PAIR: Final = row_of(
    {
        "person_id": BIGINT,
        "other_id": BIGINT,
        "started_at": TIME,
        "ended_at": TIME,
        "closest_m": DOUBLE,
        "closest_at": TIME,
        "latitude": DOUBLE,
        "longitude": DOUBLE,
    }
)


def ties_of(copied: bytes) -> Ties:
    """Rows of an answer of COPY to ties.sql. Raises ValueError where it is anything else."""
    rows = read_rows(copied, TIE)
    return Ties._make(rows[name].astype(np.int64) for name in Ties._fields)


def pairs_of(copied: bytes) -> PairMeetings:
    """Rows of an answer of COPY to pairs.sql. Raises ValueError where it is anything else."""
    rows = read_rows(copied, PAIR)
    return PairMeetings(
        person_id=rows["person_id"].astype(np.int64),
        other_id=rows["other_id"].astype(np.int64),
        started_us=from_time(rows["started_at"]),
        ended_us=from_time(rows["ended_at"]),
        closest_m=rows["closest_m"].astype(np.float64),
        closest_us=from_time(rows["closest_at"]),
        latitude=rows["latitude"].astype(np.float64),
        longitude=rows["longitude"].astype(np.float64),
    )
