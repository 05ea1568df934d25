"""Which fixes were taken when, in C."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity.fixes import Fixes, Ints
from proximity.tracks.between import taken_between

REPORTS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 99)), unique=True)
SPANS = st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 120), st.integers(-9, 50)))


def by_person_and_time(reports: list[tuple[int, int]]) -> Fixes:
    person_id, time_us = np.array(sorted(reports), np.int64).reshape(-1, 2).T
    none = np.zeros(time_us.size)
    return Fixes(person_id, time_us, none, none, none.astype(np.float32))


@given(REPORTS, SPANS)
def test_the_fixes_of_a_person_from_an_instant_until_before_another(
    reports: list[tuple[int, int]], spans: list[tuple[int, int, int]]
) -> None:
    whose, from_us, lasts_us = np.array(spans, np.int64).reshape(-1, 3).T
    position, count = taken_between(by_person_and_time(reports), whose, from_us, from_us + lasts_us)
    for (person, begin, lasts), first, number in zip(spans, position.tolist(), count.tolist(), strict=True):
        taken = [one for one in sorted(reports) if one[0] == person and begin <= one[1] < begin + lasts]
        assert sorted(reports)[first : first + number] == taken


@pytest.mark.parametrize("spans", [(2, 3, 3), (3, 2, 3), (3, 3, 2)])
def test_what_does_not_fit_is_refused(spans: tuple[int, int, int]) -> None:
    columns: list[Ints] = [np.zeros(size, np.int64) for size in spans]
    with pytest.raises(ValueError, match="do not fit"):
        taken_between(by_person_and_time([]), *columns)
