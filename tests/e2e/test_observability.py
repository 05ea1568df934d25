"""A Prometheus that reads the running system: every service is reached, every panel shows something, nothing fires."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.prometheus import ELSEWHERE, JOBS, OBSERVABILITY, prometheus
from tests.e2e.live.listening import listening
from tests.e2e.live.reporting import reporting
from tests.e2e.phones.apps import every_kind_of_fix, pair

Query = Callable[[str], list[Any]]


@pytest.fixture
def query(addresses: Mapping[str, str], tmp_path: Path) -> Iterator[Query]:
    """Ask a Prometheus that has just begun to read the system, with our alerts."""
    if "LOCATION_PRODUCER_URL" not in os.environ or "COMPOSE_PROJECT" in os.environ:
        pytest.skip("docker compose has a Prometheus of its own, and tests/containers looks at that one")
    with prometheus(addresses, tmp_path, every_s=5) as running:  # which is also what it waits for a service
        yield running.now


def test_prometheus_reaches_every_service_and_every_panel_shows_something(
    addresses: Mapping[str, str], system: Any, make_fix: Any, query: Query, poll_until: Any
) -> None:
    poll_until(lambda: len(query("up == 1")) == len(JOBS))
    person = system.create_person()
    phone = pair(addresses["PERSON_URL"], addresses["PHONE_URL"], person, "osmand")
    week = datetime.now(UTC) - timedelta(hours=1)
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    waiting = {
        (panel["title"], target["expr"].replace("$__rate_interval", "10m"))  # a slow machine's round takes minutes
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
        if panel["title"] not in ELSEWHERE
    }
    sent = 0
    # Of a window that is settled already, and that nothing else comes for: it is settled again.
    system.send([make_fix(person, week - timedelta(days=1), 1.0, 1.0)])

    def everything_is_seen() -> bool:
        nonlocal sent
        sent += 1
        system.send([make_fix(person, week + timedelta(seconds=sent), 1.0, 1.0), make_fix(person, week, 91.0, 1.0)])
        phone.send(*every_kind_of_fix())
        system.get(f"/api/persons/{person}/connection", start_date=f"{week:%Y-%m-%d}", end_date=f"{week:%Y-%m-%d}")
        seen = {one for one in waiting if any(sample["value"][1] != "NaN" for sample in query(one[1]))}
        waiting.difference_update(seen)
        return not waiting

    ada, grace = system.create_person(), system.create_person("Grace", "Hopper", "Navy")
    with listening(addresses["STREAM_URL"], ada), reporting(system, ada, grace):
        poll_until(everything_is_seen, interval_s=1)
    firing = query('ALERTS{alertstate="firing", severity="critical"}')
    assert not firing
