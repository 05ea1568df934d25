"""Locations are stored and settled: how much processor that takes, and whether killed finders leave anything out."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.query.town import Town
from benchmarks.services import service
from benchmarks.stores import Stores, execute, queried
from deployment.native.schema import Database
from location_consumer.rows import Rows
from location_consumer.store import Store
from proximity.fixes import Fixes
from udaconnect_client.simulation.conference import Conference
from udaconnect_client.simulation.conference import Fixes as Seen

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE: Final = "SELECT (SELECT count(*) FROM connectivity_progress), (SELECT count(*) FROM connectivity_due)"
ROWS: Final = "SELECT count(*) FROM connectivity"
BACKENDS: Final = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'meeting_finder' AND datname = current_database()"
)
FIXES_A_DAY: Final = 1000  # of a person
KILLS_A_PART: Final = 3
TICKS_A_SECOND: Final = 100
WITHIN_S: Final = 3600.0


class Settled(NamedTuple):
    """What it took to settle so many locations."""

    fixes: int
    rows: int
    finder_s: float  # of processor
    database_s: float

    @property
    def of_a_day_ms(self) -> float:
        """All in, for as many locations as a person has in a day."""
        return (self.finder_s + self.database_s) / self.fixes * FIXES_A_DAY * 1000

    @property
    def remark(self) -> str:
        """What of it PostgreSQL does, and for how many rows."""
        of_database_ms = self.database_s / self.fixes * FIXES_A_DAY * 1000
        return f"{of_database_ms:.3g} ms of it in PostgreSQL; {self.rows / self.fixes * FIXES_A_DAY:,.0f} rows"


def conference(people: int, minutes: int) -> Fixes:
    """A hall full of people with phones of 3 m, by time."""
    seen = Conference(people=people, minutes=minutes, seed=3, interval_s=10, accuracy_m=3.0)
    fixes = Fixes.concatenate([fixes_of(part) for part in seen.fixes(START, np.arange(1, people + 1))])
    return fixes.at(np.argsort(fixes.time_us, kind="stable"))


def stored(database: Database, fixes: Fixes) -> None:
    store = Store(database.location_consumer)
    for start in range(0, fixes.size, 20_000):
        store.write(Rows.of(fixes.at(slice(start, start + 20_000))))
    store.close()


def settled(database: Database) -> None:
    """Wait until a finder has begun, and nothing is due. Raises TimeoutError."""
    deadline = time.monotonic() + WITHIN_S
    while queried(database.owner, DUE) != [(1, 0)]:
        if time.monotonic() > deadline:
            raise TimeoutError("windows are still due")
        time.sleep(0.2)


def town(locations: int) -> Fixes:
    """A day of a town that reports so many in a month, by time: three people in each venue."""
    return fixes_of(Town.of(locations).fixes(day=0))


def fixes_of(seen: Seen) -> Fixes:
    accuracy_m = seen.accuracy_m.astype(np.float32)
    return Fixes(seen.person_id, seen.creation_time, seen.latitude, seen.longitude, accuracy_m)


def settle(stores: Stores, fixes: Fixes) -> Settled:
    """Processor time of the finder, but for what it takes to begin, and of the server's processes that work for it."""
    with stores.database() as empty, service(stores, "meeting_finder", empty) as idle:
        begins_s = idle.cpu_s()
    with stores.database() as database:
        stored(database, fixes)
        execute(database.superuser, "VACUUM ANALYZE location")  # as autovacuum does within a minute
        with service(stores, "meeting_finder", database, QUIET_S="0") as finder:
            settled(database)
            backends = [backend for (backend,) in queried(database.superuser, BACKENDS)]
            [(rows,)] = queried(database.owner, ROWS)
            return Settled(fixes.size, rows, finder.cpu_s() - begins_s, sum(map(processor_s, backends)))


def killed(stores: Stores, parts: int) -> tuple[int, int]:
    """Kills of finders while a conference comes late, in parts, and the rows that are other than without any kill."""
    fixes = conference(people=20, minutes=60)
    random = np.random.default_rng(1)
    kills = 0
    with stores.database() as database:
        for part in np.array_split(random.permutation(fixes.size), parts):
            stored(database, fixes.at(part))
            for _ in range(KILLS_A_PART):
                with service(stores, "meeting_finder", database, QUIET_S="0") as finder:
                    time.sleep(float(random.uniform(0, 1)))  # at any moment
                    finder.process.kill()
                    kills += 1
        with service(stores, "meeting_finder", database, QUIET_S="0"):
            settled(database)
        found = remembered(database)
        execute(database.owner, "TRUNCATE connectivity, connectivity_due, connectivity_progress")
        with service(stores, "meeting_finder", database, QUIET_S="0"):
            settled(database)
        return kills, len(found ^ remembered(database))


def remembered(database: Database) -> set[tuple[str]]:
    return set(queried(database.owner, "SELECT connectivity::text FROM connectivity"))


def processor_s(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
