"""Spans of time, by person: around fixes that were found, or of which somebody keeps private where they were."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Ints


class Spans(NamedTuple):
    """m spans of time, both ends inclusive, by person and time; those of one person do not touch."""

    person_id: Ints
    start_us: Ints
    end_us: Ints


NO_SPANS = Spans(*np.empty((3, 0), np.int64))


def spans_around(person_id: Ints, time_us: Ints, around_us: int) -> Spans:
    """The times at most `around_us` before or after n fixes."""
    order = np.lexsort((time_us, person_id))
    person, time = person_id[order], time_us[order]
    begins = np.ones(person.size, dtype=bool)
    begins[1:] = (person[1:] != person[:-1]) | (np.diff(time) > 2 * around_us)
    first = np.flatnonzero(begins)
    last = np.append(first[1:], person.size)[: first.size] - 1
    return Spans(person[first], time[first] - around_us, time[last] + around_us)


def span_of(fixes: Fixes, known: Spans) -> Ints:
    """For each fix, all of them ordered by person and time, the number of the span that it lies in."""
    return how_many_until(known.person_id, known.start_us, fixes.person_id, fixes.time_us)


def held_by(known: Spans, fixes: Fixes) -> NDArray[np.bool_]:
    """Whether each fix, all of them ordered by person and time, lies in one of the spans."""
    ended = how_many_until(known.person_id, known.end_us, fixes.person_id, fixes.time_us - 1)
    held: NDArray[np.bool_] = span_of(fixes, known) > ended
    return held


def how_many_until(person_id: Ints, time_us: Ints, of_person: Ints, until_us: Ints) -> Ints:
    """For each of `of_person` how many come before it or at its time; both by person and time."""
    if not person_id.size:  # as mostly
        return np.zeros(of_person.size, np.int64)
    is_asked = np.repeat([False, True], [person_id.size, of_person.size])
    person, time = np.concatenate([person_id, of_person]), np.concatenate([time_us, until_us])
    order = np.lexsort((is_asked, time, person))
    count: Ints = np.cumsum(~is_asked[order])[is_asked[order]]
    return count
