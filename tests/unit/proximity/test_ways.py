"""Estimated ways: what they say, and that it does not depend on how it is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proximity.fixes import Fixes
from proximity.geocentric import geocentric, geodetic
from proximity.lanes import lanes
from proximity.spans import Spans
from proximity.ways import Ways, placed, ways, ways_in, within, without
from proximity.windows import CONTEXT_US, WINDOW_US, needed, windows_around
from tests.unit.proximity.scenes import geodesic_m, go
from tests.unit.proximity.walks import SECOND, crowds, track

MINUTE = 60 * SECOND
FRANKFURT = 50.1117, 8.6430
PLACES = [FRANKFURT, (0.0, 180.0), (89.9999, 12.0), (-90.0, 0.0), (64.0, -179.99999)]


def same(a: Ways, b: Ways) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))


def whole(fixes: Fixes) -> Ways:
    return ways(fixes, int(fixes.time_us.min()) - MINUTE, int(fixes.time_us.max()) + MINUTE)


def far_off(way: Ways, at_us: int, place: tuple[float, float]) -> float:
    """Metres from where somebody was."""
    piece = way.at(np.flatnonzero((way.start_us <= at_us) & (at_us <= way.end_us))[:1])
    latitude, longitude = geodetic(placed(piece, np.array([at_us])).points)
    return geodesic_m((float(latitude[0]), float(longitude[0])), place)


@given(crowds(), st.data())
@settings(max_examples=25, deadline=None)
def test_a_part_of_a_range_is_answered_as_the_whole_is(crowd: Fixes, data: st.DataObject) -> None:
    low, high = int(crowd.time_us.min()), int(crowd.time_us.max()) + 1
    start = data.draw(st.integers(low, high - 1))
    until = data.draw(st.integers(start + 1, high))
    first_us, last_us = needed(start, until)
    known = crowd.at(np.flatnonzero((crowd.time_us >= first_us) & (crowd.time_us <= last_us)))
    every = ways_in(crowd, windows_around(crowd, low, high))
    assert same(ways(known, start, until), within(every, start, until))


@given(crowds(), st.data())
@settings(max_examples=50, deadline=None)
def test_without_what_is_hidden_all_else_stays_as_it_is(crowd: Fixes, data: st.DataObject) -> None:
    low, high = int(crowd.time_us.min()), int(crowd.time_us.max())
    some = st.sampled_from([low, high, *crowd.time_us.tolist()]) | st.integers(low - MINUTE, high + MINUTE)
    spans: list[tuple[int, int, int]] = []
    for person_id in data.draw(st.sets(st.sampled_from([0, *np.unique(crowd.person_id).tolist(), 99]))):
        borders = sorted(data.draw(st.sets(some, max_size=8)))
        spans += [(person_id, *pair) for pair in zip(borders[::2], borders[1::2], strict=False)]
    hidden = Spans(*np.array(sorted(spans), np.int64).reshape(-1, 3).T)
    way = whole(crowd)
    shown = without(way, hidden)
    for at_us in {*data.draw(st.lists(st.integers(low, high))), *hidden.start_us, *hidden.end_us, *crowd.time_us[::7]}:
        for person_id in np.unique(crowd.person_id):
            is_hidden = ((hidden.person_id == person_id) & (hidden.start_us <= at_us) & (at_us <= hidden.end_us)).any()
            before, after = (strictly_at(one, person_id, at_us) for one in (way, shown))
            assert (after is not None) == (before is not None and not is_hidden)
            if before is not None and after is not None:
                assert np.allclose(before, after, rtol=0, atol=1e-6)
    untouched = ~np.isin(way.person_id, hidden.person_id)
    assert same(way.at(untouched), shown.at(~np.isin(shown.person_id, hidden.person_id)))


def strictly_at(way: Ways, person_id: int, at_us: int) -> np.ndarray | None:
    """Where somebody was at an instant within a piece, not at its end, in metres, and the variance; None: not said."""
    inside = (way.start_us <= at_us) & ((at_us < way.end_us) | (way.start_us == way.end_us))
    piece = way.at(np.flatnonzero((way.person_id == person_id) & inside & (at_us <= way.end_us))[:1])
    return np.append(*placed(piece, np.array([at_us]))) if piece.size else None


@given(crowds())
@settings(max_examples=25, deadline=None)
def test_a_person_is_estimated_the_same_alone_and_in_company(crowd: Fixes) -> None:
    together = whole(crowd)
    for person_id in np.unique(crowd.person_id).tolist():
        alone = ways(
            crowd.at(crowd.person_id == person_id),
            int(crowd.time_us.min()) - MINUTE,
            int(crowd.time_us.max()) + MINUTE,
        )
        assert same(alone, together.at(together.person_id == person_id))


@given(crowds(), st.data())
@settings(max_examples=20, deadline=None)
def test_windows_may_be_asked_for_one_by_one(crowd: Fixes, data: st.DataObject) -> None:
    windows = windows_around(crowd, int(crowd.time_us.min()), int(crowd.time_us.max()) + 1)
    chosen = np.array(sorted(data.draw(st.sets(st.integers(0, windows.number.size - 1), min_size=1))))
    some, every = ways_in(crowd, windows.at(chosen)), ways_in(crowd, windows)
    asked = np.isin(
        every.person_id * 10_000 + every.start_us // WINDOW_US, (windows.person_id * 10_000 + windows.number)[chosen]
    )
    assert same(some, every.at(asked))


@given(crowds())
@settings(max_examples=25, deadline=None)
def test_pieces_follow_each_other_and_lie_within_the_fixes(crowd: Fixes) -> None:
    way = whole(crowd)
    assert (way.end_us >= way.start_us).all()
    follows = way.person_id[1:] == way.person_id[:-1]
    assert (way.start_us[1:] >= way.end_us[:-1])[follows].all()
    assert np.isfinite(way.start).all()
    assert np.isfinite(way.end).all()
    for variance in (way.start_m2, way.end_m2, placed(way, (way.start_us + way.end_us) // 2).variance_m2):
        assert (variance >= 0).all()
    for person_id in np.unique(crowd.person_id):
        time_us = crowd.time_us[crowd.person_id == person_id]
        mine = way.at(way.person_id == person_id)
        assert (mine.start_us >= time_us[0]).all()
        assert (mine.end_us <= time_us[-1]).all()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("off_m", [1.0, 2.0, 4.0])
def test_who_stands_is_known_better_than_one_fix_knows(place: tuple[float, float], off_m: float) -> None:
    fixes = track(1, [(0, place), (1200, place)], off_m=off_m, accuracy_m=1.51 * off_m)
    way = whole(fixes)
    assert far_off(way, 10 * MINUTE, place) < off_m / 2
    assert way.is_stay.any()
    assert np.sqrt(way.start_m2.min()) < off_m / 2


def test_who_sits_for_long_is_known_better_than_who_stays_for_a_while() -> None:
    long, short = (
        whole(track(1, [(0, FRANKFURT), (until_s, FRANKFURT)], off_m=0.5, accuracy_m=0.755)) for until_s in (1200, 200)
    )
    assert long.start_m2.max() < short.start_m2.min()


@pytest.mark.parametrize("place", PLACES)
def test_who_walks_straight_is_seen_walking_straight(place: tuple[float, float]) -> None:
    there = go(place, 77.0, 360.0)
    fixes = track(1, [(0, place), (300, there)], off_m=2.0, accuracy_m=3.0)
    way = whole(fixes)
    assert not way.is_stay.any()
    assert far_off(way, 150 * SECOND, go(place, 77.0, 180.0)) < 2.0


def test_who_reports_seldom_has_stood_for_half_of_what_the_way_did_not_take() -> None:
    """Between the last fix here and the first one there lie 60 s; 26 m are walked in 20 of them."""
    there = go(FRANKFURT, 90.0, 26.0)
    corners = [(0.0, FRANKFURT), (610.0, FRANKFURT), (630.0, there), (1200.0, there)]
    way = whole(track(1, corners, interval_s=60, off_m=0.5, accuracy_m=0.75))
    left_s, came_s = (way.end_us[way.is_stay] / SECOND)[0], (way.start_us[way.is_stay] / SECOND)[1]
    assert left_s == pytest.approx(616, abs=2)
    assert came_s == pytest.approx(644, abs=2)
    assert far_off(way, 615 * SECOND, FRANKFURT) < 1.0
    assert far_off(way, 645 * SECOND, there) < 1.0


def test_stays_of_few_fixes_are_told_apart_where_fixes_are_seldom() -> None:
    """Five minutes each, 5 m apart, a fix a minute that is off by 2 m on an axis: more often than not."""
    here, there = FRANKFURT, go(FRANKFURT, 0.0, 5.0)
    corners = [(0.0, here), (295.0, here), (300.0, there), (595.0, there), (600.0, here), (900.0, here)]
    ways_seen = [whole(track(1, corners, interval_s=60, off_m=2.0, accuracy_m=3.0, seed=seed)) for seed in range(20)]
    apart = [far_off(way, 450 * SECOND, there) < 2.5 and far_off(way, 150 * SECOND, here) < 2.5 for way in ways_seen]
    assert sum(apart) > 10


@pytest.mark.parametrize("place", PLACES)
def test_exact_fixes_are_the_way(place: tuple[float, float]) -> None:
    fixes = track(1, [(0, place), (600, place)], off_m=1.0, accuracy_m=0.05)
    way = whole(fixes)
    points = geocentric(fixes.latitude, fixes.longitude)
    for index, at_us in enumerate(fixes.time_us.tolist()):
        piece = np.flatnonzero((way.start_us <= at_us) & (at_us <= way.end_us))[0]
        assert (
            np.linalg.norm(placed(way.at(slice(piece, piece + 1)), np.array([at_us])).points[:, 0] - points[:, index])
            < 1e-6
        )


def test_an_outlier_of_good_accuracy_moves_nobody() -> None:
    fixes = track(1, [(0, FRANKFURT), (1200, FRANKFURT)], off_m=2.0, accuracy_m=3.0)
    latitude = fixes.latitude.copy()
    latitude[60] += 40 / 111_000
    assert far_off(whole(fixes._replace(latitude=latitude)), 10 * MINUTE, FRANKFURT) < 1.0


@pytest.mark.parametrize("said", [None, 0.0])
def test_accuracy_unknown_or_0_is_taken_as_usual(said: float | None) -> None:
    told, untold = (
        track(1, [(0, FRANKFURT), (1200, FRANKFURT)], off_m=3.3, accuracy_m=accuracy_m) for accuracy_m in (5.0, said)
    )
    assert same(whole(told), whole(untold))


def test_a_phone_that_overstates_itself_is_not_believed() -> None:
    honest, boasting = (
        whole(track(1, [(0, FRANKFURT), (1200, FRANKFURT)], off_m=4.0, accuracy_m=accuracy_m))
        for accuracy_m in (6.0, 1.5)
    )
    assert np.sqrt(boasting.start_m2.max()) > 0.7 * np.sqrt(honest.start_m2.max())


def test_nothing_is_claimed_where_the_phone_was_off() -> None:
    fixes = track(1, [(0, FRANKFURT), (1200, FRANKFURT)], off_m=2.0)
    fixes = fixes.at((fixes.time_us < 300 * SECOND) | (fixes.time_us > 500 * SECOND))
    way = whole(fixes)
    assert not ((way.start_us < 490 * SECOND) & (way.end_us > 310 * SECOND)).any()
    assert way.end_us.max() > 1100 * SECOND


def test_work_grows_with_the_fixes_and_not_faster() -> None:
    """Counted: the cells of all lanes, each of which costs the same, for one day and for ten."""

    def cells(days: int) -> int:
        time_us = np.arange(0, days * 86_400, 10) * SECOND
        fixes = Fixes(
            np.ones_like(time_us),
            time_us,
            np.full(time_us.size, 50.0),
            np.full(time_us.size, 8.0),
            np.full(time_us.size, 3.0, np.float32),
        )
        asked = windows_around(fixes, 0, int(time_us[-1]) + 1)
        return sum(some.time_us.size for some in lanes(fixes, asked))

    assert cells(10) == pytest.approx(10 * cells(1), rel=0.02)
    assert cells(1) <= 8640 * (WINDOW_US + 2 * CONTEXT_US) / WINDOW_US + 240


def test_half_way_between_two_fixes_is_no_better_known_than_what_their_errors_have_in_common() -> None:
    way = whole(track(1, [(0.0, FRANKFURT), (60.0, go(FRANKFURT, 70.0, 600.0))], interval_s=1.0))
    piece = way.at(np.flatnonzero(~way.is_stay)[10:11])
    ends, middle = piece.start_m2[0], placed(piece, (piece.start_us + piece.end_us) / 2).variance_m2[0]
    assert 0.7 * ends < middle < ends
