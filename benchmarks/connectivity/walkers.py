"""Whom groups find among 780 people who were filmed, and of whom it is known who really walked together.

UCY, as in benchmarks/query/pedestrians.py; here from what meeting_finder remembers. The recordings are exact, and those
who walk together are closer than the 5 m that meetings are remembered for otherwise. A pair counts as found where some
group has both.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from benchmarks.connectivity.settling import settled
from benchmarks.query.load import MORE_PEOPLE
from benchmarks.query.over_http import Service
from benchmarks.query.pedestrians import RECORDINGS, Pair, pairs_of_groups, read_fixes
from benchmarks.services import service
from benchmarks.stores import Stores, execute
from location_consumer.rows import Rows
from location_consumer.store import Store
from proximity.fixes import Fixes

WITHIN_M: Final = 1.5
LASTS_S: Final = 6
GAP_S: Final = 2
EXACT_M: Final = 0.05  # the accuracy of what no phone has measured
ABSENT: Final = f"the recordings of pedestrians are not part of the repository: {RECORDINGS.name} is not there"


class Walked(NamedTuple):
    """Pairs that walked together, and those that groups have."""

    together: set[Pair]
    found: set[Pair]

    @property
    def recall(self) -> float:
        return len(self.found & self.together) / len(self.together)

    @property
    def precision(self) -> float:
        return len(self.found & self.together) / len(self.found) if self.found else 1.0


def walked(stores: Stores) -> Walked | None:
    """Settle the recordings and ask for groups of two and more. None where there are no recordings."""
    if not RECORDINGS.exists():
        return None
    recorded = read_fixes(RECORDINGS)
    exact = np.full(recorded.person_id.size, EXACT_M, np.float32)
    fixes = Fixes(recorded.person_id, recorded.creation_time, recorded.latitude, recorded.longitude, exact)
    day = str(fixes.time_us[0].view("datetime64[us]").astype("datetime64[D]"))
    with stores.database() as database:
        execute(database.owner, MORE_PEOPLE, int(fixes.person_id.max()))
        store = Store(database.location_consumer)
        store.write(Rows.of(fixes))
        store.close()
        with service(stores, "meeting_finder", database, QUIET_S="0", CONNECTIVITY_DISTANCE_M=str(WITHIN_M)):
            settled(database)
        with (
            service(stores, "person_service", database),
            service(stores, "connection_service", database, WEB_CONCURRENCY="1"),
            closing(Service(stores.addresses["CONNECTION_URL"])) as asked,
        ):
            return Walked(pairs_of_groups(RECORDINGS), set(pairs_found(asked, day)))


def pairs_found(asked: Service, day: str) -> Iterator[Pair]:
    question = f"start_date={day}&end_date={day}&min_people=2&min_duration={LASTS_S}&gap={GAP_S}"
    for group in asked.get(f"/api/groups?{question}").rows():
        yield from combinations([person["id"] for person in group["members"]], 2)
