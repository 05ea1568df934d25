"""The cutting in C: as good as the best of all cuts, the same alone and in company, and nothing can make it crash."""

import ctypes
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from proximity.cutting import kernel
from proximity.cutting.kernel import cheapest_cut, costs_of_stays, evidence, sums_of
from proximity.cutting.noise import LAWS, ORDER, correlations
from proximity.cutting.room import ranges
from proximity.fixes import Floats
from proximity.lanes import Lanes
from tests.unit.proximity.built import built
from tests.unit.proximity.cutting.reference import Track, cost_of, cost_of_all, filters_of, least_cost, sums

SECOND = 1_000_000


class Asked(NamedTuple):
    """What the kernel is asked of m lanes."""

    some: Lanes
    correlation: Floats
    starts: NDArray[np.bool_]
    price: Floats
    on_the_way: Floats
    lasting: Floats

    def cut(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return cheapest_cut(self.some, self.correlation, self.starts, self.price, self.on_the_way, self.lasting)

    def evidence(self, *laws: Floats) -> Floats:
        """Of laws of how long parts last, by what that costs: [n, m] each."""
        likely = np.exp(-np.stack(laws, axis=-1))
        return evidence(self.some, self.correlation, self.starts, self.price, self.on_the_way, likely)

    def alone(self, lane: int) -> "Asked":
        """One of the lanes, without the rows that it does not hold."""
        rows, lanes = int(self.some.held[lane]), np.array([lane])
        some = self.some.at(lanes)
        columns = {name: getattr(some, name)[..., :rows, :] for name in ("time_us", "points", "deviation_m")}
        return Asked(
            some._replace(**columns),
            self.correlation[:, lanes],
            self.starts[:rows, lanes],
            self.price[lanes],
            self.on_the_way[lanes],
            self.lasting[:rows, lanes],
        )

    def track(self, lane: int) -> Track:
        held, some = slice(0, int(self.some.held[lane])), self.some
        return Track(
            (some.time_us[held, lane] - some.time_us[0, lane]) / SECOND,
            some.points[:, held, lane].T,
            some.deviation_m[held, lane],
            filters_of(self.correlation[:, lane]),
            self.starts[held, lane],
            float(self.price[lane]),
            float(self.on_the_way[lane]),
            self.lasting[held, lane],
        )


@st.composite
def questions(draw: st.DrawFn, rows: int = 48, lanes: int = 3) -> Asked:
    """People who stand and walk, by phones of any kind, and prices as the engine's are."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    interval_s = random.choice([1.0, 5.0, 10.0, 30.0, 60.0], lanes)
    shape = rows, lanes
    time_us = np.cumsum(np.rint(interval_s * random.uniform(0.8, 1.2, shape) * SECOND), axis=0).astype(np.int64)
    deviation_m = random.choice([0.5, 1.0, 2.0, 4.0], lanes) * random.uniform(0.8, 1.2, shape)
    walks = np.cumsum(random.uniform(size=shape) < draw(st.floats(0.02, 0.3)), axis=0) % 2
    heading = np.cumsum(random.normal(0, 0.2, shape), axis=0)
    steps = 1.3 * interval_s * walks * np.stack([np.cos(heading), np.sin(heading), np.zeros(shape)])
    points = np.cumsum(steps, axis=1) + deviation_m * random.normal(0, 1, (3, *shape))
    starts = random.uniform(size=shape) < draw(st.sampled_from([0.0, 0.05]))
    held = random.integers(0, rows, lanes, endpoint=True)
    none = np.zeros(lanes, np.int64)
    some = Lanes(none, none, held, np.zeros((3, lanes)), time_us, points, deviation_m, starts, starts, interval_s, none)
    lasting = -np.minimum(np.log(np.arange(1, rows + 1)[:, None] * interval_s / 400), 2.0)
    price, on_the_way = np.log(400 / interval_s) + random.uniform(4, 5), random.uniform(1, 8, lanes)
    return Asked(some, correlations(interval_s)[draw(st.integers(0, LAWS - 1))], starts, price, on_the_way, lasting)


@given(questions())
@settings(max_examples=20, deadline=None, derandomize=True)
def test_no_cut_costs_less(asked: Asked) -> None:
    """Always the same tracks: where filters begin anew, pruning leaves the best one in all but rare cases."""
    began, walks = asked.cut()
    for lane, held in enumerate(asked.some.held.tolist()):
        track = asked.track(lane)
        found = cost_of(track, began[:held, lane], walks[:held, lane])
        assert found == pytest.approx(least_cost(track), abs=1e-6)
        assert not began[held:, lane].any()


def short(rows: int) -> Floats:
    """What it costs that a part lasts so long where most last for two or three fixes: [n, 1]."""
    cost: Floats = 0.3 * (np.arange(rows, dtype=np.float64)[:, None] - 2.0) ** 2
    return cost


@given(questions(rows=20))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_law_is_as_likely_as_all_cuts_together_make_it(asked: Asked) -> None:
    lasting = asked.lasting, asked.lasting + short(20)
    shares = asked.evidence(*lasting)
    assert np.array_equal(shares.max(axis=1), np.ones(3))
    for lane in range(3):
        one, other = (cost_of_all(asked._replace(lasting=costs).track(lane)) for costs in lasting)
        assert np.log(shares[lane, 0] / shares[lane, 1]) == pytest.approx(other - one, abs=0.05)


@given(questions(rows=150, lanes=8))
@settings(max_examples=20, deadline=None)
def test_a_law_is_as_likely_alone_as_among_others(asked: Asked) -> None:
    every = asked.evidence(asked.lasting, asked.lasting + short(150))
    for lane, held in enumerate(asked.some.held.tolist()):
        alone = asked.alone(lane)
        assert np.array_equal(alone.evidence(alone.lasting, alone.lasting + short(held))[0], every[lane])


@given(questions(rows=150, lanes=8))
@settings(max_examples=20, deadline=None)
def test_a_lane_is_cut_the_same_alone_and_among_others(asked: Asked) -> None:
    began, walks = asked.cut()
    lane, first, last = ranges(asked.some, began)
    every = sums_of(asked.some, asked.correlation, lane, first, last)
    for one, held in enumerate(asked.some.held.tolist()):
        alone, own = asked.alone(one), lane == one
        assert np.array_equal(np.concatenate(alone.cut(), axis=1)[:, 0], began[:held, one])
        assert np.array_equal(alone.cut()[1][:, 0], walks[:held, one])
        again = sums_of(alone.some, alone.correlation, 0 * lane[own], first[own], last[own])
        assert np.array_equal(again, every[:, own])


@pytest.fixture(scope="module")
def of_plain_registers(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    source = Path(kernel.__file__).with_name("cutting.c")
    plain = built(tmp_path_factory.mktemp("plain"), f'#define WIDE\n#include "{source}"\n')
    plain.partition.argtypes = kernel.LIBRARY.partition.argtypes
    return plain


@given(questions(rows=150))
@settings(max_examples=20, deadline=None)
def test_wider_registers_change_no_cut(of_plain_registers: ctypes.CDLL, asked: Asked) -> None:
    with pytest.MonkeyPatch.context() as replaced:
        replaced.setattr(kernel, "LIBRARY", of_plain_registers)
        plain = asked.cut()
    assert np.array_equal(plain, asked.cut())


@given(questions())
@settings(max_examples=20, deadline=None)
def test_sums_of_parts_are_those_of_their_whitened_fixes(asked: Asked) -> None:
    lane, first, last = ranges(asked.some, asked.cut()[0])
    found = sums_of(asked.some, asked.correlation, lane, first, last)
    for part, one in enumerate(lane.tolist()):
        expected = sums(asked.track(one), int(first[part]), int(last[part]) + 1)
        np.testing.assert_allclose(found[:, part], expected, rtol=1e-9, atol=1e-6)


@given(questions())
@settings(max_examples=20, deadline=None)
def test_what_stays_cost_by_a_law_is_what_its_sums_say(asked: Asked) -> None:
    some = asked.some
    lane, first, last = ranges(some, asked.cut()[0])
    laws = correlations(some.interval_s)
    found = costs_of_stays(some, laws, lane, first, last)
    expected = np.zeros(found.shape)
    for law, correlation in enumerate(laws):
        w, _, _, zz, x, y, z, *_, left = sums_of(some, correlation, lane, first, last)
        np.add.at(expected[law], lane, (zz - (x * x + y * y + z * z) / w) / 2 + left + np.log(w))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-300, 1e300, np.inf, -np.inf, np.nan]))
@settings(max_examples=50, deadline=None)
def test_figures_that_are_none_are_cut_somehow(seed: int, strange: float) -> None:
    random = np.random.default_rng(seed)
    shape = rows, lanes = int(random.integers(1, 60)), int(random.integers(1, 4))

    def anything(*shape: int) -> Floats:
        return np.where(random.uniform(size=shape) < 0.1, strange, random.normal(0, 1, shape))

    none, starts = np.zeros(lanes, np.int64), np.zeros(shape, bool)
    held = random.integers(0, rows, lanes, endpoint=True)
    time_us = random.integers(-(2**62), 2**62, shape)
    some = Lanes(
        none, none, held, anything(3, lanes), time_us, anything(3, *shape), anything(*shape), starts, starts,
        anything(lanes), none,
    )  # fmt: skip
    correlation = anything(ORDER + 1, lanes)
    prices = anything(lanes), anything(lanes), anything(*shape)
    began, _ = cheapest_cut(some, correlation, starts, *prices)
    lane, first, last = ranges(some, began)
    assert np.bincount(lane, last - first + 1, lanes).tolist() == held.tolist()
    assert sums_of(some, correlation, lane, first, last).shape == (11, lane.size)
    assert evidence(some, correlation, starts, *prices[:2], anything(*shape, 3)).shape == (lanes, 3)


@given(questions(rows=9, lanes=2), st.data())
@settings(max_examples=50, deadline=None)
def test_what_does_not_fit_is_refused(asked: Asked, data: st.DataObject) -> None:
    some, rest = asked.some, (asked.starts, asked.price, asked.on_the_way, asked.lasting)
    wrong = data.draw(
        st.sampled_from(
            [
                (some._replace(held=some.held + 10), asked.correlation, *rest),
                (some._replace(held=some.held - 10), asked.correlation, *rest),
                (some._replace(held=some.held[:1]), asked.correlation, *rest),
                (some._replace(points=some.points[:2]), asked.correlation, *rest),
                (some._replace(deviation_m=some.deviation_m[:, :1]), asked.correlation, *rest),
                (some, asked.correlation[:, :1], *rest),
                (some, asked.correlation[:0], *rest),
                (some, asked.correlation, *rest[:-1], asked.lasting[:3]),
                (some, asked.correlation, rest[0], asked.price[:1], *rest[2:]),
            ]
        )
    )
    with pytest.raises(ValueError, match="do not fit"):
        cheapest_cut(*wrong)
    with pytest.raises(ValueError, match="do not fit"):
        evidence(wrong[0], wrong[1], wrong[2], wrong[3], wrong[4], wrong[5][..., None])


@pytest.mark.parametrize(("lane", "first", "last"), [(2, 0, 1), (-1, 0, 1), (0, 2, 1), (0, -1, 1), (0, 0, 9)])
def test_parts_that_are_none_are_refused(lane: int, first: int, last: int) -> None:
    starts = np.zeros((9, 2), bool)
    none, ones = np.zeros(2, np.int64), np.ones((9, 2))
    some = Lanes(
        none, none, none, np.zeros((3, 2)), starts.astype(np.int64), np.ones((3, 9, 2)), ones, starts, starts,
        ones[0], none,
    )  # fmt: skip
    part, laws = [np.array([at]) for at in (lane, first, last)], correlations(ones[0])
    with pytest.raises(ValueError, match="do not fit"):
        sums_of(some, laws[0], *part)
    with pytest.raises(ValueError, match="do not fit"):
        costs_of_stays(some, laws, *part)
