"""On a small conference: who knows the simulator's laws is right most often, and the estimate is better than rows."""

from dataclasses import replace

import pytest

from benchmarks.truth.estimators import ESTIMATORS, estimate
from benchmarks.truth.plan import PHONES
from benchmarks.truth.posterior import posterior
from benchmarks.truth.scene import Scene, scene
from benchmarks.truth.score import score


@pytest.fixture(scope="module")
def small() -> Scene:
    return scene(replace(PHONES[0], accuracy_m=3.0), seed=1, people=20, minutes=30)


def test_the_estimate_is_better_than_any_of_its_peers_and_the_posterior_better_still(small: Scene) -> None:
    best = score(estimate(small), small.truth)
    peers = [score(made(small), small.truth).f1 for made in ESTIMATORS.values() if made not in {estimate, posterior}]
    assert best.f1 > max(peers)
    assert best.f1 > 0.8
    assert score(posterior(small), small.truth).iou > best.iou - 0.05
