"""Which faults are played on which stack, and how often."""

import os
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path

from tests.chaos import faults
from tests.chaos.clock import faketime
from tests.chaos.round import Fault, Outcome, came_or_went_afterwards, play
from tests.chaos.stack import CLOCKED, Stack, stack

RANDOM_KILLS = "kill -9 of one or two at random"
LINKS = {
    "producer_to_kafka": "producer ↔ Kafka",
    "consumer_to_kafka": "consumer ↔ Kafka",
    "consumer_to_postgresql": "consumer ↔ PostgreSQL",
}

# Longer than every timeout that is between them: the producer's delivery (10 s), the consumer's session (10 s) and
# requests (30 s), a statement (60 s).
FROZEN = {"kafka": (13.0, 45.0), "postgresql": (13.0, 75.0)}
AWAY_S = 45.0

USUAL: Mapping[str, Fault] = {
    **{
        f"{program} frozen for {seconds:.0f} s": partial(faults.frozen, program, seconds)
        for program, lengths in FROZEN.items()
        for seconds in lengths
    },
    **{f"{program} away for {AWAY_S:.0f} s": partial(faults.away, program, AWAY_S) for program in FROZEN},
    **{f"{name}: refused for 5 s": partial(faults.refused, link) for link, name in LINKS.items()},
    **{f"{name}: silent for 8 s": partial(faults.silent, link, forget=False) for link, name in LINKS.items()},
    **{f"{name}: half-open for ever": partial(faults.silent, link, forget=True) for link, name in LINKS.items()},
    "consumers come and go": faults.rebalance_storm,
    "two more partitions": faults.more_partitions,
    "PostgreSQL restarted in a COPY": faults.restart_in_copy,
    f"PostgreSQL read-only for {faults.READ_ONLY_S:.0f} s": faults.read_only,
    "retention overtakes the consumer": faults.retention_overtakes,
    "another client floods": faults.flood,
}
DISKS: Mapping[str, Fault] = {
    f"disk of {name} full": partial(faults.disk_full, name) for name in ("kafka", "postgresql")
}
DISK_MB = {"kafka": 256, "postgresql": 1024}
CLOCKS: Mapping[str, Fault] = {
    f"clock of {name} 10 min off": partial(faults.clock_off, name) for name in CLOCKED if "_" in name or faketime()
}


def run(rounds: int, each: int, seed: int, only: str) -> Iterator[Outcome]:
    """`rounds` random kills, and every other fault `each` times; `only`: those whose names hold this text."""

    def chosen(faults_of: Mapping[str, Fault], times: int) -> dict[str, tuple[Fault, int]]:
        return {name: (fault, times) for name, fault in faults_of.items() if only in name and times}

    numbers = count()
    usual = chosen({RANDOM_KILLS: faults.random_kills}, rounds) | chosen(USUAL, each)
    if usual:
        with stack() as running:
            yield from play_all(running, usual, numbers, seed)
    disks = chosen(DISKS, each)
    if disks and os.geteuid() != 0:
        print("Left out, because only root can mount a small disk:", ", ".join(disks), file=sys.stderr)
    elif disks:
        with stack(small_disks_mb=DISK_MB) as running:
            yield from play_all(running, disks, numbers, seed)
    clocks = chosen(CLOCKS, each)
    if clocks:
        with stack(with_clocks=True) as running:
            yield from play_all(running, clocks, numbers, seed, recent=True)
    if faketime() is None:
        print("The clocks of the stores were left alone, because libfaketime is not installed.", file=sys.stderr)


def play_all(
    running: Stack, todo: Mapping[str, tuple[Fault, int]], numbers: Iterator[int], seed: int, *, recent: bool = False
) -> Iterator[Outcome]:
    """Ends early where the system does not recover: the next round would say nothing."""
    outcomes = []
    for name, (fault, times) in todo.items():
        for turn in range(times):
            chance = random.Random(f"{seed} {name} {turn}")  # noqa: S311  not a secret
            outcome = play(running, name, fault, next(numbers), chance, recent=recent)
            outcomes.append(outcome)
            say(outcome, turn + 1)
            if not outcome.holds:
                keep_logs(running, outcome)
            yield outcome
            if outcome.recovery_s is None:
                return
    if strange := came_or_went_afterwards(running, outcomes):
        raise AfterwardsError(f"{strange} rows came or went after the round that they belong to")


class AfterwardsError(Exception):
    """A round was thought to be over, and was not."""


def keep_logs(running: Stack, outcome: Outcome) -> None:
    """What there is to find out what happened, from the round after which things were wrong."""
    folder = Path("var/chaos/log")
    shutil.copytree(running.folder.logs, folder, dirs_exist_ok=True)
    shutil.copy(running.programs["postgresql"].log, folder)
    (folder / "outcome").write_text(f"{outcome}\n")


def say(outcome: Outcome, turn: int) -> None:
    recovery = "not recovered" if outcome.recovery_s is None else f"{outcome.recovery_s:5.1f} s"
    told = outcome.verdict
    what = f"{outcome.fault}, {outcome.detail}" if outcome.detail else outcome.fault
    print(
        f"{what}, {turn}: {told.acknowledged:,} acknowledged, {told.unknown} unknown, {told.lost} lost,"
        f" {told.duplicated} duplicated, {told.made_up} made up, recovery {recovery}",
        file=sys.stderr,
        flush=True,
    )
