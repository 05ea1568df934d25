"""Whose locations may be stored, and of when: remembered, and brought up to date in each transaction that stores.

An erased person must not come back by a location that was on its way, nor a day that retention has dropped, nor a time
that somebody keeps private. How the transactions and those who forbid keep out of each other's way: docs/privacy.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from location_consumer.locations import Locations, Mask, microseconds
from location_consumer.rows import DAY_US, Rows
from service_kit.private_spans import Span, by_person, hide, touch
from service_kit.sql_arrays import array_text

HOLD = "SELECT erased, newest, kept_from FROM hold_erasures(%s)"
LOOK_UP = """
    SELECT id, false FROM person WHERE id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT person_id, true FROM erased_person WHERE person_id = ANY(%(ids)s::bigint[])
"""
NEWEST_SPAN = "SELECT coalesce(max(number), 0) FROM private_span"
NEWER_SPANS = "SELECT number, person_id FROM private_span WHERE number > %s"
SPANS = "SELECT person_id, begins_at, ends_at FROM private_span WHERE person_id = ANY(%s::bigint[])"
ANYBODY = "SELECT EXISTS (SELECT FROM person)"
EVERYTHING_US = -(2**63)


class NobodyError(Exception):
    """There is nobody at all."""


class Barred(NamedTuple):
    """Which of n locations are not to be stored; none for two reasons."""

    erased: Mask  # of a person who has been erased
    expired: Mask  # older than what is kept
    private: Mask  # of a time of which the person keeps private where they were
    unknown: Mask  # of nobody

    @property
    def any_reason(self) -> Mask:
        every: Mask = self.erased | self.expired | self.private | self.unknown
        return every


class Persons:
    """Belongs to one connection: after another restart of the database it may be another database."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._erased: set[int] = set()
        self._seen: int | None = None  # the newest erasure that is taken note of
        self._kept_from_us = EVERYTHING_US
        self._private: dict[int, Sequence[Span]] = {}  # of those who are known
        self._newest_span: int | None = None  # that is taken note of

    def hold(self, cursor: Cursor) -> None:
        """Take note of what was erased or made private since the last time.

        Until the end of the transaction nothing more is.
        """
        cursor.execute(HOLD, (self._seen,))
        [(erased, self._seen, kept_from)] = cursor
        self._known.difference_update(erased)
        self._erased.update(erased)
        self._kept_from_us = EVERYTHING_US if kept_from is None else microseconds(kept_from)
        if self._newest_span is None:
            cursor.execute(NEWEST_SPAN)
            [(self._newest_span,)] = cursor
            return
        cursor.execute(NEWER_SPANS, (self._newest_span,))
        newer = dict(cursor.fetchall())
        if newer:
            self._newest_span = max(newer)
            self._read_spans(cursor, self._known.intersection(newer.values()))

    def strangers(self, ids: AbstractSet[int]) -> AbstractSet[int]:
        """Those who have to be looked up: they may have come into being since."""
        return ids - self._known - self._erased

    def look_up(self, cursor: Cursor, ids: AbstractSet[int]) -> None:
        """For a transaction that holds.

        Raises NobodyError where some are of nobody because there is nobody: in a database that has lost its people
        every location would seem to be its sender's fault. Where really nobody is there yet, nobody is kept waiting.
        """
        if not ids:
            return
        cursor.execute(LOOK_UP, {"ids": array_text(ids)})
        for person_id, is_erased in cursor:
            (self._erased if is_erased else self._known).add(person_id)
        self._read_spans(cursor, ids & self._known)
        if self.strangers(ids) and not self._known:
            cursor.execute(ANYBODY)
            if cursor.fetchone() == (False,):
                raise NobodyError

    def _read_spans(self, cursor: Cursor, ids: AbstractSet[int]) -> None:
        if not ids:
            return
        cursor.execute(SPANS, (array_text(ids),))
        self._private |= by_person(
            (person_id, microseconds(begins_at), None if ends_at is None else microseconds(ends_at))
            for person_id, begins_at, ends_at in cursor
        )

    def private_spans(self, ids: AbstractSet[int]) -> Mapping[int, Sequence[Span]]:
        """Of those of the persons who have any."""
        return {person_id: self._private[person_id] for person_id in self._private.keys() & ids}

    def erased_among(self, ids: AbstractSet[int]) -> frozenset[int]:
        return frozenset(ids & self._erased)

    def bars_any(self, rows: Rows) -> bool:
        """Whether any of these rows must not be stored."""
        return not rows.person_ids <= self._known or self.too_old(rows) or self.any_private(rows)

    def any_private(self, rows: Rows) -> bool:
        """Whether any of these rows is of a time that its person keeps private."""
        return any(True for _ in self._private_positions(rows.locations, rows.person_ids))

    def _private_positions(self, locations: Locations, ids: AbstractSet[int]) -> Iterator[int]:
        spans_of = self.private_spans(ids) if self._private else {}
        if not spans_of or not locations.size:
            return
        first_us, last_us = int(locations.time_us.min()), int(locations.time_us.max())
        for person_id, spans in spans_of.items():
            if touch(spans, first_us, last_us):
                positions = np.flatnonzero(locations.person_id == person_id)
                times = locations.time_us[positions]
                yield from (
                    position
                    for position, time_us in zip(positions.tolist(), times.tolist(), strict=True)
                    if hide(spans, time_us)
                )

    def too_old(self, rows: Rows) -> bool:
        """Whether any of these rows is older than what is kept. A floor is the start of a day."""
        return bool(rows.days) and min(rows.days) * DAY_US < self._kept_from_us

    def barred(self, locations: Locations) -> Barred:
        ids = set(np.unique(locations.person_id).tolist())
        erased = np.isin(locations.person_id, list(ids & self._erased))
        expired = (locations.time_us < self._kept_from_us) & ~erased
        unknown = np.isin(locations.person_id, list(ids - self._known)) & ~erased & ~expired
        private = np.zeros(locations.size, dtype=bool)
        private[list(self._private_positions(locations, ids & self._known))] = True
        return Barred(erased, expired, private & ~expired, unknown)
