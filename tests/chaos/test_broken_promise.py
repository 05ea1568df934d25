"""The suite can fail: a consumer that commits its offsets before the rows loses some, and the suite sees it."""

import random

from tests.chaos.round import play
from tests.chaos.stack import Stack, stack


def kill_the_consumer(running: Stack, _chance: random.Random) -> None:
    running.programs["location_consumer"].kill()


def test_offsets_before_rows_are_caught() -> None:
    # A batch is open for a second: it is hard to kill the consumer at a moment when it holds nothing.
    with stack(consumer_module="tests.chaos.offsets_first", BATCH_MAX_AGE_MS="1000") as running:
        outcome = play(running, "killed", kill_the_consumer, 0, random.Random(1), recovers_within_s=25)  # noqa: S311
    assert outcome.verdict.lost > 0
    assert not outcome.holds
