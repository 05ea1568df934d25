"""certain, likely, possible: the rule, and that a search finds exactly what it makes possible."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connection_service.search.pages import connection_page
from connection_service.search.questions import ConnectionQuestion
from proximity.certainty import NAMES, certainty, reach_m
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.proximity.scenes import MINUTE, TOLERANCE_M, Scene, fixes, geodesic_m, place_of, scenes

UNKNOWN = np.nan


@pytest.mark.parametrize(
    ("distance_m", "own_m", "other_m", "expected"),
    [
        (3, 1, 1, "certain"),
        (3, 1, 1.5, "likely"),
        (3, 0.1, 1.9, "certain"),
        (3, 0, 2, "likely"),  # 0 is said by phones that do not know
        (3, 0, 0, "likely"),
        (6, 0, 2, None),
        (3, UNKNOWN, 0, "likely"),
        (3, 0, UNKNOWN, "likely"),
        (3, 5000, 1, "likely"),
        (6, 0.5, 0.5, "possible"),
        (6, 0.5, 0.25, None),
        (6, UNKNOWN, 50, None),
        (6, 1, 101, None),
        (200, 100, 100, "possible"),
    ],
)
def test_the_radii_decide_how_sure_five_metres_are(
    distance_m: float, own_m: float, other_m: float, expected: str | None
) -> None:
    [judged] = certainty(
        np.array([distance_m]), np.array([own_m], np.float32), np.array([other_m], np.float32), 5.0
    ).tolist()
    assert (None if judged < 0 else NAMES[judged]) == expected


def test_only_usable_radii_widen_a_search_and_only_when_asked() -> None:
    track = fixes([(1, 0, 1.0, 1.0), (2, 1, 1.0, 1.0), (3, 2, 1.0, 1.0)], {1: 20.0, 2: 3000.0, 3: None})
    assert reach_m(track, 5, include_possible=False) == 5
    assert reach_m(track, 5, include_possible=True) == 5 + 20 + 100
    assert reach_m(track.at(slice(1, 3)), 5, include_possible=True) == 5
    assert reach_m(fixes([(1, 0, 1.0, 1.0)], {1: 0.0}), 5, include_possible=True) == 5


def brute_force(scene: Scene) -> dict[tuple[int, int], tuple[float, float | None, float]]:
    """(person, time) of every other fix → metres to the nearest own fix in time, sum of radii if usable, if known."""
    answer = {}
    track, others = scene.track, scene.others
    for other in range(others.size):
        nearest = None
        for own in range(track.size):
            gap = abs(int(track.time_us[own]) - int(others.time_us[other]))
            if scene.window_us is None or gap <= scene.window_us:
                pair = geodesic_m(place_of(track, own), place_of(others, other)), gap, own
                nearest = min(nearest or pair, pair)
        if nearest:
            radii = [float(track.accuracy_m[nearest[2]]) or UNKNOWN, float(others.accuracy_m[other]) or UNKNOWN]
            usable = all(radius <= 100 for radius in radii)
            answer[int(others.person_id[other]), int(others.time_us[other])] = (
                nearest[0],
                sum(radii) if usable else None,
                sum(radii),
            )
    return answer


@settings(max_examples=60)
@given(scenes(spread=3.0), st.booleans())
def test_every_row_is_as_sure_as_the_rule_says_and_no_possible_one_is_missing(
    scene: Scene, include_possible: bool
) -> None:
    question = ConnectionQuestion(
        start_us=0,
        end_us=21 * MINUTE,
        distance_m=scene.distance_m,
        window_us=scene.window_us,
        include_possible=include_possible,
        interpolate=False,
        limit=100,
        cursor=None,
        by_distance=False,
    )
    rows = connection_page(MemoryStore(scene.everybody), 1, question).rows
    keys = zip(rows.fixes.person_id.tolist(), rows.fixes.time_us.tolist(), strict=True)
    found = dict(zip(keys, [NAMES[sure] for sure in rows.certainty.tolist()], strict=True))
    for key, (metres, usable, radii) in brute_force(scene).items():
        edges = [metres - scene.distance_m, metres + radii - scene.distance_m, metres - radii - scene.distance_m]
        if any(abs(edge) < 2 * TOLERANCE_M for edge in edges):
            continue  # a micrometre would decide
        if metres <= scene.distance_m:
            assert found.pop(key) == ("certain" if metres + radii <= scene.distance_m else "likely")
        elif include_possible and usable is not None and metres - usable <= scene.distance_m:
            assert found.pop(key) == "possible"
        else:
            assert key not in found


def test_the_possible_are_added_to_the_others() -> None:
    everybody = fixes([(1, 0, 1.0, 1.0), (2, 0, 1.0, 1.0), (3, 0, 1.00008, 1.0)], {1: 3.0, 2: 3.0, 3: 3.0})
    question = ConnectionQuestion(
        start_us=0, end_us=1, distance_m=5, window_us=0, include_possible=False, interpolate=False, limit=9,
        cursor=None, by_distance=False,
    )  # fmt: skip
    assert connection_page(MemoryStore(everybody), 1, question).rows.person_id.tolist() == [2]
    rows = connection_page(MemoryStore(everybody), 1, replace(question, include_possible=True)).rows
    assert [(person, NAMES[sure]) for person, sure in zip(rows.person_id, rows.certainty, strict=True)] == [
        (2, "likely"),
        (3, "possible"),
    ]
