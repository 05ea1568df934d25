"""The short form of `make chaos`: kill -9 at random moments, again and again, and nothing is lost or there twice."""

import os
import random

from tests.chaos.faults import random_kills
from tests.chaos.round import came_or_went_afterwards, play
from tests.chaos.stack import stack
from tests.patience import PATIENCE_S

ROUNDS = 5


def test_what_is_acknowledged_is_stored_once_whatever_is_killed() -> None:
    seed = int(os.environ.get("SEED", random.randrange(10_000)))  # noqa: S311  not a secret
    chance = random.Random(seed)  # noqa: S311  likewise
    with stack() as running:
        outcomes = []
        for number in range(ROUNDS):
            outcomes.append(play(running, "killed", random_kills, number, chance, recovers_within_s=PATIENCE_S))
            assert outcomes[-1].holds, f"SEED={seed}, round {number}: {outcomes[-1]}"
        assert came_or_went_afterwards(running, outcomes) == 0
    assert all(outcome.verdict.acknowledged > 100 for outcome in outcomes), "there was next to nothing to lose"
