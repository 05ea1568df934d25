"""Who is together now: told once, not at the border, not by noise, and the same by whoever looks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.fixes import Fixes, Floats
from proximity.instants import SECOND_US
from proximity.present.company import HOLDS_S, SILENT_S, Pairs, look

DISTANCE_M, MIN_CHANCE = 5.0, 0.5
METRES_A_DEGREE = 111_194.9
START_US = 1_790_000_000 * SECOND_US
NOBODY = Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
BOTH = Pairs(np.array([1]), np.array([2]))


def reports(apart_m: Floats, interval_s: float = 2.0, accuracy_m: float = 1.0, aside_m: float = 0.0) -> Fixes:
    """Two persons so far apart at each report, to the east and to the north; the first one stands still."""
    count = apart_m.size
    time_us = START_US + (np.arange(count) * interval_s * SECOND_US).astype(np.int64)
    return Fixes(
        np.repeat(np.array([1, 2]), count),
        np.tile(time_us, 2),
        np.repeat([0.0, aside_m / METRES_A_DEGREE], count),
        np.concatenate([np.full(count, 13.0), 13.0 + apart_m / METRES_A_DEGREE]),
        np.full(2 * count, accuracy_m, np.float32),
    )


def told(fixes: Fixes, seconds: int) -> list[tuple[int, str]]:
    """What looks in each second tell, one after the other."""
    were, changes = NOBODY, []
    for second in range(seconds):
        found = look(fixes, START_US + second * SECOND_US, were, DISTANCE_M, MIN_CHANCE)
        if found.begun.person_id.size:
            changes.append((second, "begun"))
            were = Pairs(found.begun.person_id, found.begun.other_id)
        if found.far.any() or found.silent.any():
            changes.append((second, "far" if found.far.any() else "silent"))
            were = NOBODY
    return changes


def test_who_comes_and_goes_has_begun_soon_and_ended() -> None:
    # At 1.4 m/s from 70 m to 0 in 50 s, there for a minute, and away again. Within 5 m from second 46.4 on.
    way = np.concatenate([np.linspace(70, 0, 26), np.zeros(30), np.linspace(0, 70, 26)])
    (begun, what), (ended, how) = told(reports(way), 2 * way.size)
    assert (what, how) == ("begun", "far")
    assert 46.4 + HOLDS_S - 1 <= begun <= 46.4 + 5
    assert 114 < ended < 114 + 20


def test_who_says_nothing_any_more_is_together_with_nobody() -> None:
    changes = told(reports(np.full(30, 2.0)), 58 + int(SILENT_S) + 2)
    assert [what for _, what in changes] == ["begun", "silent"]
    assert changes[1][0] == 58 + int(SILENT_S)


@pytest.mark.parametrize("apart_m", [0.0, 2.0, 4.0])
def test_who_stands_together_with_phones_that_are_off_has_met_once(apart_m: float) -> None:
    noise = np.random.default_rng(7).normal(0, 2.0, 60)
    changes = told(reports(apart_m + noise, 5.0, 3.0), 300)
    assert [what for _, what in changes] == ["begun"]


@settings(max_examples=20)
@given(
    st.lists(st.floats(DISTANCE_M - 1.5, 1.4 * DISTANCE_M), min_size=10, max_size=60),
    st.sampled_from([1.0, 2.0, 5.0]),
)
def test_at_the_border_nothing_flickers(apart_m: list[float], interval_s: float) -> None:
    changes = told(reports(np.array(apart_m), interval_s, 0.3), int(len(apart_m) * interval_s))
    assert [what for _, what in changes] in ([], ["begun"])


def test_two_in_passing_have_not_met() -> None:
    # At 3 m/s: within 5 m for 1.3 s, which is less than it has to hold.
    assert told(reports(np.linspace(-90, 90, 31), aside_m=4.6), 60) == []


def test_whoever_looks_next_decides_as_if_he_had_looked_before() -> None:
    fixes = reports(np.concatenate([np.zeros(30), np.linspace(0, 70, 26), np.full(10, 70.0)]))
    for second in range(100, 130):
        alone = look(fixes, START_US + second * SECOND_US, BOTH, DISTANCE_M, MIN_CHANCE)
        assert alone.far.tolist() == [True]


@settings(max_examples=20)
@given(st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_the_grid_finds_every_two_who_are_near(people: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    place = random.uniform(0, 40, (2, people))
    time_us = np.repeat(START_US + np.arange(4) * 2 * SECOND_US, people)
    latitude, longitude = place / METRES_A_DEGREE
    order = np.lexsort((time_us, np.tile(np.arange(people), 4)))
    fixes = Fixes(
        np.tile(np.arange(people), 4),
        time_us,
        np.tile(latitude, 4),
        np.tile(longitude, 4),
        np.full(4 * people, 0.1, np.float32),
    ).at(order)
    begun = look(fixes, int(time_us.max()), NOBODY, DISTANCE_M, 0.5).begun
    found = set(zip(begun.person_id.tolist(), begun.other_id.tolist(), strict=True))
    apart = np.hypot(*(place[:, :, None] - place[:, None, :]))
    for one in range(people):
        for other in range(one + 1, people):
            if abs(apart[one, other] - DISTANCE_M) > 0.5:
                assert ((one, other) in found) == (apart[one, other] < DISTANCE_M), apart[one, other]
