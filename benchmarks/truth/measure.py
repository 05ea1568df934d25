"""Runs every estimator over the conferences, and adds up how right they were."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from benchmarks.truth.estimators import ESTIMATORS, estimated_ways
from benchmarks.truth.plan import BY_ACCURACY, MINUTES, PEOPLE, PHONES, Phones
from benchmarks.truth.scene import scene
from benchmarks.truth.score import Score, added, score

OURS, CEILING = "estimate", "posterior"


@dataclass(frozen=True)
class Measured:
    phones: Phones
    scores: dict[str, Score]  # by estimator
    microseconds: float  # a fix, for the ways alone


def measure(seeds: Sequence[int], with_peers: bool) -> list[Measured]:
    """Estimate and ceiling for all phones; the peers for those of a plot, as they are many times as slow."""
    measured = []
    for phones in PHONES:
        print(f"{phones.name}: {len(seeds)} of {PEOPLE} people for {MINUTES} minutes", file=sys.stderr, flush=True)
        peers = with_peers and phones.name in BY_ACCURACY
        measured.append(_of_phones(phones, seeds, tuple(ESTIMATORS) if peers else (OURS, CEILING)))
    return measured


def _of_phones(phones: Phones, seeds: Sequence[int], estimators: Sequence[str]) -> Measured:
    scores: dict[str, list[Score]] = {name: [] for name in estimators}
    seconds, fixes = 0.0, 0
    for seed in seeds:
        conference = scene(phones, seed)
        for name in estimators:
            scores[name].append(score(ESTIMATORS[name](conference), conference.truth))
        begun = perf_counter()
        estimated_ways(conference)
        seconds, fixes = seconds + perf_counter() - begun, fixes + conference.fixes.size
    return Measured(phones, {name: added(some) for name, some in scores.items()}, seconds / fixes * 1e6)
