"""What was reported in a time, as far as it may be used; and whether it still may when something follows from it."""

from datetime import datetime
from io import BytesIO
from typing import NamedTuple

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from meeting_finder.columns import fixes_of
from proximity.fixes import Fixes, Ints
from proximity.instants import MICROSECOND, since_epoch
from proximity.spans import Spans, held_by
from service_kit.sql_arrays import array_text

# What may become of persons and days meanwhile.
SEEN = """
    SELECT (SELECT coalesce(max(number), 0) FROM erased_person), (SELECT coalesce(max(number), 0) FROM private_span),
           (SELECT day::timestamp AT TIME ZONE 'UTC' FROM location_floor)
"""
FIXES = """
    SELECT person_id, creation_time, ST_Y(coordinate), ST_X(coordinate), COALESCE(accuracy_m, 'NaN')
    FROM location WHERE creation_time BETWEEN %s AND %s
"""
PERSONS = "SELECT id FROM person WHERE id = ANY(%s::bigint[])"
PRIVATE = """
    SELECT person_id, greatest(begins_at, %(low)s), least(ends_at, %(until)s) - interval '1 microsecond'
    FROM private_span
    WHERE person_id = ANY(%(persons)s::bigint[]) AND begins_at < %(until)s AND (ends_at IS NULL OR ends_at > %(low)s)
    ORDER BY person_id, begins_at
"""
HOLD = "SELECT pg_advisory_xact_lock_shared(storing_lock())"
CHANGED = """
    SELECT person_id FROM erased_person WHERE number > %(erased)s
    UNION ALL SELECT person_id FROM private_span WHERE number > %(private)s
"""


class ChangedError(Exception):
    """What something was computed from is not to be used any more."""


class Seen(NamedTuple):
    """Up to where things were taken note of before locations were read."""

    erased: int  # number of an erasure
    private: int  # number of a private span
    kept_from: datetime | None  # the first instant of which locations are kept; None: all are


def seen_now(cursor: Cursor) -> Seen:
    cursor.execute(SEEN)
    [seen] = cursor
    return Seen._make(seen)


class Reported(NamedTuple):
    """What was reported in a time and may be used."""

    fixes: Fixes  # by person and time
    private: Spans  # in which these persons keep private where they were


def reported(cursor: Cursor, low: datetime, high: datetime) -> Reported:
    """All of a time, both ends inclusive."""
    copied = BytesIO()
    filled = cursor.mogrify(FIXES, (low, high)).decode()
    cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", copied)
    fixes = fixes_of(copied.getvalue())
    persons = array_text(np.unique(fixes.person_id).tolist())
    cursor.execute(PERSONS, (persons,))
    there = np.isin(fixes.person_id, [person_id for (person_id,) in cursor])
    cursor.execute(PRIVATE, {"persons": persons, "low": low, "until": high + MICROSECOND})
    spans = [(person_id, since_epoch(begin), since_epoch(end)) for person_id, begin, end in cursor]
    private = Spans(*np.array(spans, np.int64).reshape(-1, 3).T)
    usable = there & ~held_by(private, fixes)  # what is being forgotten may not be deleted yet
    return Reported(fixes if usable.all() else fixes.at(usable), private)


def reported_of_now(cursor: Cursor, low: datetime, high: datetime) -> Fixes:
    """What tells where people are at the end of a time, by person and time.

    What somebody reported before something private does not, or who pauses would be said to be still there.
    """
    fixes, private = reported(cursor, low, high)
    begun = private._replace(start_us=np.full_like(private.start_us, since_epoch(low)))
    return fixes.at(~held_by(begun, fixes))


def hold_still(cursor: Cursor, seen: Seen, person_ids: Ints) -> None:
    """Until the end of the transaction nobody is erased, and nothing made private.

    Raises ChangedError where one of these persons was, or has something private, since `seen`.
    """
    cursor.execute(HOLD)
    cursor.execute(CHANGED, seen._asdict())
    if np.isin(person_ids, [person_id for (person_id,) in cursor]).any():
        raise ChangedError
