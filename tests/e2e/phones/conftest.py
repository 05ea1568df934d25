"""Phones of people in the running system, and gateways of a test's own beside its."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deployment.native.ports import free_address
from service_kit.telemetry.probe import is_ready
from tests.e2e.phones.apps import Phone, pair
from tests.patience import PATIENCE_S

NewPhone = Callable[..., Phone]
StartGateway = Callable[..., str]


@pytest.fixture
def new_phone(system: Any, addresses: Mapping[str, str]) -> NewPhone:
    """new_phone(app, person_id=a new person's) → a phone that is connected."""

    def make(app: str, person_id: int | None = None) -> Phone:
        person = system.create_person() if person_id is None else person_id
        return pair(addresses["PERSON_URL"], addresses["PHONE_URL"], person, app)

    return make


@pytest.fixture
def start_gateway(addresses: Mapping[str, str], tmp_path: Path, poll_until: Any) -> Iterator[StartGateway]:
    """start_gateway(**settings) → the address of another gateway beside the system's; waits until it listens."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*, until_ready: bool = True, **settings: str) -> str:
        http, health = free_address(), free_address()
        environment = {
            **os.environ,
            "HTTP_BIND": http,
            "METRICS_BIND": health,
            "LOCATION_PRODUCER_TARGET": addresses["LOCATION_GRPC"],
            "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
            **settings,
        }
        log = tmp_path / f"gateway-{len(running)}.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "phone_gateway"]
            running.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
        path = "readyz" if until_ready else "livez"
        poll_until(lambda: is_ready(f"http://{health}/{path}"), timeout_s=PATIENCE_S)
        return f"http://{http}"

    yield start
    for process in running:
        process.terminate()
    for process in running:
        assert process.wait(PATIENCE_S) == 0
