"""Whom encounters find among 780 people who were filmed, and of whom it is known who really walked together.

UCY: A. Lerner, Y. Chrysanthou, D. Lischinski, "Crowds by Example", 2007. The recordings are no part of the repository.
A pair counts as found where an encounter of theirs, within the distance, lasted for the duration at least.

Recall: how many of the pairs that walked together are found. Precision: how many of the found pairs walked together;
the others were near each other too, by chance, on a busy pavement.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.ingest.copy_limit import COPY, locations_of
from benchmarks.query.curves import curves
from benchmarks.query.load import MORE_PEOPLE, settle
from benchmarks.query.over_http import Service
from benchmarks.services import service
from benchmarks.stores import Stores, connected, execute
from deployment.native.folders import REPOSITORY
from deployment.native.schema import Database
from location_client.readers.instants import EPOCH, MICROSECOND
from location_consumer.copy_binary import copy_bytes
from udaconnect_client.simulation.conference import Fixes

NAME = "pedestrians"
RECORDINGS = REPOSITORY.parent / "shared" / "data" / "ucy"
FRAME_S = 0.4  # everybody's position was noted so often, at the same instants
DISTANCES_M = (0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
DURATIONS_S = (1, 2, 4, 6, 8, 10, 15)
PROMISED_M, PROMISED_S = 2.0, 4

Pair = tuple[int, int]
"""The lower id first."""


@dataclass(frozen=True)
class Row:
    distance_m: float
    duration_s: float
    found: int  # pairs
    together: int  # of them, those who walked together
    all_together: int

    @property
    def recall(self) -> float:
        return self.together / self.all_together

    @property
    def precision(self) -> float:
        return self.together / self.found if self.found else 1.0


def pedestrians(stores: Stores, recordings: Path = RECORDINGS) -> list[Row]:
    """Ask the service for everybody's encounters. Raises FileNotFoundError where there are no recordings."""
    fixes = read_fixes(recordings)
    people = np.unique(fixes.person_id)
    together = pairs_of_groups(recordings)
    day = str(fixes.creation_time[0].view("datetime64[us]").astype("datetime64[D]"))
    with stores.database() as database:
        fill(database, fixes, day)
        with (
            service(stores, "person_service", database),
            service(stores, "connection_service", database),
            closing(Service(stores.addresses["CONNECTION_URL"])) as asked,
        ):
            return [
                row
                for distance_m in DISTANCES_M
                for row in rows(distance_m, longest_encounters(asked, people.tolist(), day, distance_m), together)
            ]


def read_fixes(recordings: Path) -> Fixes:
    with (recordings / "locations.csv").open() as file:
        recorded = list(csv.DictReader(file))
    return Fixes(
        np.array([int(row["person_id"]) for row in recorded]),
        np.array([(datetime.fromisoformat(row["creation_time"]) - EPOCH) // MICROSECOND for row in recorded]),
        np.array([float(row["latitude"]) for row in recorded]),
        np.array([float(row["longitude"]) for row in recorded]),
        np.full(len(recorded), np.nan),
    )


def pairs_of_groups(recordings: Path) -> set[Pair]:
    groups = defaultdict(set)
    with (recordings / "groups.csv").open() as file:
        for row in csv.DictReader(file):
            groups[row["scene"], row["group_id"]].add(int(row["person_id"]))
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def fill(database: Database, fixes: Fixes, day: str) -> None:
    execute(database.owner, MORE_PEOPLE, int(fixes.person_id.max()))
    execute(database.location_consumer, "SELECT ensure_location_partition(%s)", day)
    with connected(database.location_consumer) as session, session.cursor() as cursor:
        cursor.copy_expert(COPY, BytesIO(copy_bytes(locations_of(fixes))))
    settle(database)


def longest_encounters(asked: Service, people: Iterable[int], day: str, distance_m: float) -> Mapping[Pair, float]:
    """Seconds of the longest encounter of each pair that has one."""
    longest: dict[Pair, float] = defaultdict(float)
    for person in people:
        path = f"/api/persons/{person}/encounters?start_date={day}&end_date={day}"
        for row in asked.get(f"{path}&distance={distance_m}&method=fixes&time_window={FRAME_S}").rows():
            other = row["person"]["id"]
            pair = (min(person, other), max(person, other))
            longest[pair] = max(longest[pair], row["duration_s"])
    return longest


def rows(distance_m: float, longest: Mapping[Pair, float], together: set[Pair]) -> list[Row]:
    found = {
        duration_s: {pair for pair, seconds in longest.items() if seconds >= duration_s} for duration_s in DURATIONS_S
    }
    return [
        Row(distance_m, duration_s, len(pairs), len(pairs & together), len(together))
        for duration_s, pairs in found.items()
    ]


def save_rows(found: list[Row], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(json.dumps([asdict(row) for row in found], indent=1) + "\n")
    (folder / f"{NAME}.md").write_text(table(found))
    (folder / f"{NAME}.svg").write_text(curves(found))


def saved_rows(folder: Path) -> list[Row]:
    path = folder / f"{NAME}.json"
    return [Row(**row) for row in json.loads(path.read_text())] if path.exists() else []


def table(found: list[Row]) -> str:
    """Markdown: recall / precision, in percent."""
    lines = [
        f"| within | {' | '.join(f'{duration} s' for duration in DURATIONS_S)} |",
        f"|---|{'---:|' * len(DURATIONS_S)}",
    ]
    for distance_m in DISTANCES_M:
        cells = [f"{row.recall:.0%} / {row.precision:.0%}" for row in found if row.distance_m == distance_m]
        lines.append(f"| {distance_m:g} m | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
