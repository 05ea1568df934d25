"""Groups, beside every subset of a few people looked at for itself."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity.network.cliques import Budget, TooMuchWork, maximal_cliques
from proximity.network.groups import Group, PairMeetings, Places, groups

PEOPLE = range(1, 7)
PAIRS = list(combinations(PEOPLE, 2))
MANY = 10**9

Met = tuple[tuple[int, int], int, int]  # the two, from, until


def meetings(rows: list[Met]) -> PairMeetings:
    one, other = (np.array([pair[side] for pair, _, _ in rows], np.int64) for side in (0, 1))
    start, end = (np.array([row[side] for row in rows], np.int64) for side in (1, 2))
    far = np.full(len(rows), 1.0)
    return PairMeetings(one, other, start, end, far, start, far, far).by_pair()


def spans(rows: list[Met], gap: int) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Of each pair, joined one by one."""
    joined: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair, start, end in sorted(rows, key=lambda row: row[1]):
        known = joined.setdefault((min(pair), max(pair)), [])
        if known and start - known[-1][1] <= gap:
            known[-1] = known[-1][0], max(known[-1][1], end)
        else:
            known.append((start, end))
    return joined


def common(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    both = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return [(start, end) for start, end in both if start <= end]


def oracle(rows: list[Met], gap: int, min_people: int, min_duration: int) -> set[Group]:
    """The times that each subset has in common, but for those that a larger one has as well."""
    joined = spans(rows, gap)
    times: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for size in range(2, len(PEOPLE) + 1):
        for members in combinations(PEOPLE, size):
            shared = [(-MANY, MANY)]
            for pair in combinations(members, 2):
                shared = common(shared, joined.get(pair, []))
            times[members] = [(start, end) for start, end in shared if end - start >= min_duration]
    return {
        Group(start, end, members)
        for members, found in times.items()
        for start, end in found
        if len(members) >= min_people
        and not any(
            set(members) < set(more) and any(a <= start and end <= b for a, b in larger)
            for more, larger in times.items()
        )
    }


histories = st.lists(
    st.tuples(st.sampled_from(PAIRS + [(b, a) for a, b in PAIRS]), st.integers(0, 12), st.integers(0, 8)).map(
        lambda row: (row[0], row[1], row[1] + row[2])
    ),
    max_size=40,
)


@given(histories, st.integers(0, 2), st.integers(2, 4), st.integers(0, 4))
def test_groups_are_those_of_every_subset(rows: list[Met], gap: int, min_people: int, min_duration: int) -> None:
    found = groups(meetings(rows), gap, min_people, min_duration, MANY)
    assert len(found) == len(set(found))
    assert set(found) == oracle(rows, gap, min_people, min_duration)
    assert found == sorted(found, key=lambda group: (group.started_us, -group.ended_us, group.members))


def test_who_leaves_earlier_makes_another_group() -> None:
    stay = [(pair, 0, 30) for pair in combinations((1, 2, 3), 2)]
    leave = [((who, 4), 0, 20) for who in (1, 2, 3)]
    assert groups(meetings(stay + leave), 0, 3, 10, MANY) == [Group(0, 30, (1, 2, 3)), Group(0, 20, (1, 2, 3, 4))]


def test_a_row_of_people_of_whom_each_talks_with_the_next_is_no_group() -> None:
    assert groups(meetings([((who, who + 1), 0, 100) for who in range(1, 6)]), 0, 3, 1, MANY) == []


def test_everybody_at_once_is_one_group_and_costs_little() -> None:
    hall = [(pair, pair[0] + pair[1], 500 - pair[0]) for pair in combinations(range(30), 2)]
    found = groups(meetings(hall), 0, 30, 1, 1_000_000)
    assert [len(group.members) for group in found] == [30]


def test_more_groups_than_can_be_looked_at_are_refused_after_so_many_steps() -> None:
    # Each is with all but the one opposite: 2^20 maximal sets.
    rows = [(pair, 0, 100) for pair in combinations(range(40), 2) if pair[1] - pair[0] != 20]
    with pytest.raises(TooMuchWork):
        groups(meetings(rows), 0, 3, 1, 1_000_000)


def test_a_place_is_where_two_were_closest_meanwhile() -> None:
    met = PairMeetings(
        person_id=np.array([1, 2, 1, 1]),
        other_id=np.array([2, 3, 3, 2]),
        started_us=np.array([0, 0, 0, 50]),
        ended_us=np.array([40, 40, 40, 90]),
        closest_m=np.array([2.0, 1.5, 0.5, 0.1]),
        closest_us=np.array([10, 20, 99, 60]),
        latitude=np.array([1.0, 2.0, 3.0, 4.0]),
        longitude=np.array([5.0, 6.0, 7.0, 8.0]),
    ).by_pair()
    places = Places(met)
    assert places.place(Group(0, 40, (1, 2, 3))) == (2.0, 6.0)
    assert places.place(Group(0, 40, (1, 3))) == (3.0, 7.0), "the only place that is known"


def test_no_nodes_have_the_empty_clique() -> None:
    assert list(maximal_cliques([], Budget(100))) == [0]
