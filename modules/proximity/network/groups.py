"""Groups: people of whom every two met at the same time.

A group is a set of people and a span of time such that throughout the span every two of them are in a meeting, and
that neither somebody nor a moment could be added: who comes later or leaves earlier makes another group. These are the
maximal cliques of a link stream as A. Baudin, C. Magnien, L. Tabourier define them ("Faster maximal clique enumeration
in large real-world link streams", arXiv:2302.00360). Connected components would make one group of a hall in which each
talks with the next.

A span begins when some meeting of the group begins, and ends when one ends. So each meeting that begins is looked at
with those who are with both of the pair; at each moment at which some of their meetings end, the meetings that last
until then are a graph, and its maximal cliques are the groups that end then, or later.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from proximity.fixes import Floats, Ints, Where
from proximity.network.cliques import Budget, bits, maximal_cliques

COST_OF_A_GROUP: Final = 50  # in looks at an edge: it is kept

Company = dict[int, dict[int, int]]
"""Of each person those who are there too, and until when."""


class PairMeetings(NamedTuple):
    """n meetings of two persons, in any order; of a pair they may overlap."""

    person_id: Ints
    other_id: Ints
    started_us: Ints  # microseconds since 1970-01-01 UTC
    ended_us: Ints
    closest_m: Floats
    closest_us: Ints
    latitude: Floats  # of the other then
    longitude: Floats

    @property
    def size(self) -> int:
        return self.person_id.size

    def at(self, where: Where) -> "PairMeetings":
        """The meetings at these positions, in the order given."""
        return PairMeetings._make(column[where] for column in self)

    def by_pair(self) -> "PairMeetings":
        """The lower person first; by pair and time."""
        low, high = np.minimum(self.person_id, self.other_id), np.maximum(self.person_id, self.other_id)
        return self._replace(person_id=low, other_id=high).at(np.lexsort((self.started_us, high, low)))


NO_PAIRS: Final = PairMeetings._make(
    np.empty(0, kind) for kind in (np.int64, np.int64, np.int64, np.int64, np.float64, np.int64, np.float64, np.float64)
)


class Group(NamedTuple):
    """Ordered by its start; of equal starts the longest first."""

    started_us: int
    ended_us: int
    members: tuple[int, ...]  # by id


class Span(NamedTuple):
    """A whole meeting of two."""

    started_us: int
    ended_us: int
    person_id: int
    other_id: int


def groups(met: PairMeetings, gap_us: int, min_people: int, min_duration_us: int, most_steps: int) -> list[Group]:
    """All groups, in order. Meetings of a pair (`met.by_pair()`) that are at most `gap_us` apart are one.

    Raises TooMuchWork.
    """
    spans = sorted(whole_meetings(met, gap_us, min_duration_us))
    budget = Budget(most_steps)
    together: Company = defaultdict(dict)
    found: set[Group] = set()
    begun = 0
    for number, span in enumerate(spans, start=1):
        together[span.person_id][span.other_id] = together[span.other_id][span.person_id] = span.ended_us
        if number < len(spans) and spans[number].started_us == span.started_us:
            continue
        for each in spans[begun:number]:
            found |= set(_begun_with(each, together, min_people, min_duration_us, budget))
        begun = number
    return sorted(found, key=lambda group: (group.started_us, -group.ended_us, group.members))


def whole_meetings(met: PairMeetings, gap_us: int, min_duration_us: int) -> list[Span]:
    """Of pairs that were together for so long without a longer absence."""
    if not met.size:
        return []
    changes = np.ones(met.size, bool)
    changes[1:] = (np.diff(met.person_id) != 0) | (np.diff(met.other_id) != 0)
    pair = np.cumsum(changes) - 1
    # The latest end so far, of this pair: one meeting may lie within another.
    shift = np.int64(met.ended_us.max() - met.ended_us.min() + 1)
    latest_us = np.maximum.accumulate(met.ended_us + pair * shift) - pair * shift
    begins = changes.copy()
    begins[1:] |= met.started_us[1:] - latest_us[:-1] > gap_us
    first = np.flatnonzero(begins)
    started_us, ended_us = met.started_us[first], np.maximum.reduceat(met.ended_us, first)
    long = np.flatnonzero(ended_us - started_us >= min_duration_us)
    columns = (started_us, ended_us, met.person_id[first], met.other_id[first])
    return [Span._make(row) for row in zip(*(column[long].tolist() for column in columns), strict=True)]


def _begun_with(
    pair: Span, together: Company, min_people: int, min_duration_us: int, budget: Budget
) -> Iterator[Group]:
    """Groups with both of the pair that begin when its meeting does, and last for so long."""
    both, (one, other) = (pair.person_id, pair.other_id), (together[pair.person_id], together[pair.other_id])
    for company in (one, other):
        for gone in [who for who, until_us in company.items() if until_us < pair.started_us]:
            del company[gone]
    until_us = pair.started_us + min_duration_us
    reach = {who: min(one[who], other[who], pair.ended_us) for who in one.keys() & other.keys()}
    people = sorted(who for who, last_us in reach.items() if last_us >= until_us)
    while len(people) + 2 >= min_people:
        budget.spend(len(people) ** 2)
        lasting = [[together[who].get(other, -1) >= until_us for other in people] for who in people]
        neighbours = [sum(1 << bit for bit, lasts in enumerate(row) if lasts) for row in lasting]
        first_end_us: int | None = None
        for clique in maximal_cliques(neighbours, budget):
            chosen = [people[bit] for bit in bits(clique)]
            if len(chosen) + 2 < min_people:
                continue
            budget.spend(COST_OF_A_GROUP + len(chosen) ** 2)
            ends = [together[who][another] for who in chosen for another in chosen if who < another]
            end_us = min([pair.ended_us, *(reach[who] for who in chosen), *ends])
            yield Group(pair.started_us, end_us, tuple(sorted((*both, *chosen))))
            first_end_us = end_us if first_end_us is None else min(first_end_us, end_us)
        if first_end_us is None or first_end_us >= pair.ended_us:
            return
        # Until then the graph has the same cliques.
        until_us = first_end_us + 1
        people = [who for who in people if reach[who] >= until_us]


class Places:
    """Where groups were: where two of them were closest, meanwhile if that is known."""

    def __init__(self, met: PairMeetings) -> None:
        """`met.by_pair()`."""
        self._met = met
        changes = np.ones(met.size, bool)
        changes[1:] = (np.diff(met.person_id) != 0) | (np.diff(met.other_id) != 0)
        first = np.flatnonzero(changes)
        pairs = zip(met.person_id[first].tolist(), met.other_id[first].tolist(), strict=True)
        self._rows = dict(zip(pairs, zip(first.tolist(), [*first[1:].tolist(), met.size], strict=True), strict=True))

    def place(self, group: Group) -> tuple[float, float]:
        """Latitude and longitude."""
        met = self._met
        pairs = ((who, other) for who in group.members for other in group.members if who < other)
        rows = np.concatenate([np.arange(*self._rows[pair]) for pair in pairs])
        rows = rows[(met.started_us[rows] <= group.ended_us) & (met.ended_us[rows] >= group.started_us)]
        outside = (met.closest_us[rows] < group.started_us) | (met.closest_us[rows] > group.ended_us)
        best = rows[np.lexsort((met.closest_us[rows], met.closest_m[rows], outside))[0]]
        return float(met.latitude[best]), float(met.longitude[best])
