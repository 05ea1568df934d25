"""Spans of time, by person: to know how somebody moved, all fixes around the one that was found are needed."""

from typing import NamedTuple

import numpy as np

from proximity.fixes import Fixes, Ints


class Spans(NamedTuple):
    """m spans of time, both ends inclusive, by person and time; those of one person do not touch."""

    person_id: Ints
    start_us: Ints
    end_us: Ints


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
    is_fix = np.repeat([False, True], [known.person_id.size, fixes.size])
    person = np.concatenate([known.person_id, fixes.person_id])
    time = np.concatenate([known.start_us, fixes.time_us])
    order = np.lexsort((is_fix, time, person))
    begun: Ints = np.cumsum(~is_fix[order])[is_fix[order]]
    return begun
