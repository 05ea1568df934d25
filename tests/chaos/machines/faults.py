"""A machine of a store dies, alone or beside another one, comes back empty, or is cut off, or sleeps and wakes.

Each tells after how long everybody was served again. Some people are together meanwhile (company.py).
"""

import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial

from tests.chaos.faults import IN_COPY, QUICK, SLOW_COPY, await_middle, removed
from tests.chaos.machines.brokers import NUMBERS
from tests.chaos.machines.company import Company
from tests.chaos.machines.erasing import Erasing
from tests.chaos.machines.postgresql import Node
from tests.chaos.machines.probe import served_after_s
from tests.chaos.machines.stack import Machines
from tests.chaos.program import Program
from tests.chaos.round import Told, wait_for
from tests.patience import PATIENCE_S, poll_until

AWAY_S = 30.0  # longer than the lock of a primary lasts
CUT_OFF_S = 15.0
TWO_AWAY_S = 10.0
WHOLE_MACHINE = 0.5  # the chance that it dies, rather than PostgreSQL alone

SLOW_ERASURE = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN OLD; END $$;
    CREATE TRIGGER slow BEFORE DELETE ON location FOR EACH ROW EXECUTE FUNCTION slow();
"""
SLOW_SETTLING = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN OLD; END $$;
    CREATE TRIGGER slow BEFORE DELETE ON connectivity_due FOR EACH ROW EXECUTE FUNCTION slow();
"""
SLEEPING = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


def until_over(stack: Machines, began: float, heal: Callable[[], None], lasts_s: float = AWAY_S) -> Told:
    """Look for how long nobody is served, and heal when it has lasted so long, or longer if they were not before."""
    try:
        served_s = served_after_s(stack, began)
        time.sleep(max(0.0, began + lasts_s - time.monotonic()))
    finally:
        heal()
    return Told(away_s=served_s)


def died(program: Program, stack: Machines) -> Told:
    """The whole machine, for AWAY_S."""
    began = time.monotonic()
    program.stop(killing=True)
    return until_over(stack, began, program.start)


def leader_dies(stack: Machines, chance: random.Random) -> Told:
    number = poll_until(lambda: stack.kafka.leader("location", chance.randrange(6)))
    return died(stack.kafka.programs[number], stack)


def two_brokers_die(stack: Machines, chance: random.Random) -> Told:
    """Whatever is sent meanwhile must be refused: one copy is not enough."""
    began = time.monotonic()
    two = [stack.kafka.programs[number] for number in chance.sample(NUMBERS, 2)]
    for program in two:
        program.stop(killing=True)
    time.sleep(TWO_AWAY_S)
    for program in two:
        program.start()
    return Told(away_s=served_after_s(stack, began))


def broker_comes_back_empty(stack: Machines, chance: random.Random) -> Told:
    number = chance.choice(NUMBERS)
    began = time.monotonic()
    stack.kafka.programs[number].stop(killing=True)
    stack.kafka.empty(number)
    stack.kafka.programs[number].start()
    return Told(away_s=served_after_s(stack, began))


def asleep(program: Program, stack: Machines) -> Told:
    """For AWAY_S nobody answers, and connections stay; then it goes on as if nothing had been."""
    began = time.monotonic()
    program.freeze()
    return until_over(stack, began, program.thaw)


def broker_sleeps(stack: Machines, chance: random.Random) -> Told:
    return asleep(stack.kafka.programs[chance.choice(NUMBERS)], stack)


def primary(stack: Machines) -> Node:
    return poll_until(stack.postgresql.primary)


def standby(stack: Machines) -> Node:
    first = primary(stack)
    [other] = [node for node in stack.postgresql.nodes if node is not first]
    return other


def primary_dies(stack: Machines, _chance: random.Random) -> Told:
    return died(primary(stack).program, stack)


def standby_dies(stack: Machines, _chance: random.Random) -> Told:
    return died(standby(stack).program, stack)


def primary_sleeps(stack: Machines, _chance: random.Random) -> Told:
    """And wakes when the other one has become the primary: what it takes then must not count."""
    return asleep(primary(stack).program, stack)


def primary_is_killed(stack: Machines, _chance: random.Random) -> Told:
    """PostgreSQL alone: Patroni, whose machine it is, lives on."""
    began = time.monotonic()
    os.kill(primary(stack).pid(), signal.SIGKILL)
    return Told(away_s=served_after_s(stack, began))


def in_the_middle(
    stack: Machines, chance: random.Random, slow: str, of_what: str, begin: Callable[[], None] = lambda: None
) -> Told:
    """The primary dies when what a trigger makes slow is under way: PostgreSQL alone, or its whole machine."""
    node, whole = primary(stack), chance.random() < WHOLE_MACHINE
    stack.execute(slow)
    begin()
    await_middle(stack, of_what)
    began = time.monotonic()
    if whole:
        node.program.stop(killing=True)
    else:
        os.kill(node.pid(), signal.SIGKILL)
    wait_for(lambda: removed(stack, QUICK), PATIENCE_S)  # its replica has the trigger too
    if whole:
        return until_over(stack, began, node.program.start)._replace(detail="its machine")
    return Told("PostgreSQL alone", served_after_s(stack, began))


def primary_dies_in_a_copy(stack: Machines, chance: random.Random) -> Told:
    """Some rows of it are in, and others are not."""
    return in_the_middle(stack, chance, SLOW_COPY, IN_COPY)


def primary_dies_in_settling(stack: Machines, chance: random.Random) -> Told:
    """The meetings of a window are written, and some of its notes are gone."""
    return in_the_middle(stack, chance, SLOW_SETTLING, SLEEPING)


def primary_dies_in_an_erasure(stack: Machines, chance: random.Random) -> Told:
    """Some of the locations are gone already."""
    erasing = Erasing(stack)
    told = in_the_middle(stack, chance, SLOW_ERASURE, SLEEPING, erasing.start)
    return told._replace(check=erasing.check)


def standby_is_cut_off(stack: Machines, _chance: random.Random) -> Told:
    """It gets nothing of what the primary writes, and nobody can tell whether it is slow or gone."""
    link = primary(stack).replication
    began = time.monotonic()
    link.silence()
    return until_over(stack, began, link.heal, CUT_OFF_S)


def etcd_dies(stack: Machines, _chance: random.Random) -> Told:
    return died(stack.postgresql.etcd, stack)


def in_company(fault: Callable[[Machines, random.Random], Told], stack: Machines, chance: random.Random) -> Told:
    company = Company(stack)
    company.start()
    told = fault(stack, chance)

    def check() -> None:
        told.check()
        company.check()

    return told._replace(check=check)


FAULTS: Mapping[str, Callable[[Machines, random.Random], Told]] = {
    f"cluster: {name}": partial(in_company, fault)
    for name, fault in {
        "a partition's leader dies": leader_dies,
        "two brokers die": two_brokers_die,
        "a broker comes back empty": broker_comes_back_empty,
        "a broker sleeps": broker_sleeps,
        "the primary is killed": primary_is_killed,
        "the primary's machine dies": primary_dies,
        "the primary dies in a COPY": primary_dies_in_a_copy,
        "the primary dies in an erasure": primary_dies_in_an_erasure,
        "the primary dies in settling": primary_dies_in_settling,
        "the primary sleeps, and wakes as a second one": primary_sleeps,
        "the standby dies": standby_dies,
        "the standby is cut off": standby_is_cut_off,
        "etcd dies": etcd_dies,
    }.items()
}
