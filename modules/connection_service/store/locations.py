"""Reads tracks of persons, everybody else's fixes where probes point to, and the meetings that are remembered."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
import psycopg2
from sqlalchemy import Connection, Engine

from connection_service.limits import TooMany, TooSlow
from connection_service.store.copy_rows import CopiedFixes
from connection_service.store.freshness import QUERY, Freshness
from connection_service.store.history import history
from connection_service.store.meeting_history import meeting_history
from connection_service.store.meetings import MEETINGS, NOTHING, REMEMBERED, SETTLED, Remembered, meetings_of
from connection_service.store.network import PAIRS, PAIRS_OF_PERSON, TIES, pairs_of, ties_of
from connection_service.store.prepared import Statement, execute
from connection_service.store.private import PRIVATE, spans_of
from proximity.cells import Probes
from proximity.estimated_meetings import EstimatedMeetings
from proximity.everybody.meetings import ESTIMATOR
from proximity.fixes import Fixes, Ints
from proximity.instants import EPOCH
from proximity.network.groups import PairMeetings
from proximity.network.introductions import Ties
from proximity.spans import Spans
from proximity.windows import WINDOW_US
from service_kit.database import connection, raw_errors
from service_kit.sql_arrays import array_text

TRACK, TRACKS, CANDIDATES = (
    files(__package__).joinpath(f"{name}.sql").read_text() for name in ("track", "tracks", "candidates")
)


class LocationStore:
    def __init__(self, engine: Engine, max_locations: int, timeout_s: float) -> None:
        self.engine = engine
        self.max_locations = max_locations
        self.timeout_s = timeout_s

    @contextmanager
    def locations(self) -> Iterator["Locations"]:
        """What is stored, for the time of one question. Raises DependencyDown where the database does not answer."""
        with connection(self.engine) as borrowed:
            yield Locations(borrowed, self.max_locations, time.monotonic() + self.timeout_s)

    def history(self, person_id: int) -> Iterator[Fixes]:
        """All fixes of one person, by time, in portions. Raises DependencyDown."""
        return history(self.engine, person_id)

    def meeting_history(self, person_id: int, gap_us: int) -> Iterator[EstimatedMeetings]:
        """All meetings of one person that are remembered, in portions. Raises DependencyDown."""
        return meeting_history(self.engine, person_id, gap_us)


class Locations:
    """One connection, for one question. All times are in microseconds since 1970-01-01 UTC, both ends inclusive.

    Every method raises DependencyDown where the database does not answer, TooSlow where the question takes too long,
    and TooMany where there are more than max_locations.
    """

    def __init__(self, borrowed: Connection, max_locations: int, deadline_s: float) -> None:
        self.borrowed = borrowed
        self.max_locations = max_locations
        self.deadline_s = deadline_s

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        """Fixes of one person, by time."""
        track = self._all(TRACK, {"person_id": person_id, **_range(start_us, end_us)})
        return track if (np.diff(track.time_us) > 0).all() else track.at(np.argsort(track.time_us))

    def tracks(self, wanted: Spans, start_us: int, end_us: int) -> Fixes:
        """Fixes of persons in the spans wanted of each, by person and time."""
        values = {
            "persons": _array(wanted.person_id),
            "time_low": _array(_clipped(wanted.start_us, start_us, end_us)),
            "time_high": _array(_clipped(wanted.end_us, start_us, end_us)),
        }
        tracks = self._all(TRACKS, {**values, **_range(start_us, end_us)})
        return tracks.at(np.lexsort((tracks.time_us, tracks.person_id)))

    def candidates(
        self, person_id: int, probes: Probes, start_us: int, end_us: int, receive: Callable[[Fixes], object]
    ) -> int:
        """Fixes of everybody but this person that lie in a probe, handed on in portions, in any order.

        Returns their number.
        """
        if probes.cell_low.size > self.max_locations:
            raise TooMany(self.max_locations)
        values = {"person_id": person_id, **_range(start_us, end_us), **probe_values(probes, start_us, end_us)}
        return self._read(CANDIDATES, values, receive)

    def private(self, person_ids: Ints, start_us: int, end_us: int) -> Spans:
        """In which times of the range persons keep private where they were."""
        asked = _array(person_ids), _timestamp(start_us), _timestamp(end_us)
        with self._in_time() as cursor:
            return spans_of(execute(self.borrowed, cursor, PRIVATE, *asked))

    def remembered(self, first: int, until: int, distance_m: float, min_probability: float) -> Remembered:
        """Of which of these windows meetings within this distance are remembered. Ask before `meetings`."""
        return self._remembered(REMEMBERED, first, until, distance_m, min_probability, ESTIMATOR)

    def settled(self, first: int, until: int) -> Remembered:
        """Of which of these windows meetings are remembered, within whatever distance."""
        return self._remembered(SETTLED, first, until)

    def meetings(self, person_id: int, start_us: int, until_us: int) -> EstimatedMeetings:
        """What is remembered of one person, from the first instant until before the second; each window for itself."""
        range_ = {"start": _timestamp(start_us), "until": _timestamp(until_us)}
        met = meetings_of(self._copied(MEETINGS, {"person_id": person_id, **range_, "max_rows": self.max_locations}))
        if met.size > self.max_locations:
            raise TooMany(self.max_locations)
        return met

    def ties(self, person_id: int, windows: Remembered, least_us: int, most_between: int) -> Ties:
        """Whom those that a person met were together with, and the person was not, each time for so long.

        In between are `most_between` persons at most, those with whom the person was for the longest.
        """
        values = {
            "person_id": person_id,
            "start": _timestamp(windows.first * WINDOW_US),
            "until": _timestamp(windows.until * WINDOW_US),
            "due": [_timestamp(number * WINDOW_US) for number in windows.due.tolist()],
            "least_us": least_us,
            "most_between": most_between,
        }
        return ties_of(self._copied(TIES, values))

    def pair_meetings(self, start_us: int, until_us: int, person_id: int | None, max_rows: int) -> PairMeetings:
        """What is remembered of everybody, or of a person and those met, with a moment before the second instant.

        Each window for itself. One row more than `max_rows` tells that there are too many.
        """
        values = {
            "start": _timestamp(start_us),
            "until": _timestamp(until_us),
            "window_start": _timestamp(start_us // WINDOW_US * WINDOW_US),
            "person_id": person_id,
            "max_rows": max_rows,
        }
        return pairs_of(self._copied(PAIRS if person_id is None else PAIRS_OF_PERSON, values))

    def freshness(self, person_id: int, start_us: int) -> Freshness:
        """How new the locations are. The newest of the person is looked for from `start_us` on, and then before it."""
        with self._in_time() as cursor:
            for since in (_timestamp(start_us), "-infinity"):
                found = Freshness._make(execute(self.borrowed, cursor, QUERY, person_id, since) or ())
                if found.newest:
                    break
            return found

    def _remembered(self, asked: Statement, *values: float) -> Remembered:
        with self._in_time() as cursor:
            found = execute(self.borrowed, cursor, asked, *values)
        return NOTHING if found is None else Remembered(found[0], found[1], np.array(found[2], np.int64))

    def _copied(self, query: str, values: Mapping[str, object]) -> bytes:
        copied = BytesIO()
        with self._in_time() as cursor:
            filled = cursor.mogrify(query, values).decode()
            cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", copied)
        return copied.getvalue()

    def _all(self, query: str, values: Mapping[str, object]) -> Fixes:
        parts: list[Fixes] = []
        self._read(query, values, parts.append)
        return Fixes.concatenate(parts)

    def _read(self, query: str, values: Mapping[str, object], receive: Callable[[Fixes], object]) -> int:
        copied = CopiedFixes(receive)
        with self._in_time() as cursor:
            filled = cursor.mogrify(query, {**values, "max_rows": self.max_locations}).decode()
            try:
                cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", copied)
                copied.finish()
            except BaseException:
                copied.give_up()
                raise
        if copied.rows > self.max_locations:
            raise TooMany(self.max_locations)
        return copied.rows

    @contextmanager
    def _in_time(self) -> Iterator[Any]:
        if time.monotonic() > self.deadline_s:
            raise TooSlow
        try:
            with raw_errors(self.borrowed):
                yield self.borrowed.connection.cursor()
        except psycopg2.errors.QueryCanceled as error:
            raise TooSlow from error


def probe_values(probes: Probes, start_us: int, end_us: int) -> dict[str, str]:
    """Write the probes as the arrays that candidates.sql names: those of one cell apart from rows of cells."""
    single = probes.cell_low == probes.cell_high
    low, high = _clipped(probes.time_low, start_us, end_us), _clipped(probes.time_high, start_us, end_us)
    return {
        "cell": _array(probes.cell_low[single]),
        "cell_time_low": _array(low[single]),
        "cell_time_high": _array(high[single]),
        "cell_low": _array(probes.cell_low[~single]),
        "cell_high": _array(probes.cell_high[~single]),
        "row_time_low": _array(low[~single]),
        "row_time_high": _array(high[~single]),
    }


def _range(start_us: int, end_us: int) -> dict[str, str]:
    return {"start": _timestamp(start_us), "end": _timestamp(end_us)}


def _array(values: Ints) -> str:
    return array_text(values.tolist())


def _clipped(times_us: Ints, start_us: int, end_us: int) -> Ints:
    """What lies outside of the range would find nothing, and might be no date."""
    clipped: Ints = np.clip(times_us, start_us, end_us)
    return clipped


def _timestamp(time_us: int) -> str:
    return (EPOCH + timedelta(microseconds=time_us)).isoformat()
