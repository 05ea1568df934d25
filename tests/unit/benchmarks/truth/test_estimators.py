"""On a small conference: who is told the stays is right most often, and the estimate is better than rows."""

from dataclasses import replace

import pytest

from benchmarks.truth.estimators import ESTIMATORS, estimate, told
from benchmarks.truth.plan import PHONES
from benchmarks.truth.scene import Scene, scene
from benchmarks.truth.score import score


@pytest.fixture(scope="module")
def small() -> Scene:
    return scene(replace(PHONES[0], accuracy_m=3.0), seed=1, people=20, minutes=30)


def test_the_true_parts_are_stays_and_legs(small: Scene) -> None:
    parts = small.true_parts()
    assert 0 < parts.is_walk.mean() < 0.3
    stays = parts.part[~parts.is_walk]
    assert len(set(stays.tolist())) < len(stays) / 5


def test_the_estimate_is_better_than_any_of_its_peers_and_the_told_one_better_still(small: Scene) -> None:
    f1 = {name: score(made(small), small.truth).f1 for name, made in ESTIMATORS.items()}
    best = score(estimate(small), small.truth)
    peers = [value for name, value in f1.items() if ESTIMATORS[name] not in {estimate, told}]
    assert best.f1 > max(peers)
    assert best.f1 > 0.8
    assert score(told(small), small.truth).iou > best.iou - 0.05
