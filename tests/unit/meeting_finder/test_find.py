"""Which windows are closed at a time: nothing tells of them any more but what comes late."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from meeting_finder.find import closed_before
from proximity.instants import SECOND_US
from proximity.windows import CONTEXT_US, WINDOW_US, told_by, told_of

TIMES = st.integers(0, 4_000_000_000 * SECOND_US)


@given(TIMES)
def test_a_window_is_closed_when_the_watermark_has_passed_all_that_tells_of_it(watermark_us: int) -> None:
    window = closed_before(watermark_us)
    assert told_by(window - 1)[1] < watermark_us <= told_by(window)[1]


def test_a_window_is_closed_ten_minutes_after_its_end() -> None:
    assert CONTEXT_US == 600 * SECOND_US
    assert closed_before(10 * WINDOW_US + CONTEXT_US) == 10
    assert closed_before(10 * WINDOW_US + CONTEXT_US - 1) == 9


@given(TIMES)
def test_a_time_tells_of_the_windows_that_it_is_read_for_and_of_no_others(time_us: int) -> None:
    near = range(time_us // WINDOW_US - 5, time_us // WINDOW_US + 6)
    expected = [number for number in near if told_by(number)[0] <= time_us <= told_by(number)[1]]
    assert told_of(np.array([time_us, time_us])).tolist() == [expected, expected]
