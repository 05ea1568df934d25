"""Where and when somebody reports who is near a way."""

import numpy as np
from hypothesis import given, settings

from proximity.circles import REPORTS_US, circles_of
from proximity.fixes import Fixes
from proximity.ways import ways
from proximity.windows import WINDOW_US
from tests.unit.proximity.walks import crowds


@given(crowds())
@settings(max_examples=50, deadline=None)
def test_reports_tell_of_ways_shortly_before_and_after_them_in_the_same_window(crowd: Fixes) -> None:
    """Over its border nothing is told: or what is found in a window would depend on what else is looked at."""
    way = ways(crowd, int(crowd.time_us.min()), int(crowd.time_us.max()) + 1)
    around, piece = circles_of(way, 5.0)
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    last = np.append(first[1:], piece.size)[: first.size] - 1
    start_us, end_us = way.start_us[piece[first]], way.end_us[piece[first]]
    begins_us = start_us // WINDOW_US * WINDOW_US
    assert (around.start_us[first] == np.maximum(start_us - REPORTS_US, begins_us)).all()
    assert (around.end_us[last] == np.minimum(end_us + REPORTS_US, begins_us + WINDOW_US - 1)).all()
