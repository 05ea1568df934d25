"""What a phone makes up, by mistake or on purpose, ends nothing and costs no more than a traveller does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.circles import MOST_UNSURE_M, MOST_UNSURE_TIMES, circles
from proximity.everybody.meetings import met_by_everybody
from proximity.fixes import Fixes
from proximity.pairs.chance import chance_within
from proximity.present.company import Pairs, look
from proximity.ways import ways
from proximity.windows import WINDOW_US
from tests.unit.proximity.walks import SECOND

WINDOW = 1_477_008  # of 2026-02-27
BEGIN = WINDOW * WINDOW_US
ACCURACIES = [np.nan, 0.0, 1e-30, 0.05, 3.0, 100.0, 1e6, 3e38]
PLACES = [(50.1, 8.6), (90.0, 180.0), (-90.0, 0.0), (0.0, -180.0)]


@st.composite
def reports(draw: st.DrawFn) -> Fixes:
    """Of a few phones that report anything that is accepted, from all over the world."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 200))
    person_id = random.integers(1, 7, count)
    spread_us = draw(st.sampled_from([1, 1000, 10 * SECOND, 600 * SECOND, 4200 * SECOND]))
    time_us = BEGIN + random.integers(0, spread_us, count)
    (latitude, longitude), off = (
        draw(st.sampled_from(PLACES)),
        draw(st.sampled_from([0.0, 1e-9, 1e-5, 1e-3, 1.0, 90.0])),
    )
    fixes = Fixes(
        person_id,
        time_us,
        np.clip(latitude + random.normal(0, 1, count) * off, -90, 90),
        (longitude + random.normal(0, 1, count) * off + 180) % 360 - 180,
        random.choice(draw(st.lists(st.sampled_from(ACCURACIES), min_size=1)), count).astype(np.float32),
    )
    _, once = np.unique(np.stack([person_id, time_us]), axis=1, return_index=True)
    return fixes.at(once)


@given(reports(), st.sampled_from([0.1, 1.0, 5.0, 20.0]), st.sampled_from([0.1, 0.5, 1.0]))
@settings(max_examples=100)
def test_whatever_is_reported_can_be_looked_through(fixes: Fixes, distance_m: float, min_chance: float) -> None:
    for window in (WINDOW, WINDOW + 1):
        met_by_everybody(fixes, window, distance_m, min_chance)
    at_us = int(fixes.time_us[fixes.size // 2])
    recent = fixes.at((fixes.time_us <= at_us) & (fixes.time_us >= at_us - 130 * SECOND))
    look(recent, at_us, Pairs(np.array([1, 1]), np.array([2, 3])), distance_m, min_chance)


@pytest.mark.parametrize("accuracy_m", ACCURACIES)
def test_a_phone_between_two_continents_is_looked_for_at_few_places(accuracy_m: float) -> None:
    count = 1000
    there = np.arange(count) % 2
    time_us = BEGIN + np.arange(count) * SECOND
    accuracies = np.full(count, accuracy_m, np.float32)
    track = Fixes(
        np.ones(count, np.int64), time_us, np.where(there, -30.0, 50.0), np.where(there, 108.0, 8.0), accuracies
    )
    around = circles(ways(track, BEGIN, BEGIN + WINDOW_US), 5.0)
    assert around.start_us.size <= 7 * count
    assert around.radius_m.max(initial=0) < 100


@pytest.mark.parametrize("distance_m", [0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 50.0, 250.0])
def test_nobody_is_met_where_nobody_is_looked_for(distance_m: float) -> None:
    """Even at the very place, where it is not known to so much."""
    unsure_m = MOST_UNSURE_M + MOST_UNSURE_TIMES * distance_m
    assert chance_within(distance_m, np.zeros(1), np.array([unsure_m**2])) < 0.1
