"""780 pedestrians who were filmed (UCY, "Crowds by Example", Lerner et al. 2007), against an oracle of its own.

The oracle looks at every pair of fixes with the geodesic of PROJ; it shares no code with the service.
"""

import csv
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from pyproj import Geod

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "ucy"
pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not part of the repository")

WGS84 = Geod(ellps="WGS84")
ON_THE_EDGE_M = 1e-5
RECORDED_ON = datetime(2026, 3, 2, tzinfo=UTC)
SAMPLE = 60
SAMPLE_OF_ANY_TIME = 12  # whoever was at a place at all was near everybody who came by: many rows


class Scene(NamedTuple):
    """All fixes as columns, ordered by time."""

    person: Any
    time_us: Any
    latitude: Any
    longitude: Any


def recorded(name: str) -> list[dict[str, str]]:
    with (RECORDINGS / name).open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ids(system: Any) -> dict[str, int]:
    """A person for every pedestrian, by the name in the recordings."""
    names = {row["person_id"] for row in recorded("locations.csv")}
    return {name: system.create_person("Pedestrian", name, "UCY") for name in sorted(names)}


@pytest.fixture(scope="module")
def pedestrians(system: Any, ids: dict[str, int], make_fix: Any) -> list[Any]:
    """Every recorded fix, on another day, at the same time of it."""
    shift = system.fresh_week() - RECORDED_ON
    return [
        make_fix(
            ids[row["person_id"]],
            datetime.fromisoformat(row["creation_time"]) + shift,
            float(row["latitude"]),
            float(row["longitude"]),
        )
        for row in recorded("locations.csv")
    ]


EXACT_M = 0.05  # the accuracy of what was not measured by a phone


@pytest.fixture(scope="module")
def exact(system: Any, pushed: list[Any]) -> list[Any]:
    """The same another week, from those who know exactly where they are."""
    shift = system.fresh_week() - min(fix.time for fix in pushed).replace(hour=0, minute=0, second=0, microsecond=0)
    fixes = [fix._replace(time=fix.time + shift, accuracy_m=EXACT_M) for fix in pushed]
    assert system.send(fixes) == len(fixes)
    system.wait_until_consumed()
    return fixes


def stored(system: Any, pedestrians: list[Any]) -> int:
    ids = sorted({fix.person_id for fix in pedestrians})
    return int(system.query("SELECT count(*) FROM location WHERE person_id = ANY(%s)", ids)[0][0])


@pytest.fixture(scope="module")
def pushed(system: Any, pedestrians: list[Any]) -> list[Any]:
    shuffled = random.Random(1).sample(pedestrians, len(pedestrians))  # noqa: S311  an order, no secret
    assert system.send(shuffled) == len(pedestrians)
    system.wait_until_consumed()
    return pedestrians


def test_every_fix_is_stored_once_and_a_second_push_adds_nothing(system: Any, pushed: list[Any]) -> None:
    distinct = len({(fix.person_id, fix.time) for fix in pushed})
    letters = len(system.dead_letters())
    assert stored(system, pushed) == distinct
    shuffled = random.Random(2).sample(pushed, len(pushed))  # noqa: S311  an order, no secret
    assert system.send(shuffled) == len(pushed)
    system.wait_until_consumed()
    assert stored(system, pushed) == distinct
    assert len(system.dead_letters()) == letters


@pytest.fixture(scope="module")
def scene(pushed: list[Any]) -> Scene:
    return scene_of(pushed)


def scene_of(fixes: list[Any]) -> Scene:
    fixes = sorted(fixes, key=lambda fix: fix.time)
    return Scene(
        np.array([fix.person_id for fix in fixes]),
        np.array([round(fix.time.timestamp() * 1e6) for fix in fixes]),
        np.array([fix.latitude for fix in fixes]),
        np.array([fix.longitude for fix in fixes]),
    )


def oracle(scene: Scene, person: int, distance: float, window_s: float | None) -> dict[tuple[int, int], Any]:
    """(other, time) → metres to the nearest own fix, and the time gaps of all own fixes that are as near."""
    # Whoever is further away than this to the north or to the east (at 35° N) needs no geodesic.
    north, east = distance / 100_000, distance / 80_000
    window_us = np.inf if window_s is None else window_s * 1e6
    own = np.flatnonzero(scene.person == person)
    passed = (scene.person != person) & about(scene.latitude, own, north) & about(scene.longitude, own, east)
    passed &= about(scene.time_us, own, window_us + 1)
    others = np.flatnonzero(passed)
    gap_us = np.abs(scene.time_us[own, np.newaxis] - scene.time_us[others])
    looked_at = gap_us <= window_us
    looked_at &= np.abs(scene.latitude[own, np.newaxis] - scene.latitude[others]) < north
    looked_at &= np.abs(scene.longitude[own, np.newaxis] - scene.longitude[others]) < east
    a, b = np.nonzero(looked_at)
    gap_us, a, b = gap_us[a, b], own[a], others[b]
    metres = WGS84.inv(scene.longitude[a], scene.latitude[a], scene.longitude[b], scene.latitude[b])[2]
    nearest = np.full(scene.person.size, np.inf)
    np.minimum.at(nearest, b, metres)
    found: dict[tuple[int, int], Any] = {}
    as_near = (metres <= nearest[b] + ON_THE_EDGE_M) & (nearest[b] <= distance + ON_THE_EDGE_M)
    for other, gap in zip(b[as_near].tolist(), gap_us[as_near].tolist(), strict=True):
        key = (int(scene.person[other]), int(scene.time_us[other]))
        found.setdefault(key, (nearest[other], set()))[1].add(gap)
    return found


