"""A Prometheus that reads the running system: every service is reached, every panel shows something, nothing fires."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from deployment.native.folders import REPOSITORY
from deployment.native.ports import free_port
from tests.e2e.live.listening import listening
from tests.e2e.live.reporting import reporting
from tests.e2e.phones.apps import every_kind_of_fix, pair
from tests.patience import PATIENCE_S

OBSERVABILITY = REPOSITORY / "deployment" / "components" / "observability"

JOBS = {
    "phone-gateway": "PHONE_HEALTH_URL",
    "location-producer": "LOCATION_PRODUCER_URL",
    "location-consumer": "LOCATION_CONSUMER_URL",
    "meeting-finder": "MEETING_FINDER_URL",
    "encounter-stream": "STREAM_HEALTH_URL",
    "person-service": "PERSON_URL",
    "connection-service": "CONNECTION_URL",
}
# Of a cluster's kubelets and docker compose's node_exporter; neither is here.
ELSEWHERE = {"Room left on disks"}

Query = Callable[[str], list[Any]]


@pytest.fixture
def query(addresses: Mapping[str, str], tmp_path: Path, poll_until: Any) -> Iterator[Query]:
    """Ask a Prometheus that has just begun to read the system, with our alerts."""
    if "LOCATION_PRODUCER_URL" not in os.environ or "COMPOSE_PROJECT" in os.environ:
        pytest.skip("docker compose has a Prometheus of its own, and tests/containers looks at that one")
    fetched = REPOSITORY / "var" / "programs" / "prometheus" / "prometheus"
    program = shutil.which("prometheus") or (str(fetched) if fetched.exists() else None)
    if program is None:
        pytest.fail("Prometheus is missing: `make var/programs/prometheus/.made` fetches it")
    port = free_port()
    (tmp_path / "alerts.yml").write_text(
        yaml.safe_dump(yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())["spec"])
    )
    scraped = [
        {"job_name": job, "static_configs": [{"targets": [urlsplit(addresses[name]).netloc]}]}
        for job, name in JOBS.items()
    ]
    (tmp_path / "prometheus.yml").write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": ["alerts.yml"],
                "scrape_configs": scraped,
            }
        )
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={tmp_path / 'prometheus.yml'}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )

    def ask(expression: str) -> list[Any]:
        answer = requests.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": expression}, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["data"]["result"]
        return found

    def ready() -> bool:
        assert process.poll() is None, (tmp_path / "log").read_text()
        try:
            return requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=PATIENCE_S).ok
        except requests.ConnectionError:
            return False

    try:
        poll_until(ready)
        yield ask
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def test_prometheus_reaches_every_service_and_every_panel_shows_something(
    addresses: Mapping[str, str], system: Any, make_fix: Any, query: Query, poll_until: Any
) -> None:
    poll_until(lambda: len(query("up == 1")) == len(JOBS))
    person = system.create_person()
    phone = pair(addresses["PERSON_URL"], addresses["PHONE_URL"], person, "osmand")
    week = datetime.now(UTC) - timedelta(hours=1)
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    waiting = {
        (panel["title"], target["expr"].replace("$__rate_interval", "30s"))
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
