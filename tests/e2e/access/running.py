"""Services of a test's own, on the stores of the running system: with tokens, with TLS, or wrongly set up."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient

from service_kit.telemetry.probe import is_ready
from tests.patience import PATIENCE_S

Settings = Mapping[str, str]


class Service:
    """A process `python -m NAME`; `ready` is the address of its readiness over HTTP."""

    def __init__(self, name: str, settings: Settings, ready: str, log: Path) -> None:
        self.name, self.ready, self.log = name, f"http://{ready}/readyz", log
        environment = {**os.environ, "LOG_FORMAT": "json", "WEB_CONCURRENCY": "1", **settings}
        with log.open("ab") as output:
            self.process = subprocess.Popen([sys.executable, "-m", name], env=environment, stdout=output, stderr=output)

    def serves(self) -> bool:
        assert self.process.poll() is None, f"{self.name} ended: {self.log.read_text()}"
        return is_ready(self.ready)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


class Starter:
    def __init__(self, addresses: Settings, folder: Path, topic: str) -> None:
        self._addresses = addresses
        self._topic = topic
        self._folder = folder
        self.started: list[Service] = []

    def _start(self, name: str, settings: Settings, ready: str) -> Service:
        service = Service(name, settings, ready, self._folder / f"{name}.log")
        self.started.append(service)
        return service

    def location_producer(self, grpc: str, metrics: str, **settings: str) -> Service:
        needed = {
            "KAFKA_BOOTSTRAP_SERVERS": self._addresses["KAFKA_BOOTSTRAP_SERVERS"],
            "LOCATION_TOPIC": self._topic,
            "GRPC_BIND": grpc,
            "METRICS_BIND": metrics,
        }
        return self._start("location_producer", {**needed, **settings}, metrics)

    def person_service(self, rest: str, grpc: str, **settings: str) -> Service:
        needed = {
            "DATABASE_URL": self._addresses["PERSON_SERVICE_DATABASE_URL"],
            "REST_BIND": rest,
            "GRPC_BIND": grpc,
        }
        return self._start("person_service", {**needed, **settings}, rest)

    def connection_service(self, rest: str, person_service: str, **settings: str) -> Service:
        needed = {
            "DATABASE_URL": self._addresses["CONNECTION_SERVICE_DATABASE_URL"],
            "REST_BIND": rest,
            "PERSON_SERVICE_TARGET": person_service,
        }
        return self._start("connection_service", {**needed, **settings}, rest)

    def phone_gateway(
        self, http: str, metrics: str, location_producer: str, person_service: str, **settings: str
    ) -> Service:
        needed = {
            "HTTP_BIND": http,
            "METRICS_BIND": metrics,
            "LOCATION_PRODUCER_TARGET": location_producer,
            "PERSON_SERVICE_TARGET": person_service,
        }
        return self._start("phone_gateway", {**needed, **settings}, metrics)

    def encounter_stream(self, http: str, metrics: str, person_service: str, **settings: str) -> Service:
        needed = {
            "KAFKA_BOOTSTRAP_SERVERS": self._addresses["KAFKA_BOOTSTRAP_SERVERS"],
            "HTTP_BIND": http,
            "METRICS_BIND": metrics,
            "PERSON_SERVICE_TARGET": person_service,
        }
        return self._start("encounter_stream", {**needed, **settings}, metrics)


@contextmanager
def starter(addresses: Settings, folder: Path) -> Iterator[Starter]:
    topic = f"test-{secrets.token_hex(6)}"  # its locations are of people who do not exist
    with KafkaAdminClient(bootstrap_servers=addresses["KAFKA_BOOTSTRAP_SERVERS"]) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
        starting = Starter(addresses, folder, topic)
        try:
            yield starting
        finally:
            for service in starting.started:
                service.process.terminate()
            for service in starting.started:
                service.stop()
            admin.delete_topics([topic])
