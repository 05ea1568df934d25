"""A page of an answer: its rows by their key, and where the next one starts."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np

from connection_service.search.questions import Key
from proximity.fixes import Ints, Where


class Rows(Protocol):
    """Columns of what a page shows."""

    @property
    def person_id(self) -> Ints: ...

    def at(self, where: Where) -> Self: ...


class Meetings(Protocol):
    """Columns of meetings."""

    @property
    def size(self) -> int: ...

    @property
    def started_us(self) -> Ints: ...

    @property
    def ended_us(self) -> Ints: ...


Shown = TypeVar("Shown", bound=Rows)


class Page(NamedTuple, Generic[Shown]):
    rows: Shown
    next_after: Key | None  # None: the last page


def page_of(rows: Shown, key: Sequence[Ints], limit: int) -> Page[Shown]:
    """The first rows in the order of the key."""
    order = order_of(key)
    shown = order[:limit]
    return Page(rows.at(shown), tuple(int(column[shown[-1]]) for column in key) if order.size > limit else None)


def order_of(key: Sequence[Ints]) -> Ints:
    order: Ints = np.lexsort(key[::-1])
    return order


def later(key: Sequence[Ints], after: Key | None) -> Where:
    """The rows whose key is beyond that of the page before."""
    if after is None:
        return slice(None)
    beyond, equal = np.zeros(key[0].size, bool), np.ones(key[0].size, bool)
    for column, value in zip(key, after, strict=True):
        beyond |= equal & (column > value)
        equal &= column == value
    return beyond


def settled(met: Meetings, gap_us: int | None, known_until_us: int) -> Where:
    """Meetings that won't change any more, and before which none will be found."""
    unsettled = np.ones(met.size, bool) if gap_us is None else known_until_us - met.ended_us <= gap_us
    done: Where = met.started_us < met.started_us[unsettled].min(initial=known_until_us)
    return done
