"""A round: load, a fault in the middle of it, recovery, and whether everything is where it belongs."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import psycopg2
from kafka.errors import KafkaError

from tests.chaos.ledger import Ledger, Verdict, verdict
from tests.chaos.load import Load
from tests.chaos.stack import Stack
from tests.chaos.store import LENGTH, DeadLetters, rows
from tests.patience import PATIENCE_S

AnyStack = TypeVar("AnyStack", bound=Stack)


class Told(NamedTuple):
    """What a fault says of itself."""

    detail: str = ""
    """What it chose."""

    away_s: float | None = None
    """After how long everybody was served again, where it looked for that itself."""

    check: Callable[[], None] = lambda: None
    """Raises AssertionError where something is not as it must be after recovery."""


Fault = Callable[[AnyStack, random.Random], Told | None]
"""Does it, and returns when it is over: what then still does not work is recovery."""

DAY_US = 86_400_000_000
FIRST_DAY_US = 1_735_689_600_000_000  # 2025-01-01: each round has a day of its own, whose partition is made in it
RATE = 2000
FLOWS_WITHIN_S = PATIENCE_S
LOOK_EVERY_S = 0.2


class Outcome(NamedTuple):
    fault: str
    told: Told
    verdict: Verdict
    recovery_s: float | None  # None: it did not recover in time
    dead_letters_again: int = 0
    begins_us: int = 0
    rows: int = 0

    @property
    def holds(self) -> bool:
        return self.verdict.holds and self.recovery_s is not None


def play(  # noqa: PLR0913  what makes a round
    stack: AnyStack,
    name: str,
    fault: Fault[AnyStack],
    number: int,
    chance: random.Random,
    *,
    recovers_within_s: float = 120.0,
    rate: int = RATE,
    recent: bool = False,
) -> Outcome:
    """`recent`: the locations are of this moment, rather than of a day that is the round's own."""
    if recent:
        time.sleep(LENGTH.total_seconds())  # longer than what a recent round before this one may count
    begins_us = time.time_ns() // 1000 if recent else FIRST_DAY_US + number * DAY_US
    ledger = Ledger()
    letters = DeadLetters(stack.addresses["KAFKA_BOOTSTRAP_SERVERS"])
    letters.read()
    with Load(stack.addresses["LOCATION_GRPC"], ledger, begins_us, rate) as load:
        wait_for(lambda: bool(rows_or_none(stack, begins_us)), FLOWS_WITHIN_S)
        time.sleep(chance.uniform(0, 1))
        told = fault(stack, chance) or Told()
        ended_at = time.monotonic()
        before = ledger.acknowledgements
        deadline = ended_at + recovers_within_s
        wait_for(lambda: stack.all_ready() and ledger.acknowledgements > before, deadline - time.monotonic())
        load.stop()

    def look() -> tuple[Verdict, int] | None:
        try:
            found = rows(stack, begins_us)
            return verdict(ledger, found, letters.read(), stack.taken), len(found)
        except (psycopg2.OperationalError, KafkaError):
            return None

    while True:
        seen = look()
        complete = seen is not None and not seen[0].lost and stack.all_ready()
        if complete or time.monotonic() > deadline:
            break
        time.sleep(LOOK_EVERY_S)
    recovered_s = time.monotonic() - ended_at
    if seen is None:
        nothing = verdict(ledger, [], set())
        return Outcome(name, told, nothing, None)
    if complete:
        told.check()
    return Outcome(name, told, seen[0], recovered_s if complete else None, letters.again, begins_us, seen[1])


def rows_or_none(stack: Stack, begins_us: int) -> int | None:
    try:
        return len(rows(stack, begins_us))
    except psycopg2.OperationalError:
        return None


def wait_for(condition: Callable[[], bool], within_s: float) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def came_or_went_afterwards(stack: Stack, outcomes: list[Outcome]) -> int:
    """Rows that a round's day has more or less than when the round ended, without the round knowing how that may be."""
    strange = 0
    for outcome in outcomes:
        if outcome.recovery_s is not None:
            more = len(rows(stack, outcome.begins_us)) - outcome.rows
            strange += -more if more < 0 else max(0, more - outcome.verdict.still_unknown)
    return strange
