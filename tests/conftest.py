"""What every ring of the tests may ask for."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import psycopg2
import pytest
import requests
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests import patience
from tests.kafka_sockets import close_forgotten_sockets
from tests.patience import PATIENCE_S, Result

PAGE = "tests/e2e/page/"
TESTS_LOCK = 7_134_205  # one session of tests at a time has it

# Nor do examples fail by how long one takes, or by how long it took to think of them.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

close_forgotten_sockets()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return WholeFiles(config, log)


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Say which tests one worker takes, in their order, where there are several (`-n 3`): those of the running system,
    which would be in each other's way, but for the page, which only looks at people of its own; and those of one file
    elsewhere, which may share what they started.

    (xdist's own `--dist loadgroup` renames tests in a way that pytest 9.2 does not see: its groups are none.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file, *_ = nodeid.split("::")
        if file.startswith("tests/unit/"):
            return nodeid
        return "the running system" if file.startswith("tests/e2e/") and not file.startswith(PAGE) else file


def pytest_sessionstart(session: pytest.Session) -> None:
    """Take the running system, if there is one, for this session alone; once, before there are several workers."""
    if "PERSON_URL" in os.environ and not hasattr(session.config, "workerinput"):
        database = psycopg2.connect(os.environ["DATABASE_URL"])
        database.autocommit = True
        session.config.add_cleanup(database.close)
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [TESTS_LOCK])
            if cursor.fetchone() != (True,):
                pytest.exit("other tests are on this system: they would be in each other's way", 1)
        # The persons of the README's examples, 1 and 2, so that no other test's way is theirs.
        for name in ("Ada", "Grace"):
            person = {"first_name": name, "last_name": "Readme", "company_name": "Examples"}
            url = f"{os.environ['PERSON_URL']}/api/persons"
            requests.post(url, json=person, timeout=PATIENCE_S).raise_for_status()


class PollUntil(Protocol):
    def __call__(
        self, condition: Callable[[], Result | None], timeout_s: float = PATIENCE_S, interval_s: float = 0.1
    ) -> Result: ...


@pytest.fixture(scope="session")
def poll_until() -> PollUntil:
    return patience.poll_until


class Addresses(Mapping[str, str]):
    """The variables of run.env as they stand in the environment; asking for one that is missing fails the test."""

    def __getitem__(self, name: str) -> str:
        if name not in os.environ:
            pytest.fail(f"{name} is not set. Run `make test`, or for a system that is up: set -a; . var/run.env")
        return os.environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)


@pytest.fixture(scope="session")
def addresses() -> Mapping[str, str]:
    return Addresses()
