"""When two were within a distance: all of it and nothing else, whoever is looked at beside them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US
from proximity.pairs import stretches as module
from proximity.pairs.chance import COMPANY, COMPANY_M, KNOWN_M, chance_within, rice
from proximity.pairs.stretches import WHENEVER, Ranges, Stretches, stretches
from proximity.ways import Ways, placed
from tests.unit.proximity.built import built

LONG_S = 120


class Scene(NamedTuple):
    """Pieces of persons 0, 1, … one after the other, and pairs of all of them."""

    ways: Ways
    pairs: Ranges
    distance_m: float
    min_chance: float

    def found(self, pairs: Ranges | None = None, span_us: tuple[int, int] = WHENEVER) -> Stretches:
        parts = list(stretches(self.ways, self.ways, pairs or self.pairs, self.distance_m, self.min_chance, span_us))
        return Stretches._make(map(np.concatenate, zip(*parts, strict=True))) if parts else NOTHING

    def chance(self, own: Ints, other: Ints, at_us: Floats) -> Floats:
        mine, theirs = placed(self.ways.at(own), at_us), placed(self.ways.at(other), at_us)
        apart_m = np.linalg.norm(theirs.points - mine.points, axis=0)
        return chance_within(self.distance_m, apart_m, mine.variance_m2 + theirs.variance_m2)


NOTHING = Stretches._make(np.empty(0, kind) for kind in (*(7 * [np.int64]), *(2 * [np.float64])))


def scene(seed: int, people: int = 6, pieces: int = 4) -> Scene:
    random = np.random.default_rng(seed)
    turns = np.sort(random.integers(0, LONG_S * SECOND_US, (people, pieces + 1)), axis=1)
    turns[random.random(turns.shape) < 0.1] = LONG_S * SECOND_US // 2  # some touch, some are of no length
    turns.sort(axis=1)
    places = random.normal(0, 6, (3, people, pieces + 1))
    variance_m2 = (random.choice([0.05, 0.5, 2.0, 5.0]) * random.uniform(0.5, 2.0, people * pieces)) ** 2
    first = np.arange(people) * pieces
    own, other = (some.ravel() for some in np.meshgrid(first, first))
    return Scene(
        Ways(
            person_id=np.repeat(np.arange(people), pieces),
            start_us=turns[:, :-1].ravel(),
            end_us=turns[:, 1:].ravel(),
            start=places[:, :, :-1].reshape(3, -1),
            end=places[:, :, 1:].reshape(3, -1),
            start_m2=variance_m2,
            end_m2=variance_m2,
            bend_m2=2 * variance_m2,  # the same all along: then the chance falls with the distance alone
            fixes=np.ones_like(first.repeat(pieces)),
            is_stay=np.zeros(people * pieces, bool),
        ),
        Ranges(own, own + pieces, other, other + pieces),
        distance_m=random.choice([1.0, 5.0, 20.0]),
        min_chance=random.uniform(0.1, 0.9),
    )


def passing(deviation_m: float) -> Scene:
    """One stands, another walks by."""
    variance_m2, none = np.full(2, deviation_m**2 / 2), np.zeros(2, np.int64)
    start, end = np.zeros((3, 2)), np.zeros((3, 2))
    start[0, 1], end[0, 1] = -100.0, 120.0
    ways = Ways(
        np.arange(2), none, none + LONG_S * SECOND_US, start, end, variance_m2, variance_m2, 2 * variance_m2, none,
        none == 0,
    )  # fmt: skip
    pair = Ranges(*(np.array([position]) for position in (0, 1, 1, 2)))
    return Scene(ways, pair, distance_m=5.0, min_chance=0.5)


# How often the chance is asked for.
COUNTING = """
#include "chance.h"
static int asked;
static double counted(const Chance *chance, double distance_m, double apart_m, double variance_m2) {
    asked++;
    return chance_within(chance, distance_m, apart_m, variance_m2);
}
#define chance_within counted
#include "stretches.c"
int looks(void) { return asked; }
"""

scenes = st.integers(0, 1 << 32).map(scene)


@given(scenes, st.integers(-1, LONG_S), st.integers(0, LONG_S))
def test_in_a_span_of_time_are_the_parts_of_the_same_stretches(some: Scene, from_s: int, lasts_s: int) -> None:
    """Whatever was found is found again, as far as it lies in the span, with the same borders: so no cut tells more."""
    from_us, until_us = from_s * SECOND_US, (from_s + lasts_s) * SECOND_US
    whole, part = some.found(), some.found(span_us=(from_us, until_us))
    started_us, ended_us = np.maximum(whole.started_us, from_us), np.minimum(whole.ended_us, until_us)
    instant = whole.started_us == whole.ended_us
    inside = np.flatnonzero((started_us < ended_us) | (instant & (started_us == ended_us)))
    for name in ("pair", "own", "other"):
        assert getattr(part, name).tolist() == getattr(whole, name)[inside].tolist()
    assert part.started_us.tolist() == started_us[inside].tolist()
    assert part.ended_us.tolist() == ended_us[inside].tolist()
    assert ((part.started_us <= part.closest_us) & (part.closest_us <= part.ended_us)).all()
    untouched = (part.started_us == whole.started_us[inside]) & (part.ended_us == whole.ended_us[inside])
    assert part.chance_ns[untouched].tolist() == whole.chance_ns[inside][untouched].tolist()


@given(scenes)
def test_a_stretch_is_where_the_chance_is_large_enough(some: Scene) -> None:
    found = some.found()
    inside_us = found.started_us + (found.ended_us - found.started_us) * np.linspace(0, 1, 9)[:, None]
    inner_us = np.clip(inside_us, found.started_us + 1, np.maximum(found.ended_us - 1, found.started_us + 1))
    longer = found.ended_us - found.started_us > 2
    for at_us in inner_us[:, longer]:
        assert (some.chance(found.own[longer], found.other[longer], at_us) > some.min_chance - 1e-6).all()


@given(scenes)
def test_outside_of_the_stretches_it_is_not(some: Scene) -> None:
    ways, found = some.ways, some.found()
    for nth, (own, _, other, _) in enumerate(zip(*some.pairs, strict=True)):
        for mine in range(own, own + 4):
            for theirs in range(other, other + 4):
                low = max(ways.start_us[mine], ways.start_us[theirs])
                high = min(ways.end_us[mine], ways.end_us[theirs])
                if low >= high:
                    continue
                at_us = np.linspace(low, high, 50)
                of_both = (found.pair == nth) & (found.own == mine) & (found.other == theirs)
                covered = np.zeros(at_us.size, bool)
                for start, end in zip(found.started_us[of_both], found.ended_us[of_both], strict=True):
                    covered |= (at_us >= start - 1) & (at_us <= end + 1)
                pieces = np.full(at_us.size, mine), np.full(at_us.size, theirs)
                assert (some.chance(*pieces, at_us)[~covered] < some.min_chance + 1e-6).all()


@given(scenes)
def test_the_others_see_the_same(some: Scene) -> None:
    turned = Ranges(*some.pairs[2:], *some.pairs[:2])
    for mine, theirs in zip(some.found(), some.found(turned), strict=True):
        assert mine.size == theirs.size
    assert sorted(some.found().started_us) == sorted(some.found(turned).started_us)


@given(scenes)
def test_a_pair_is_not_changed_by_those_beside_it(some: Scene) -> None:
    together = some.found()
    for nth in range(some.pairs.own_first.size):
        alone = some.found(Ranges._make(column[nth : nth + 1] for column in some.pairs))
        for one, all_of_them in zip(alone[1:], together[1:], strict=True):
            assert one.tolist() == all_of_them[together.pair == nth].tolist()


def test_where_there_is_no_room_for_all_of_them_they_come_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    some = scene(seed=1)
    at_once = some.found()
    monkeypatch.setattr(module, "AT_ONCE", 1)
    assert at_once.pair.size > 1
    for one, other in zip(at_once, some.found(), strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize(("deviation_m", "most_looks"), [(2.0, 12), (0.01, 43)])
def test_a_smooth_border_takes_few_looks_and_a_jump_no_more_than_halving(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deviation_m: float, most_looks: int
) -> None:
    counting = built(tmp_path, COUNTING)
    monkeypatch.setattr(module, "LIBRARY", counting)
    found = passing(deviation_m).found()
    assert found.pair.size == 1
    assert 0 < found.started_us[0] < found.ended_us[0] < LONG_S * SECOND_US
    outside_and_inside, mean = 5, 4
    assert counting.looks() <= outside_and_inside + mean + 2 * most_looks


@pytest.mark.parametrize(
    "outside",
    [
        Ranges(np.array([-1]), np.array([1]), np.array([0]), np.array([1])),
        Ranges(np.array([0]), np.array([1]), np.array([0]), np.array([25])),
        Ranges(np.array([0, 1]), np.array([1]), np.array([0]), np.array([1])),
    ],
)
def test_pieces_that_are_none_are_refused(outside: Ranges) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        scene(seed=1).found(outside)


@given(st.floats(0, 60), st.floats(0.55, 20), st.floats(0.5, 45))
def test_the_chance_is_what_its_formula_says(apart_m: float, deviation_m: float, distance_m: float) -> None:
    variance = deviation_m**2 - KNOWN_M**2
    narrower = COMPANY_M**2 / (variance + COMPANY_M**2)
    weight = COMPANY * narrower * np.exp(-(apart_m**2) / (2 * (variance + COMPANY_M**2)))
    apart, reach = apart_m / np.sqrt(variance), distance_m / np.sqrt(variance)
    alone, together = rice(np.array([apart, apart * np.sqrt(narrower)]), np.array([reach, reach / np.sqrt(narrower)]))
    wanted = (weight * together + alone) / (1 + weight)
    found = chance_within(distance_m, np.array([apart_m]), np.array([deviation_m**2]))
    assert found == pytest.approx(wanted, abs=0.002)
