"""Producer and consumer of a test's own, with tokens, on the real stores; and a client that floods them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import grpc
import psycopg2
import pytest
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from deployment.native.folders import REPOSITORY
from deployment.native.ports import free_address
from deployment.native.schema import Database
from service_kit.telemetry.probe import is_ready
from tests.integration.fairness.flood import PEOPLE
from tests.issuer import AUDIENCE, ISSUER, Issuer
from tests.patience import PATIENCE_S

MODEST = PEOPLE + 1  # the person of whoever is not to be harmed
ADD_PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'Ada', 'Byron', 'Looms' FROM generate_series(1, %s) AS id
"""


class Flooding:
    """What the flood was answered so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.answers: dict[str, int] = {}
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.answers = json.loads(line)

    @property
    def calls(self) -> int:
        assert self._process.poll() is None, "the flood has ended"
        return sum(self.answers.values())


@dataclass
class Way:
    """From the producer to the table."""

    target: str
    metrics: str
    consumer_metrics: str
    issuer: Issuer
    database: Database

    def token(self, caller: str) -> str:
        return self.issuer.token("locations:write", sub=caller, expires_in_s=3600)

    @contextmanager
    def stub(self, caller: str) -> Iterator[tuple[LocationServiceStub, Any]]:
        """And the metadata of its calls."""
        with grpc.insecure_channel(self.target) as channel:
            yield LocationServiceStub(channel), (("authorization", f"Bearer {self.token(caller)}"),)

    @contextmanager
    def flooded(self, kind: str) -> Iterator[Flooding]:
        command = [sys.executable, "-m", "tests.integration.fairness.flood", kind, self.target, self.token("greedy")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
            try:
                yield Flooding(process)
            finally:
                process.kill()


@pytest.fixture
def way(  # noqa: PLR0913, PLR0917  it is what a way goes through
    request: pytest.FixtureRequest,
    kafka_bootstrap_servers: str,
    database: Database,
    make_topic: Callable[..., str],
    tmp_path: Path,
    poll_until: Any,
) -> Iterator[Way]:
    """Its parameter, if there is one: settings of its own."""
    with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
        cursor.execute(ADD_PEOPLE, [MODEST])
    session.close()
    issuer = Issuer()
    target, metrics, consumer_metrics = (free_address() for _ in range(3))
    topic = make_topic(6)
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers,
        "LOCATION_TOPIC": topic,
        "DEAD_LETTER_TOPIC": make_topic(),
        "CONSUMER_GROUP": topic,  # of its own: Kafka waits ten seconds for the killed consumer of another test
        "DATABASE_URL": database.location_consumer,
        "HEALTH_BIND": consumer_metrics,
        "GRPC_BIND": target,
        "METRICS_BIND": metrics,
        "CONCURRENT_RPCS_MAX": "200",  # so few that one client soon holds all that he may
        "AUTH_JWKS": str(issuer.write_jwks(tmp_path / "jwks.json")),
        "AUTH_ISSUER": ISSUER,
        "AUTH_AUDIENCE": AUDIENCE,
        "LOG_LEVEL": "ERROR",
        **getattr(request, "param", {}),
    }
    names = ["location_producer", "location_consumer"]
    processes = [subprocess.Popen([sys.executable, "-m", name], env=os.environ | settings) for name in names]
    try:
        for address in (metrics, consumer_metrics):
            poll_until(lambda address=address: is_ready(f"http://{address}/readyz"), timeout_s=PATIENCE_S)
        yield Way(target, metrics, consumer_metrics, issuer, database)
    finally:
        for process in processes:
            process.kill()
            process.wait()