def about(values: Any, own: Any, margin: float) -> Any:
    """Which of them lie between the least and the greatest own one, or not further outside than the margin."""
    return (values > values[own].min() - margin) & (values < values[own].max() + margin)


@pytest.mark.parametrize("distance", [2, 5])
@pytest.mark.parametrize("window", ["0.4", "10", "any"])
def test_connection_equals_the_oracle_row_for_row(system: Any, scene: Scene, distance: int, window: str) -> None:
    rows_seen = 0
    day = f"{datetime.fromtimestamp(scene.time_us[0] / 1e6, UTC):%Y-%m-%d}"
    people = np.unique(scene.person)
    sample = SAMPLE_OF_ANY_TIME if window == "any" else SAMPLE
    for person in people[:: len(people) // sample][:sample].tolist():
        expected = oracle(scene, person, distance, None if window == "any" else float(window))
        rows = system.get(
            f"/api/persons/{person}/connection",
            start_date=day,
            end_date=day,
            distance=distance,
            time_window=window,
        )
        found = {
            (
                row["person"]["id"],
                round(datetime.fromisoformat(row["location"]["creation_time"]).timestamp() * 1e6),
            ): row
            for row in rows
        }
        assert len(found) == len(rows), "a row came twice"
        for key in found.keys() ^ expected.keys():
            assert abs(expected.get(key, [np.nan])[0] - distance) <= ON_THE_EDGE_M, key
        for key in found.keys() & expected.keys():
            metres, gaps = expected[key]
            assert abs(found[key]["distance_m"] - metres) <= ON_THE_EDGE_M
            assert round(found[key]["time_gap_s"] * 1e6) in gaps
        rows_seen += len(rows)
    assert rows_seen > sample, "nobody met anybody: the comparison would say nothing"


FRAME_S = 0.4  # everybody's position was noted so often, at the same instants
LEAST_S, WITHIN_M, LEAST_RECALL = 4, 2, 0.95


@pytest.fixture(scope="module")
def together(ids: dict[str, int]) -> set[frozenset[int]]:
    """Each two who really walked together."""
    groups = defaultdict(set)
    for row in recorded("groups.csv"):
        groups[row["scene"], row["group_id"]].add(ids[row["person_id"]])
    pairs = {frozenset(pair) for members in groups.values() for pair in combinations(members, 2)}
    assert len(pairs) == 320
    return pairs


def assert_found(system: Any, together: set[frozenset[int]], fixes: list[Any], **question: str | float) -> None:
    """Of each two one is asked."""
    day = f"{fixes[0].time:%Y-%m-%d}"
    question |= {"start_date": day, "end_date": day, "distance": WITHIN_M, "min_duration": LEAST_S}
    found = {
        frozenset((person, meeting["person"]["id"]))
        for person in sorted({min(pair) for pair in together})
        for meeting in system.get(f"/api/persons/{person}/encounters", **question)
    }
    assert len(found & together) >= LEAST_RECALL * len(together)
    # Nor does it find just everybody: of 780 people, some 300,000 pairs.
    assert len(found) < 10 * len(together)


def test_those_who_walked_together_are_found_by_their_fixes(
    system: Any, together: set[frozenset[int]], pushed: list[Any]
) -> None:
    assert_found(system, together, pushed, method="fixes", time_window=FRAME_S)


JUST_S, JUST_M = 1e-3, 2e-3  # how exact a border is


@pytest.mark.parametrize("distance", [2, 5])
def test_where_places_are_exact_the_estimate_is_the_oracles_answer(
    system: Any, exact: list[Any], distance: int
) -> None:
    """Everybody was noted at the same instants: at each, those within the distance are in a meeting, and no others.

    Two who have but one instant in common were together for no time.
    """
    scene = scene_of(exact)
    day = f"{exact[0].time:%Y-%m-%d}"
    people = np.unique(scene.person)
    moments = 0
    for person in people[:: len(people) // SAMPLE][:SAMPLE].tolist():
        meetings = defaultdict(list)
        for row in system.get(
            f"/api/persons/{person}/encounters", start_date=day, end_date=day, distance=distance, gap=0
        ):
            times = [datetime.fromisoformat(row[name]).timestamp() for name in ("started_at", "ended_at")]
            meetings[row["person"]["id"]].append(times)
            assert row["closest_m"] <= distance + ON_THE_EDGE_M
        own = np.flatnonzero(scene.person == person)
        a, b = np.nonzero(scene.time_us[own, np.newaxis] == scene.time_us)
        a = own[a]
        a, b = a[scene.person[b] != person], b[scene.person[b] != person]
        metres = WGS84.inv(scene.longitude[a], scene.latitude[a], scene.longitude[b], scene.latitude[b])[2]
        instants = Counter(scene.person[b].tolist())
        for other, time_us, apart_m in zip(
            scene.person[b].tolist(), scene.time_us[b].tolist(), metres.tolist(), strict=True
        ):
            if abs(apart_m - distance) < JUST_M or instants[other] == 1:
                continue
            met = any(start - JUST_S <= time_us / 1e6 <= end + JUST_S for start, end in meetings[other])
            assert met == (apart_m < distance), (person, other, time_us, apart_m)
            moments += met
    assert moments > SAMPLE, "nobody met anybody: the comparison would say nothing"


def test_those_who_walked_together_are_found_by_estimate(
    system: Any, together: set[frozenset[int]], exact: list[Any]
) -> None:
    assert_found(system, together, exact)
