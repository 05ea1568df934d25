"""The suite can fail: a consumer that commits its offsets before the rows loses some, and the suite sees it."""

import random

from tests.chaos.round import play
from tests.chaos.stack import Stack, stack


def kill_the_consumer(running: Stack, _chance: random.Random) -> None:
    running.programs["location_consumer"].kill()


ROUNDS = 10


def test_offsets_before_rows_are_caught() -> None:
    # A batch is open for a second: a kill rarely comes at a moment when the consumer holds nothing, but it may.
    with stack(consumer_module="tests.chaos.offsets_first", BATCH_MAX_AGE_MS="1000") as running:
        for number in range(ROUNDS):
            chance = random.Random(number)  # noqa: S311  not a secret
            outcome = play(running, "killed", kill_the_consumer, number, chance, recovers_within_s=25)
            if outcome.verdict.lost:
                break
    assert outcome.verdict.lost > 0
    assert not outcome.holds
