"""Which faults are played on which stack, and how often."""

import os
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path

from deployment.native import citus
from tests.chaos import faults
from tests.chaos.clock import faketime
from tests.chaos.machines.faults import FAULTS as OF_MACHINES
from tests.chaos.machines.stack import machines
from tests.chaos.nodes import FAULTS as OF_NODES
from tests.chaos.round import AnyStack, Fault, Outcome, came_or_went_afterwards, play
from tests.chaos.stack import CLOCKED, Stack, stack

RANDOM_KILLS = "kill -9 of one or two at random"
LINKS = {
    "producer_to_kafka": "producer ↔ Kafka",
    "consumer_to_kafka": "consumer ↔ Kafka",
    "consumer_to_postgresql": "consumer ↔ PostgreSQL",
}

# Longer than every timeout that is between them: the producer's delivery (10 s), the consumer's session (10 s) and
# requests (15 s), a statement (60 s).
FROZEN = {"kafka": (13.0, 45.0), "postgresql": (13.0, 75.0)}
AWAY_S = 45.0

USUAL: Mapping[str, Fault[Stack]] = {
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
BY_A_TRIGGER = {"PostgreSQL restarted in a COPY"}  # which no distributed table has
DISKS: Mapping[str, Fault[Stack]] = {
    f"disk of {name} full": partial(faults.disk_full, name) for name in ("kafka", "postgresql")
}
DISK_MB = {"kafka": 256, "postgresql": 1024}
CLOCKS: Mapping[str, Fault[Stack]] = {
    f"clock of {name} 10 min off": partial(faults.clock_off, name) for name in CLOCKED if "_" in name or faketime()
}


def run(rounds: int, each: int, seed: int, only: str) -> Iterator[Outcome]:
    """`rounds` random kills, and every other fault `each` times; `only`: those whose names hold this text."""

    def chosen(faults_of: Mapping[str, Fault[AnyStack]], times: int) -> dict[str, tuple[Fault[AnyStack], int]]:
        return {name: (fault, times) for name, fault in faults_of.items() if only in name and times}

    numbers = count()
    usual = chosen({RANDOM_KILLS: faults.random_kills}, rounds) | chosen(USUAL, each)
    if citus.is_used():
        usual = {name: todo for name, todo in usual.items() if name not in BY_A_TRIGGER} | chosen(OF_NODES, each)
    if usual:
        with stack() as running:
            yield from play_all(running, usual, numbers, seed)
    of_machines = chosen(OF_MACHINES, each)
    if of_machines and not citus.is_used():
        with machines() as on_several:
            yield from play_all(on_several, of_machines, numbers, seed)
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
    running: AnyStack,
    todo: Mapping[str, tuple[Fault[AnyStack], int]],
    numbers: Iterator[int],
    seed: int,
    *,
    recent: bool = False,
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
    for program in running.programs.values():
        shutil.copy(program.log, folder / f"{program.name}.log")
    (folder / "outcome").write_text(f"{outcome}\n")


def say(outcome: Outcome, turn: int) -> None:
    recovery = "not recovered" if outcome.recovery_s is None else f"{outcome.recovery_s:5.1f} s"
    found, told = outcome.verdict, outcome.told
    what = f"{outcome.fault}, {told.detail}" if told.detail else outcome.fault
    away = "" if told.away_s is None else f"without service {told.away_s:.1f} s, "
    print(
        f"{what}, {turn}: {found.acknowledged:,} acknowledged, {found.unknown} unknown, {found.lost} lost,"
        f" {found.duplicated} duplicated, {found.made_up} made up, {away}recovery {recovery}",
        file=sys.stderr,
        flush=True,
    )
