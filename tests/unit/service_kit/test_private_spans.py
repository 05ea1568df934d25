"""Spans of time: what they hold, joined or not."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service_kit.private_spans import disjoint, hide, touch

INSTANTS = st.integers(0, 30)
SPANS = st.lists(st.tuples(INSTANTS, st.integers(1, 10)).map(lambda span: (span[0], span[0] + span[1])), max_size=6)


@given(SPANS, INSTANTS, st.integers(0, 10))
def test_joined_spans_hold_what_the_single_ones_do(spans: list[tuple[int, int]], time: int, more: int) -> None:
    joined = disjoint(spans)
    assert all(before[1] < after[0] for before, after in pairwise(joined))

    def held(instant: int) -> bool:
        return any(begin <= instant < end for begin, end in spans)

    assert hide(joined, time) == held(time)
    assert touch(joined, time, time + more) == any(map(held, range(time, time + more + 1)))
