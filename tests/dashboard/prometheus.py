"""A Prometheus of our own, that reads a running system."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import yaml

from deployment.native.folders import REPOSITORY
from deployment.native.ports import free_port
from tests.patience import PATIENCE_S, poll_until

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
# What is shown of a cluster's kubelets and docker compose's node_exporter: where services run as processes, neither is.
ELSEWHERE = {"Room left on disks"}


class Prometheus:
    def __init__(self, url: str) -> None:
        self._url = url

    def now(self, expression: str) -> list[Any]:
        return self._ask("query", query=expression)

    def over(self, expression: str, begin: float, end: float, step_s: float) -> list[Any]:
        """Series with `metric` and `values`: pairs of an instant and a number as text."""
        return self._ask("query_range", query=expression, start=begin, end=end, step=step_s)

    def _ask(self, what: str, **parameters: str | float) -> list[Any]:
        answer = requests.get(f"{self._url}/api/v1/{what}", params=parameters, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["data"]["result"]
        return found

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self._url}/-/ready", timeout=PATIENCE_S).ok
        except requests.ConnectionError:
            return False


@contextmanager
def prometheus(addresses: Mapping[str, str], folder: Path, every_s: int) -> Iterator[Prometheus]:
    """One that looks so often, with our alerts; gone at the end of the block. Raises LookupError, AssertionError."""
    (folder / "alerts.yml").write_text(
        yaml.safe_dump(yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())["spec"])
    )
    scraped = [
        {"job_name": job, "static_configs": [{"targets": [urlsplit(addresses[name]).netloc]}]}
        for job, name in JOBS.items()
    ]
    settings = {
        "global": {"scrape_interval": f"{every_s}s", "evaluation_interval": f"{every_s}s"},
        "rule_files": ["alerts.yml"],
        "scrape_configs": scraped,
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    port = free_port()
    command = [
        program(),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    running = Prometheus(f"http://127.0.0.1:{port}")

    def is_up() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        return running.is_ready()

    try:
        poll_until(is_up)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def program() -> str:
    fetched = REPOSITORY / "var" / "programs" / "prometheus" / "prometheus"
    found = shutil.which("prometheus") or (str(fetched) if fetched.exists() else None)
    if found is None:
        raise LookupError("Prometheus is missing: `make var/programs/prometheus/.made` fetches it")
    return found
