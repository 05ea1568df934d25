"""A service without network: locations and people held in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np

from connection_service.limits import TooMany
from connection_service.people.person_service import Asked
from connection_service.store.freshness import Freshness
from connection_service.store.meetings import NOTHING, Remembered
from proximity.cells import CELLS_PER_DEGREE, Probes
from proximity.estimated_meetings import NO_MEETINGS, EstimatedMeetings, joined
from proximity.everybody.meetings import Met
from proximity.fixes import Fixes, Ints
from proximity.network.groups import NO_PAIRS, PairMeetings
from proximity.network.introductions import Ties
from proximity.spans import NO_SPANS, Spans
from proximity.windows import WINDOW_US
from service_kit.errors import DependencyDown
from service_kit.rpc.people import Person

Row = tuple[int, float, float, float]  # person, seconds since 1970, latitude, longitude
PORTION = 3  # so few candidates at once, that every answer is put together of several


def in_order(rows: Sequence[Row]) -> Fixes:
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    return Fixes(
        person_id=np.array([row[0] for row in ordered], dtype=np.int64),
        time_us=np.array([round(row[1] * 1e6) for row in ordered], dtype=np.int64),
        latitude=np.array([row[2] for row in ordered], dtype=np.float64),
        longitude=np.array([row[3] for row in ordered], dtype=np.float64),
        accuracy_m=np.full(len(ordered), np.nan, dtype=np.float32),
    )


class MemoryStore:
    """Finds what the probes point to, as the database would, and remembers what it was asked for."""

    def __init__(self, fixes: Fixes | None = None, *, max_locations: int = 1_000_000, portion: int = PORTION) -> None:
        self.rows: list[Row] = []
        self.fixes = fixes
        self.max_locations, self.portion = max_locations, portion
        self.most_loaded = 0  # rows, by one call
        self.accuracy_m: dict[int, float] = {}  # of a person
        self.candidate_ranges: list[tuple[int, int]] = []
        self.meeting_ranges: list[tuple[int, int]] = []
        self.hidden = NO_SPANS  # what persons keep private
        self.people = "all"
        self.remembered_for: tuple[float, float] | None = None  # distance, probability
        self.settled_before = 0  # number of a window
        self.due: set[int] = set()
        self.met: dict[int, EstimatedMeetings] = {}  # what is remembered of a person
        self.consumer: tuple[int, datetime] | None = None  # how many records it has before it, and when it said so

    @contextmanager
    def locations(self) -> Iterator["MemoryStore"]:
        yield self

    def history(self, person_id: int) -> Iterator[Fixes]:
        fixes = in_order([row for row in self.rows if row[0] == person_id])
        for first in range(0, fixes.size, PORTION):
            yield fixes.at(slice(first, first + PORTION))

    def meeting_history(self, person_id: int, gap_us: int) -> Iterator[EstimatedMeetings]:
        met = joined([self.met.get(person_id, NO_MEETINGS)], gap_us)
        for first in range(0, met.size, PORTION):
            yield met.at(slice(first, first + PORTION))

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        fixes = self._between(start_us, end_us)
        return self._loaded(fixes.at(fixes.person_id == person_id))

    def tracks(self, wanted: Spans, start_us: int, end_us: int) -> Fixes:
        fixes = self._between(start_us, end_us)
        fixes = fixes.at(np.lexsort((fixes.time_us, fixes.person_id)))
        inside = (
            (wanted.person_id[:, None] == fixes.person_id)
            & (wanted.start_us[:, None] <= fixes.time_us)
            & (fixes.time_us <= wanted.end_us[:, None])
        ).sum(axis=0)
        assert (inside <= 1).all(), "the database would find a fix twice"
        return self._loaded(fixes.at(inside > 0))

    def candidates(
        self, person_id: int, probes: Probes, start_us: int, end_us: int, receive: Callable[[Fixes], object]
    ) -> int:
        assert start_us <= end_us
        assert probes.cell_low.size
        assert (probes.time_low <= probes.time_high).all()
        self.candidate_ranges.append((start_us, end_us))
        fixes = self._between(start_us, end_us)
        fixes = fixes.at(fixes.person_id != person_id)
        cell = (np.floor(fixes.latitude * CELLS_PER_DEGREE).astype(np.int64) << 32) + np.floor(
            fixes.longitude * CELLS_PER_DEGREE
        ).astype(np.int64)
        inside = (
            (probes.cell_low[:, None] <= cell)
            & (cell <= probes.cell_high[:, None])
            & (probes.time_low[:, None] <= fixes.time_us)
            & (fixes.time_us <= probes.time_high[:, None])
        ).sum(axis=0)
        assert (inside <= 1).all(), "the database would find a fix twice"
        found = fixes.at(inside > 0)
        for first in range(0, found.size, self.portion):
            receive(found.at(slice(first, first + self.portion)))
        return self._loaded(found).size

    def private(self, person_ids: Ints, start_us: int, end_us: int) -> Spans:
        hidden = self.hidden
        asked = np.isin(hidden.person_id, person_ids) & (hidden.start_us <= end_us) & (hidden.end_us >= start_us)
        return Spans._make(column[asked] for column in hidden)

    def remembered(self, first: int, until: int, distance_m: float, min_probability: float) -> Remembered:
        if (distance_m, min_probability) != self.remembered_for:
            return NOTHING
        until = min(until, self.settled_before)
        due = np.array(sorted(number for number in self.due if first <= number < until), np.int64)
        return Remembered(first, until, due)

    def meetings(self, person_id: int, start_us: int, until_us: int) -> EstimatedMeetings:
        self.meeting_ranges.append((start_us, until_us))
        met = self.met.get(person_id, NO_MEETINGS)
        return met.at((met.started_us >= start_us) & (met.started_us < until_us))

    def settled(self, first: int, until: int) -> Remembered:
        return self.remembered(first, until, *self.remembered_for) if self.remembered_for else NOTHING

    def together_us(self, person_id: int, windows: Remembered) -> dict[int, int]:
        """With each other, altogether."""
        met = self.meetings(person_id, windows.first * WINDOW_US, windows.until * WINDOW_US)
        total: dict[int, int] = {}
        for other, started_us, lasts_us in zip(
            met.person_id.tolist(), met.started_us.tolist(), met.duration_us.tolist(), strict=True
        ):
            if started_us // WINDOW_US not in windows.due:
                total[other] = total.get(other, 0) + lasts_us
        return total

    def ties(self, person_id: int, windows: Remembered, least_us: int, most_between: int) -> Ties:
        own = {other: us for other, us in self.together_us(person_id, windows).items() if us >= least_us}
        between = sorted((-us, one) for one, us in own.items() if us > 0)[:most_between]
        rows = [
            (one, other, -own_us, us)
            for own_us, one in between
            for other, us in self.together_us(one, windows).items()
            if other not in {person_id, *own} and us >= max(least_us, 1)
        ]
        return Ties._make(np.array(rows, np.int64).reshape(-1, 4).T)

    def pair_meetings(self, start_us: int, until_us: int, person_id: int | None, max_rows: int) -> PairMeetings:
        del person_id, max_rows  # more than those of the person do no harm
        parts = [NO_PAIRS]
        for one, everything in self.met.items():
            met = everything.at((everything.started_us < until_us) & (everything.ended_us >= start_us))
            columns = met._asdict() | {"person_id": np.full_like(met.person_id, one), "other_id": met.person_id}
            parts.append(PairMeetings._make(columns[name] for name in PairMeetings._fields))
        return PairMeetings._make(map(np.concatenate, zip(*parts, strict=True)))

    def remember(self, met: Met) -> None:
        for person_id in np.unique(met.person_id).tolist():
            parts = [self.met.get(person_id, NO_MEETINGS), met.meetings.at(met.person_id == person_id)]
            self.met[person_id] = EstimatedMeetings._make(map(np.concatenate, zip(*parts, strict=True)))

    def freshness(self, person_id: int, start_us: int) -> Freshness:
        del start_us
        newest = max((row[1] for row in self.rows if row[0] == person_id), default=None)
        lag, as_of = self.consumer or (None, None)
        settled = datetime.fromtimestamp(self.settled_before * 1200, UTC) if self.settled_before else None
        newest_at = None if newest is None else datetime.fromtimestamp(newest, UTC)
        return Freshness(newest_at, lag, as_of, self.people, settled)

    def _loaded(self, fixes: Fixes) -> Fixes:
        """As the database would: raises TooMany where there are more than may be loaded."""
        if fixes.size > self.max_locations:
            raise TooMany(self.max_locations)
        self.most_loaded = max(self.most_loaded, fixes.size)
        return fixes

    def _between(self, start_us: int, end_us: int) -> Fixes:
        fixes = in_order(self.rows) if self.fixes is None else self.fixes
        for person_id, accuracy_m in self.accuracy_m.items():
            fixes.accuracy_m[fixes.person_id == person_id] = accuracy_m
        return fixes.at((fixes.time_us >= start_us) & (fixes.time_us <= end_us))


class MemoryDirectory:
    def __init__(self) -> None:
        self.known = set(range(1, 10))
        self.down = False
        self.calls: list[list[int]] = []

    def ask(self, ids: Sequence[int]) -> Asked:
        self.calls.append(list(ids))
        return lambda: self._answer(ids)

    def _answer(self, ids: Sequence[int]) -> Mapping[int, Person]:
        if self.down:
            raise DependencyDown("the person service")
        return {
            known: Person(id=known, first_name=f"First {known}", last_name=f"Last {known}", company_name="Company")
            for known in self.known.intersection(ids)
        }
