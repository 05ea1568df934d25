from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Geod

from location_client.readers.instants import EPOCH, MICROSECOND
from udaconnect_client.simulation.conference import Conference, Fixes
from udaconnect_client.simulation.phones import Drift
from udaconnect_client.simulation.programme import FASTEST_M_S
from udaconnect_client.simulation.venue import Venue

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
START_US = (START - EPOCH) // MICROSECOND


def all_fixes(conference: Conference, start: datetime = START, ids: NDArray[np.int64] | None = None) -> Fixes:
    return Fixes(*(np.concatenate(columns) for columns in zip(*conference.fixes(start, ids), strict=True)))


def true_tracks(conference: Conference, step_s: float = 1.0) -> NDArray[np.float64]:
    """Everybody's true positions at every step: (steps, people, 2)."""
    return np.array(
        [
            stretch.paths.everybody_at(time_s)
            for stretch in conference.stretches()
            for time_s in np.arange(np.ceil(stretch.begins_s / step_s), np.ceil(stretch.ends_s / step_s)) * step_s
        ]
    )


def test_the_same_seed_makes_the_same_fixes() -> None:
    conference = Conference(people=30, minutes=20, seed=5)
    for one, other in zip(all_fixes(conference), all_fixes(conference), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(
        all_fixes(conference).latitude[:20], all_fixes(Conference(people=30, minutes=20, seed=6)).latitude[:20]
    )


def test_another_start_moves_the_times_and_nothing_else() -> None:
    conference = Conference(people=30, minutes=20)
    first, second = all_fixes(conference), all_fixes(conference, START + timedelta(hours=1))
    np.testing.assert_array_equal(second.creation_time - first.creation_time, 3_600_000_000)
    np.testing.assert_array_equal(second.latitude, first.latitude)


def test_fixes_come_by_time_within_the_conference_and_are_unique() -> None:
    conference = Conference(people=50, minutes=100, interval_s=5)
    fixes = all_fixes(conference, ids=np.arange(1000, 1050))
    assert np.all(np.diff(fixes.creation_time) >= 0)
    assert fixes.creation_time[0] >= START_US
    assert fixes.creation_time[-1] < START_US + 100 * 60_000_000
    assert np.all(fixes.creation_time % 1000 == 0)  # phones report milliseconds
    assert set(fixes.person_id.tolist()) == set(range(1000, 1050))
    assert len(set(zip(fixes.person_id.tolist(), fixes.creation_time.tolist(), strict=True))) == len(fixes.person_id)


def test_the_number_of_fixes_is_known_before() -> None:
    conference = Conference(people=50, minutes=61.7, interval_s=7)
    counted = np.bincount(all_fixes(conference).person_id, minlength=51)[1:]
    assert conference.fixes_of_each == counted.tolist()


def test_each_phone_keeps_its_own_interval_and_phase() -> None:
    fixes = all_fixes(Conference(people=20, minutes=30, interval_s=10))
    intervals = set()
    phases = set()
    for person in range(1, 21):
        times = fixes.creation_time[fixes.person_id == person]
        (interval,) = set(np.diff(times).tolist())
        assert 8_000_000 <= interval <= 12_000_000
        intervals.add(interval)
        phases.add(int(times[0] % interval))
    assert len(intervals) == len(phases) == 20


def test_long_conferences_come_in_slices_of_bounded_size() -> None:
    sizes = [len(fixes.person_id) for fixes in Conference(people=3000, minutes=50, interval_s=10).fixes(START)]
    assert sum(sizes) > 800_000
    assert max(sizes) < 150_000


@pytest.mark.parametrize(("people", "minutes"), [(40, 45), (1, 10), (500, 100), (700, 2)])
def test_people_walk_at_human_speed_and_do_not_jump(people: int, minutes: float) -> None:
    tracks = true_tracks(Conference(people=people, minutes=minutes))
    assert len(tracks) == minutes * 60
    steps = np.linalg.norm(np.diff(tracks, axis=0), axis=2)
    assert steps.max() <= FASTEST_M_S + 1e-6
    if minutes >= 10:
        assert np.all(steps.max(axis=0) > 0.9), "everybody walks now and then"
        assert np.median(steps) == 0, "most of the time people stand or sit"


def test_people_stay_within_the_building() -> None:
    tracks = true_tracks(Conference(people=600, minutes=45), step_s=10)
    corners = Venue(600).wings
    assert tracks.min() > 0
    assert np.all(tracks.reshape(-1, 2) < corners.max(axis=0) + np.array([66, 44]))


def test_nobody_sits_on_anothers_seat() -> None:
    tracks = true_tracks(Conference(people=240, minutes=45), step_s=60)
    talk = tracks[25]  # minutes 10 to 30 are the talk
    apart = np.linalg.norm(talk[:, None] - talk[None], axis=2) + 1000 * np.eye(240)
    assert apart.min() > 0.5


def test_the_reported_accuracy_holds_for_two_fixes_of_three() -> None:
    conference = Conference(people=400, minutes=30, accuracy_m=4)
    fixes = all_fixes(conference)
    (stretch,) = conference.stretches()
    true = stretch.paths.at(fixes.person_id - 1, (fixes.creation_time - START_US) / 1e6)
    latitude, longitude = conference.venue.degrees(true)
    metres_per_degree = 111_200 * np.cos(np.radians(conference.venue.latitude))
    error_m = np.hypot((fixes.latitude - latitude) * 111_200, (fixes.longitude - longitude) * metres_per_degree)
    assert np.mean(error_m <= fixes.accuracy_m) == pytest.approx(0.68, abs=0.03)
    assert np.median(fixes.accuracy_m) == pytest.approx(4, rel=0.1)


def test_an_accuracy_of_zero_gives_the_true_positions() -> None:
    conference = Conference(people=10, minutes=10, accuracy_m=0)
    fixes = all_fixes(conference)
    (stretch,) = conference.stretches()
    true = stretch.paths.at(fixes.person_id - 1, (fixes.creation_time - START_US) / 1e6)
    np.testing.assert_allclose(fixes.latitude, conference.venue.degrees(true)[0], atol=1e-8)
    assert not fixes.accuracy_m.any()


def errors_m(conference: Conference) -> tuple[Fixes, NDArray[np.float64]]:
    """Fixes, and how far each is off to the north."""
    fixes = all_fixes(conference)
    (stretch,) = conference.stretches()
    true = stretch.paths.at(fixes.person_id - 1, (fixes.creation_time - START_US) / 1e6)
    latitude, _ = conference.venue.degrees(true)
    return fixes, (fixes.latitude - latitude) * 111_200


@pytest.mark.parametrize("time_constant_s", [20.0, 120.0])
def test_a_drifting_error_is_as_large_and_forgets_in_its_time(time_constant_s: float) -> None:
    drift = Drift(share=1.0, time_constant_s=time_constant_s)
    fixes, error_m = errors_m(Conference(people=300, minutes=30, interval_s=10, accuracy_m=3, drift=drift))
    products, squares = [], []
    for person in range(1, 301):
        own = error_m[fixes.person_id == person] / fixes.accuracy_m[fixes.person_id == person].mean()
        products.append(np.mean(own[1:] * own[:-1]))
        squares.append(np.mean(own * own))
    assert np.sqrt(np.mean(squares)) * 1.51 == pytest.approx(1, abs=0.05)
    assert np.mean(products) / np.mean(squares) == pytest.approx(np.exp(-10 / time_constant_s), abs=0.05)


def test_the_drift_goes_on_from_slice_to_slice() -> None:
    drift = Drift(share=1.0, time_constant_s=1e6)
    fixes, error_m = errors_m(Conference(people=5000, minutes=20, drift=drift))
    own = error_m[fixes.person_id == 17]
    assert np.ptp(own) < 1
    assert np.ptp(error_m) > 5


def test_outliers_are_far_off_and_say_nothing_of_it() -> None:
    conference = Conference(people=200, minutes=30, accuracy_m=3, outliers=0.02)
    fixes, error_m = errors_m(conference)
    far = np.abs(error_m) > 15
    assert np.mean(far) == pytest.approx(0.02 * 0.66, abs=0.005)  # the others are off to the east
    assert fixes.accuracy_m[far].max() < 10


def test_phones_that_sleep_report_nothing_for_some_minutes() -> None:
    conference = Conference(people=50, minutes=60, sleeps=3)
    fixes = all_fixes(conference)
    assert conference.fixes_of_each == np.bincount(fixes.person_id, minlength=51)[1:].tolist()
    gaps = [np.diff(fixes.creation_time[fixes.person_id == person]).max() / 60e6 for person in range(1, 51)]
    assert np.median(gaps) > 2
    awake = all_fixes(Conference(people=50, minutes=60))
    assert 0.6 < fixes.person_id.size / awake.person_id.size < 0.85
    assert set(fixes.creation_time.tolist()) <= set(awake.creation_time.tolist())


def test_people_who_stroll_walk_side_by_side_for_minutes() -> None:
    conference = Conference(people=60, minutes=45, strolls=0.5)
    tracks = true_tracks(conference)
    steps = np.linalg.norm(np.diff(tracks, axis=0), axis=2)
    assert steps.max() <= FASTEST_M_S + 1e-6
    walks = steps > 0.5
    together = 0
    for one in range(60):
        for other in range(one + 1, 60):
            apart = np.linalg.norm(tracks[1:, one] - tracks[1:, other], axis=1)
            together += np.sum(walks[:, one] & walks[:, other] & (apart < 1)) > 300
    assert together == 15


def test_options_that_are_not_used_change_nothing() -> None:
    plain, strolling = Conference(people=60, minutes=45), Conference(people=60, minutes=45, strolls=0.5)
    talk = slice(700, 1700)  # the talk is the same, whoever strolls after it
    np.testing.assert_array_equal(true_tracks(plain)[talk, :, :], true_tracks(strolling)[talk, :, :])


def test_metres_on_the_floor_are_metres_on_earth() -> None:
    venue = Venue(5000)
    corners = np.array([(0.0, 0.0), (300.0, 0.0), (300.0, 250.0), (0.0, 250.0), (100.0, 70.0)])
    latitude, longitude = venue.degrees(corners)
    for one, other in pairwise(range(len(corners))):
        geodesic = Geod(ellps="WGS84").inv(longitude[one], latitude[one], longitude[other], latitude[other])[2]
        assert geodesic == pytest.approx(np.linalg.norm(corners[one] - corners[other]), rel=1e-4)


def test_the_floor_plan_is_closed_polygons_with_names() -> None:
    plan = Venue(500).geojson()
    names = [feature["properties"]["name"] for feature in plan["features"]]
    assert len(set(names)) == len(names)
    kinds = [feature["properties"]["kind"] for feature in plan["features"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"room": 9, "booth": 54, "coffee": 3, "corridor": 6}
    for feature in plan["features"]:
        (ring,) = feature["geometry"]["coordinates"]
        assert len(ring) == 5
        assert ring[0] == ring[-1]
