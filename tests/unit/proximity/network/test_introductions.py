"""Introductions, beside the same added up one by one."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from proximity.network.introductions import Ties, introductions

rows = st.lists(
    st.tuples(st.integers(1, 5), st.integers(6, 12), st.integers(1, 9), st.integers(1, 9)),
    unique_by=lambda row: row[:2],
    max_size=30,
)


@given(rows, st.integers(1, 8))
def test_the_strongest_come_first_with_all_who_are_in_between(
    rows: list[tuple[int, int, int, int]], limit: int
) -> None:
    ways = defaultdict(list)
    for between, other, own, theirs in rows:
        ways[other].append((-min(own, theirs), between, own, theirs))
    expected = sorted(
        (sum(strength for strength, *_ in found), other, [way[1:] for way in sorted(found)])
        for other, found in ways.items()
    )
    found = introductions(Ties._make(np.array(rows, np.int64).reshape(-1, 4).T), limit)
    assert [
        (
            -one.strength_us,
            one.person_id,
            list(zip(one.ties.between_id.tolist(), one.ties.own_us.tolist(), one.ties.other_us.tolist(), strict=True)),
        )
        for one in found
    ] == expected[:limit]
