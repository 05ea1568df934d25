"""Storing while a finder settles, beside storing without one."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from benchmarks.connectivity.settling import conference, stored
from benchmarks.services import service
from benchmarks.stores import Stores, queried
from deployment.native.schema import Database
from proximity.fixes import Fixes
from proximity.instants import DAY_US

ROUNDS: Final = 3
BUSY: Final = "SELECT count(*) FROM connectivity_due"
BUSY_WITHIN_S: Final = 60.0


class Beside(NamedTuple):
    """How fast a consumer's store is beside a finder, as a share of how fast it is without one; medians of rounds."""

    own_core: float  # the finder has a core of its own, the storing process the others
    all_shared: float


def beside_a_finder(stores: Stores, people: int) -> Beside:
    """A conference is being settled while the same of another day is stored."""
    settled, new = conference(people, 60), conference(people, 30)
    new = new._replace(time_us=new.time_us + DAY_US)
    cores = sorted(os.sched_getaffinity(0))
    pinned = ({cores[-1]}, set(cores[:-1]) or {cores[0]})
    shares: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for is_pinned, of_rounds in shares.items():
            finders, others = pinned if is_pinned else (set(cores), set(cores))
            without_s, with_s = (
                stored_within(stores, settled, new, others, finders if finding else None) for finding in (False, True)
            )
            of_rounds.append(without_s / with_s)
    return Beside(median(shares[True]), median(shares[False]))


def stored_within(stores: Stores, before: Fixes, new: Fixes, cores: set[int], finders: set[int] | None) -> float:
    """Seconds for the new locations, while a finder (None: none) on those cores settles the ones before."""
    with stores.database() as database, on_cores(cores):
        stored(database, before)
        finder = nullcontext() if finders is None else service(stores, "meeting_finder", database, QUIET_S="0")
        with finder as running:
            if running is not None and finders is not None:
                for thread in Path(f"/proc/{running.process.pid}/task").iterdir():
                    os.sched_setaffinity(int(thread.name), finders)
                until_busy(database)
            began = time.perf_counter()
            stored(database, new)
            took_s = time.perf_counter() - began
            if running is not None and queried(database.owner, BUSY) == [(0,)]:
                raise RuntimeError("the finder had nothing to do any more: more people are needed")
        return took_s


@contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """What this process does in the block."""
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def until_busy(database: Database) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + BUSY_WITHIN_S
    while queried(database.owner, BUSY) == [(0,)]:
        if time.monotonic() > deadline:
            raise TimeoutError("the finder does not begin")
        time.sleep(0.1)
