# ruff: noqa: INP001  a program that is run by its path
"""Removes what is not to be kept any longer; to be run every day, as the role `retention`.

    LOCATION_RETENTION_DAYS=90 CONNECTIVITY_RETENTION_DAYS=365 DATABASE_URL=postgresql://retention:… \
        python db/retention.py

Finishes first what was broken off of erasing and forgetting, which waits for no backup. Then it drops whole days that
ended more than LOCATION_RETENTION_DAYS ago (0: keeps all), after it has forbidden that anything of them be stored
again; likewise the meetings that are remembered of days that ended more than CONNECTIVITY_RETENTION_DAYS ago. At last
it rewrites the days that are finished, so that what is asked for together lies together. May be run at any time, twice,
or twice at once.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from database import engine_from_environment
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

LOCK_NOT_AVAILABLE = "55P03"
# Each try keeps others from the table for up to two seconds (its lock_timeout). Queries end soon; a backup takes long.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 3.0, 60.0
AT_MOST_S = 90 * 60.0  # the job in the cluster has two hours
FINISHED_AFTER = timedelta(days=1)  # from a day's end until hardly anything comes late


def main() -> None:
    days, days_of_meetings = (days_of(name) for name in ("LOCATION_RETENTION_DAYS", "CONNECTIVITY_RETENTION_DAYS"))
    deadline = time.monotonic() + AT_MOST_S
    with engine_from_environment(isolation_level="AUTOCOMMIT").connect() as connection:
        finish_what_was_broken_off(connection)
        for function, kept in (
            ("drop_locations_before", days),
            ("drop_connectivity_before", days_of_meetings),
        ):
            floor = datetime.now(UTC).date() - timedelta(days=kept) if kept else None
            try:
                for changed in changed_before(connection, function, floor, deadline):
                    is_floor = changed in ("location_floor", "kept_from")
                    tell(f"the floor is now {floor}" if is_floor else f"dropped {changed}")
            except TimeoutError as error:
                raise SystemExit(f"gave up: {error}; the next run will try again") from error
        tell("nothing is left that must not be kept" if days else "locations are kept for ever")
        rewrite_finished_days(connection, deadline)


def finish_what_was_broken_off(connection: Connection) -> None:
    for person_id in connection.scalars(text("SELECT unfinished_erasures()")).all():
        while connection.scalar(text("SELECT erase_locations(:id)"), {"id": person_id}):
            pass
        tell(f"finished the erasure of person {person_id}")
    for span in connection.scalars(text("SELECT unfinished_private_spans()")).all():
        while connection.scalar(text("SELECT is_more FROM forget_locations(:span)"), {"span": span}):
            pass
        tell(f"finished what was to be forgotten of private span {span}")


def days_of(name: str) -> int:
    """Raises SystemExit where the variable is no number of days."""
    days = int(os.environ[name])
    if days < 0:
        raise SystemExit(f"{name} must be 0 (all is kept) or a number of days")
    return days


def rewrite_finished_days(connection: Connection, deadline: float) -> None:
    """The newest day first: it is asked for most. Whatever is not reached is left for the next run."""
    finished = datetime.now(UTC).date() - FINISHED_AFTER
    told = None
    with suppress(TimeoutError):
        for step in changed_before(connection, "rewrite_locations_before", finished, deadline):
            if step != told:
                tell(step)
                told = step
            if time.monotonic() > deadline:
                break
        else:
            return
    tell("the next run goes on with it")


def changed_before(connection: Connection, function: str, day: date | None, deadline: float) -> Iterator[str]:
    """What was changed, one after the other. TimeoutError: there was no moment for it until the deadline."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            changed = connection.scalar(text(f"SELECT {function}(:day)"), {"day": day})
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > deadline:
                raise TimeoutError("the table is always in use") from error
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            continue
        pause_s = FIRST_PAUSE_S
        if changed is None:
            return
        yield changed


def tell(sentence: str) -> None:
    print(f"retention: {sentence}", flush=True)  # noqa: T201  the job's log


if __name__ == "__main__":
    main()
