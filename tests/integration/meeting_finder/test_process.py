"""Finders as processes: they share the work, and one that is killed at any moment leaves no gap and no double.

KILLS=50 kills more often; there are as many pairs as that.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from subprocess import Popen
from typing import Any

import numpy as np
import pytest
import requests

from deployment.native.ports import free_port
from proximity.fixes import Fixes
from tests.integration.meeting_finder.conftest import ASKED, System
from tests.integration.meeting_finder.live.heard import PARTITIONS, changes, exactly_once, records
from tests.integration.meeting_finder.test_settle import STANDING
from tests.integration.programs import program
from tests.patience import PATIENCE_S
from tests.unit.proximity.present.test_company import reports

Start = Callable[[], tuple[Popen[bytes], str]]

KILLS = int(os.environ.get("KILLS", "0"))
IS_TOLD = "SELECT number FROM encounter_told WHERE person_id = %s"
HOLDS_A_WINDOW = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7134205
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def topic(make_topic: Callable[..., str]) -> str:
    """The one that finders tell."""
    return make_topic(PARTITIONS)


@pytest.fixture
def start(system: System, kafka_bootstrap_servers: str, topic: str) -> Iterator[Start]:
    """start() → a finder's process, and where it tells of itself."""
    with ExitStack() as running:

        def start() -> tuple[Popen[bytes], str]:
            bind = f"127.0.0.1:{free_port()}"
            environment = {
                "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
                "ENCOUNTER_TOPIC": topic,
                "DATABASE_URL": system.database.meeting_finder,
                "HEALTH_BIND": bind,
                "CONNECTIVITY_DISTANCE_M": str(ASKED.distance_m),
                "CONNECTIVITY_MIN_PROBABILITY": str(ASKED.min_probability),
                "QUIET_S": "0",
            }
            return running.enter_context(program("meeting_finder", **environment)), f"http://{bind}"

        yield start


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=PATIENCE_S).ok
    except requests.RequestException:
        return False


def test_it_settles_what_is_there_and_tells_of_it(system: System, start: Any, poll_until: Any) -> None:
    system.store(STANDING)
    process, url = start()
    poll_until(lambda: answers(f"{url}/readyz") and system.remembered() > 0 and not system.due())
    assert answers(f"{url}/livez")
    assert "meeting_finder_settled_windows_total" in requests.get(f"{url}/metrics", timeout=PATIENCE_S).text
    system.check(STANDING)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


def test_killed_finders_leave_no_gap_and_no_double(system: System, start: Any, poll_until: Any) -> None:
    random = np.random.default_rng(1)
    order = random.permutation(STANDING.size)
    start()
    for part in np.array_split(order, KILLS or 10):
        process, _ = start()
        system.store(STANDING.at(part))
        poll_until(lambda: system.query(HOLDS_A_WINDOW) != [(0,)] or not system.due())
        process.kill()
    poll_until(lambda: not system.due())
    system.check(STANDING)
    doubles = "SELECT person_id, other_id, started_at FROM connectivity GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert system.query(doubles) == []


def test_killed_finders_tell_each_encounter_once(
    system: System, start: Start, topic: str, kafka_bootstrap_servers: str, poll_until: Any
) -> None:
    pairs = [(first, first + 1) for first in range(1, 2 * (KILLS or 4), 2)]
    start()
    for first, other in pairs:
        process, _ = start()
        system.store(together_now(first, other))
        poll_until(lambda first=first: system.query(IS_TOLD, first), interval_s=0.01)
        process.kill()
    poll_until(lambda: not system.query("SELECT number FROM encounter_event"))
    told = exactly_once(records(kafka_bootstrap_servers, topic))
    assert changes(told) == sorted(("BEGUN", *side) for pair in pairs for side in (pair, pair[::-1]))


def together_now(person_id: int, other_id: int) -> Fixes:
    """Both at one place for the last ten seconds, and by phones that are ahead of us for some more."""
    fixes = reports(np.full(60, 1.0), 1.0)
    later_us = time.time_ns() // 1000 - int(fixes.time_us[10])
    persons = np.where(fixes.person_id == 1, person_id, other_id)
    elsewhere = fixes.longitude + person_id  # each two far from all others
    return fixes._replace(person_id=persons, time_us=fixes.time_us + later_us, longitude=elsewhere)
