"""The services as processes of a run: their metrics, their memory, and how far they are."""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.stores import Stores
from deployment.native.folders import REPOSITORY
from deployment.native.lock import marked_environment
from deployment.native.postgresql import tail
from deployment.native.schema import Database
from deployment.native.services import services

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 60.0
LOOK_EVERY_S = 0.1
GIVE_UP_AFTER_S = 60.0  # without any progress

ENDED_AS = ("stored_total", "duplicates_total", "dead_letters_total")


@dataclass(frozen=True)
class Running:
    name: str
    process: subprocess.Popen[bytes]
    metrics_url: str

    def metrics(self) -> dict[str, float]:
        """Sample → value; the labels stand in the name of the sample as they do in the answer."""
        lines = requests.get(self.metrics_url, timeout=30).text.splitlines()
        samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def counted(self, name: str) -> int:
        """The sum of a counter of this service over its labels."""
        full = f"{self.name}_{name}"
        return round(sum(value for sample, value in self.metrics().items() if sample.partition("{")[0] == full))

    def peak_memory_mb(self) -> float:
        """Of the process, since it started."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        raise LookupError("VmHWM")

    def cpu_s(self) -> float:
        return self.metrics()["process_cpu_seconds_total"]


@contextmanager
def service(stores: Stores, name: str, database: Database, **settings: str) -> Iterator[Running]:
    """Run a service on a database until the end of the block; `settings` are environment variables."""
    of_run = stores.addresses | {
        "PERSON_SERVICE_DATABASE_URL": database.person_service,
        "LOCATION_CONSUMER_DATABASE_URL": database.location_consumer,
        "MEETING_FINDER_DATABASE_URL": database.meeting_finder,
        "CONNECTION_SERVICE_DATABASE_URL": database.connection_service,
        "PHONE_GATEWAY_URL": stores.addresses["PHONE_HEALTH_URL"],
    }
    if "HEALTH_BIND" in settings:
        of_run["LOCATION_CONSUMER_URL"] = f"http://{settings['HEALTH_BIND']}"
    [chosen] = [candidate for candidate in services(of_run) if candidate.name == name]
    metrics_url = of_run.get(f"{name.upper()}_URL", "") + "/metrics"
    command = shlex.split(chosen.command.removeprefix("exec "))
    with program(stores, name, command, {**chosen.settings, "LOG_LEVEL": "WARNING", **settings}) as process:
        wait_until(chosen.is_ready, process, name, READY_WITHIN_S)
        yield Running(name, process, metrics_url)


@contextmanager
def program(
    stores: Stores, name: str, command: Sequence[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block. An exception in the block is given the end of the program's log."""
    log_path = stores.folder.logs / f"{name}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd=REPOSITORY,
            env={**os.environ, **marked_environment(stores.folder), **environment},
        )
    try:
        yield process
    except Exception as error:
        error.add_note(f"The end of the log of {name}, which has ended with {process.poll()}:\n{tail(log_path)}")
        raise
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], name: str, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(f"{name} is not ready after {within_s:.0f} s")
        time.sleep(LOOK_EVERY_S)


@dataclass(frozen=True)
class Progress:
    """How many locations had come to their end at which time (of time.monotonic)."""

    samples: list[tuple[float, int]]

    @property
    def ended_at(self) -> float:
        return self.samples[-1][0]

    def steady(self) -> tuple[int, float]:
        """Locations and seconds between the first sign of progress and the end: leaves the start of a process out."""
        first_at, first = next((at, count) for at, count in self.samples if count)
        return self.samples[-1][1] - first, self.ended_at - first_at


def watch(count: Callable[[], int], expected: int, look_every_s: float = LOOK_EVERY_S) -> Progress:
    """Look until `expected` locations have come to their end. Raises TimeoutError where nothing moves for long."""
    samples = [(time.monotonic(), count())]
    moved_at = samples[0][0]
    while samples[-1][1] < expected:
        time.sleep(look_every_s)
        now, ended = time.monotonic(), count()
        if ended > samples[-1][1]:
            moved_at = now
        elif now - moved_at > GIVE_UP_AFTER_S:
            raise TimeoutError(f"{ended:,} of {expected:,} locations, and no more for {GIVE_UP_AFTER_S:.0f} s")
        samples.append((now, ended))
    return Progress(samples)


def ended(consumers: Sequence[Running], ends: Collection[str] = ENDED_AS) -> int:
    """The number of locations that the consumers have stored, recognised or given up, or some of these ends."""
    return sum(
        round(value)
        for consumer in consumers
        for sample, value in consumer.metrics().items()
        if sample.partition("{")[0].removeprefix("location_consumer_") in ends
    )
