"""Whose locations may be stored, and from when on: remembered, and brought up to date in each transaction that stores.

An erased person must not come back by a location that was on its way, nor a day that retention has dropped. How the
transactions and the erasures keep out of each other's way: docs/privacy.md.
"""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from location_consumer.locations import Locations, Mask, microseconds
from location_consumer.rows import DAY_US, Rows

HOLD = "SELECT erased, newest, kept_from FROM hold_erasures(%s)"
LOOK_UP = """
    SELECT id, false FROM person WHERE id = ANY(%(ids)s)
    UNION ALL
    SELECT person_id, true FROM erased_person WHERE person_id = ANY(%(ids)s)
"""
ANYBODY = "SELECT EXISTS (SELECT FROM person)"
EVERYTHING_US = -(2**63)


class NobodyError(Exception):
    """There is nobody at all."""


class Barred(NamedTuple):
    """Which of n locations are not to be stored; none for two reasons."""

    erased: Mask  # of a person who has been erased
    expired: Mask  # older than what is kept
    unknown: Mask  # of nobody

    @property
    def any_reason(self) -> Mask:
        every: Mask = self.erased | self.expired | self.unknown
        return every


class Persons:
    """Belongs to one connection: after another restart of the database it may be another database."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._erased: set[int] = set()
        self._seen: int | None = None  # the newest erasure that is taken note of
        self._kept_from_us = EVERYTHING_US

    def hold(self, cursor: Cursor) -> None:
        """Take note of what was erased since the last time. Until the end of the transaction nothing more is erased."""
        cursor.execute(HOLD, (self._seen,))
        [(erased, self._seen, kept_from)] = cursor
        self._known.difference_update(erased)
        self._erased.update(erased)
        self._kept_from_us = EVERYTHING_US if kept_from is None else microseconds(kept_from)

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
        cursor.execute(LOOK_UP, {"ids": list(ids)})
        for person_id, is_erased in cursor:
            (self._erased if is_erased else self._known).add(person_id)
        if self.strangers(ids) and not self._known:
            cursor.execute(ANYBODY)
            if cursor.fetchone() == (False,):
                raise NobodyError

    def erased_among(self, ids: AbstractSet[int]) -> frozenset[int]:
        return frozenset(ids & self._erased)

    def bars_any(self, rows: Rows) -> bool:
        """Whether any of these rows must not be stored."""
        return not rows.person_ids <= self._known or self.too_old(rows)

    def too_old(self, rows: Rows) -> bool:
        """Whether any of these rows is older than what is kept. A floor is the start of a day."""
        return bool(rows.days) and min(rows.days) * DAY_US < self._kept_from_us

    def barred(self, locations: Locations) -> Barred:
        ids = set(np.unique(locations.person_id).tolist())
        erased = np.isin(locations.person_id, list(ids & self._erased))
        expired = (locations.time_us < self._kept_from_us) & ~erased
        unknown = np.isin(locations.person_id, list(ids - self._known)) & ~erased & ~expired
        return Barred(erased, expired, unknown)
