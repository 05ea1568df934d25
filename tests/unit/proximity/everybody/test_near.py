"""Who reported from near whose way: as somebody finds it who compares every fix with every circle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.circles import circles_of
from proximity.everybody import near as module
from proximity.everybody.near import who_was_near
from proximity.fixes import Fixes
from proximity.geocentric import geocentric
from proximity.ways import Ways, ways
from tests.unit.proximity.walks import crowds

DISTANCES = (1.0, 5.0, 40.0)


def everyone(crowd: Fixes) -> Ways:
    return ways(crowd, int(crowd.time_us.min()), int(crowd.time_us.max()) + 1)


def pairs(around: Ways, reported: Fixes, distance_m: float, whose: list[int] | None = None) -> list[tuple[int, int]]:
    return list(zip(*(column.tolist() for column in who_was_near(around, reported, distance_m, whose)), strict=True))


def compared(around: Ways, reported: Fixes, distance_m: float) -> list[tuple[int, int]]:
    circles, piece = circles_of(around, distance_m)
    points = geocentric(reported.latitude, reported.longitude)
    found = set()
    for at, owner in enumerate(around.person_id[piece].tolist()):
        inside = np.linalg.norm(points - circles.points[:, [at]], axis=0) <= circles.radius_m[at]
        inside &= (reported.time_us >= circles.start_us[at]) & (reported.time_us <= circles.end_us[at])
        found |= {(owner, other) for other in reported.person_id[inside].tolist() if other != owner}
    return sorted(found)


@given(crowds(), st.sampled_from(DISTANCES))
@settings(max_examples=30, deadline=None)
def test_everybody_who_reported_from_near_a_way_is_found(crowd: Fixes, distance_m: float) -> None:
    around = everyone(crowd)
    every = compared(around, crowd, distance_m)
    assert pairs(around, crowd, distance_m) == every
    assert pairs(around, crowd, distance_m, whose=[1]) == [pair for pair in every if 1 in pair]


@given(crowds())
@settings(max_examples=10, deadline=None)
def test_where_there_is_no_room_for_all_of_them_they_come_in_portions(crowd: Fixes) -> None:
    around = everyone(crowd)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "AT_ONCE", 0)
        assert pairs(around, crowd, 40.0) == compared(around, crowd, 40.0)
