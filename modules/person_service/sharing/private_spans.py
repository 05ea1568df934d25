"""Pausing, sharing again, and forgetting a time: each is a private span, of which nothing is stored any more.

How nothing of it comes back: docs/privacy.md.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Engine, func, or_, select

from person_service.models import PrivateSpan
from person_service.people import check_person
from service_kit.database import connection, writing_connection
from service_kit.errors import InvalidInput, NotFound

SPANS_MAX: Final = 5_000
"""For each person: a pause a day for thirteen years. Others keep them in mind."""


class Sharing(NamedTuple):
    paused_at: datetime | None


class Forgotten(NamedTuple):
    started_at: datetime
    ended_at: datetime
    locations: int
    """How many were deleted."""


class PrivateSpans:
    """Every method raises DependencyDown where the database does not answer, and NotFound where there is no person."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def sharing(self, person_id: int) -> Sharing:
        check_person(self.engine, person_id)
        return self._sharing(person_id)

    def pause(self, person_id: int) -> Sharing:
        """From now on nothing of the person is stored; what says to be of later, by a clock that is ahead, is deleted.

        Pausing twice is pausing once. Raises InvalidInput where the person has too many private spans.
        """
        check_person(self.engine, person_id)
        self._check_room(person_id, "paused", beside=PrivateSpan.ends_at.is_not(None))
        self._keep_private(person_id, None, None)
        return self._sharing(person_id)

    def share(self, person_id: int) -> Sharing:
        """End a pause, if there is one. What was recorded during it stays private."""
        check_person(self.engine, person_id)
        with writing_connection(self.engine) as database:
            database.execute(select(func.share_again(person_id)))
        return self._sharing(person_id)

    def forget(self, person_id: int, started_at: datetime, ended_at: datetime | None) -> Forgotten:
        """Delete the locations from started_at until before ended_at (None: now), so that none of them comes back.

        Takes a second for some 100,000 locations, in transactions of its own each; the job `retention` finishes what
        is broken off. Raises InvalidInput where the times are not in order, or end in the future, or where the person
        has too many private spans.
        """
        check_person(self.engine, person_id)
        now = datetime.now(UTC)
        ended_at = ended_at or now
        if ended_at > now:
            raise InvalidInput([("ended_at", "must not lie in the future: pause sharing for that")])
        if started_at >= ended_at:
            raise InvalidInput([("started_at", "must be before ended_at, which is now where it is not given")])
        apart = or_(PrivateSpan.ends_at.is_(None), PrivateSpan.begins_at > ended_at, PrivateSpan.ends_at < started_at)
        self._check_room(person_id, "started_at", beside=apart)
        return Forgotten(started_at, ended_at, self._keep_private(person_id, started_at, ended_at))

    def _sharing(self, person_id: int) -> Sharing:
        paused = select(PrivateSpan.begins_at).where(PrivateSpan.person_id == person_id, PrivateSpan.ends_at.is_(None))
        with connection(self.engine) as database:
            return Sharing(database.scalar(paused))

    def _keep_private(self, person_id: int, low: datetime | None, high: datetime | None) -> int:
        """Return how many locations were deleted."""
        with writing_connection(self.engine) as database:
            span = database.scalar(select(func.keep_private(person_id, low, high)))
        if span is None:
            raise NotFound(f"person {person_id}")
        locations, is_more = 0, True
        while is_more:
            with writing_connection(self.engine) as database:
                deleted, is_more = database.exec_driver_sql(
                    "SELECT deleted, is_more FROM forget_locations(%s)", (span,)
                ).one()
            locations += deleted
        return locations

    def _check_room(self, person_id: int, field: str, *, beside: ColumnElement[bool]) -> None:
        """Raises InvalidInput where there are too many spans that a new one would lie beside, and not join."""
        spans = select(func.count()).select_from(PrivateSpan).where(PrivateSpan.person_id == person_id, beside)
        with connection(self.engine) as database:
            if database.scalars(spans).one() >= SPANS_MAX:
                reason = f"must not begin one more private time, there are {SPANS_MAX:,}: forget one that joins some"
                raise InvalidInput([(field, reason)])
