"""A service without network: locations and people held in memory."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from flask.testing import FlaskClient

from connection_service.app import create_app
from connection_service.cells import Probes
from connection_service.fixes import Fixes
from connection_service.people import Person
from service_kit.errors import DependencyDown

Row = tuple[int, float, float, float]  # person, seconds since 1970, latitude, longitude
MakeFixes = Callable[[Sequence[Row]], Fixes]


def in_order(rows: Sequence[Row]) -> Fixes:
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    return Fixes(
        person_id=np.array([row[0] for row in ordered], dtype=np.int64),
        time_us=np.array([round(row[1] * 1e6) for row in ordered], dtype=np.int64),
        latitude=np.array([row[2] for row in ordered], dtype=np.float64),
        longitude=np.array([row[3] for row in ordered], dtype=np.float64),
        accuracy_m=np.full(len(ordered), np.nan, dtype=np.float32),
    )


class MemoryStore:
    """Gives all that the range has, whatever the probes say, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.candidate_ranges: list[tuple[int, int]] = []

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        return self._between([row for row in self.rows if row[0] == person_id], start_us, end_us)

    def candidates(self, person_id: int, probes: Probes, start_us: int, end_us: int) -> Fixes:
        assert probes.cell_low.size
        assert (probes.time_low <= probes.time_high).all()
        assert probes.time_high.max() >= start_us
        self.candidate_ranges.append((start_us, end_us))
        return self._between([row for row in self.rows if row[0] != person_id], start_us, end_us)

    @staticmethod
    def _between(rows: Sequence[Row], start_us: int, end_us: int) -> Fixes:
        fixes = in_order(rows)
        return fixes.at((fixes.time_us >= start_us) & (fixes.time_us <= end_us))


class MemoryDirectory:
    def __init__(self) -> None:
        self.known = set(range(1, 10))
        self.down = False
        self.calls: list[list[int]] = []

    def look_up(self, ids: Sequence[int]) -> Mapping[int, Person]:
        self.calls.append(list(ids))
        if self.down:
            raise DependencyDown("the person service")
        return {
            known: Person(id=known, first_name=f"First {known}", last_name=f"Last {known}", company_name="Company")
            for known in self.known.intersection(ids)
        }


@pytest.fixture
def make_fixes() -> MakeFixes:
    return in_order


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def directory() -> MemoryDirectory:
    return MemoryDirectory()


@pytest.fixture
def client(store: MemoryStore, directory: MemoryDirectory) -> FlaskClient:
    return create_app(store, directory, 1000.0, lambda: None).test_client()
