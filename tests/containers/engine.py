"""A container engine: the one that runs, or one started for the tests where that is possible."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployment.native.folders import REPOSITORY

START_TIMEOUT_S = 600  # if it ends it is not waited for


class NoEngineError(Exception):
    """No container engine runs here, and none can be started; the text says why."""


@dataclass(frozen=True)
class Engine:
    docker: str
    compose: Sequence[str]

    def run(self, *arguments: str, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
        """Run the client and return what it prints. Raises CalledProcessError."""
        return output([self.docker, *arguments], check=check, environment=environment)

    def has_image(self, name: str) -> bool:
        return succeeds([self.docker, "image", "inspect", name])


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine for the length of the `with` block; deployment/native/packages.sh installs it. Raises NoEngineError."""
    docker = find_client()
    if docker is None:
        raise NoEngineError("there is no Docker client that can build with BuildKit")
    compose = find_compose(docker)
    if compose is None:
        raise NoEngineError("there is no docker compose")
    if succeeds([docker, "info"]):
        yield Engine(docker, compose)
        return
    with daemon(docker):
        yield Engine(docker, compose)


@contextmanager
def daemon(docker: str) -> Iterator[None]:
    if os.geteuid() != 0 or not shutil.which("dockerd"):
        raise NoEngineError("no Docker daemon answers, and only root could start one")
    log = REPOSITORY / "var" / "log" / "dockerd.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(["dockerd"], stdout=file, stderr=file, start_new_session=True)
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not succeeds([docker, "info"]):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoEngineError(f"a Docker daemon cannot run here; see {log}")
            time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait()


def find_client() -> str | None:
    """A client that can build with BuildKit: one before 23 brings it along, a later one needs its plugin buildx."""
    for candidate in (shutil.which("docker"), "/usr/bin/docker"):
        if candidate is None or not Path(candidate).exists():
            continue
        version = output([candidate, "version", "--format", "{{.Client.Version}}"], check=False)
        brings_it_along = version.partition(".")[0].isdigit() and int(version.partition(".")[0]) < 23
        if brings_it_along or succeeds([candidate, "buildx", "version"]):
            return candidate
    return None


def find_compose(docker: str) -> Sequence[str] | None:
    for candidate in ([docker, "compose"], ["docker-compose"]):
        if shutil.which(candidate[0]) and succeeds([*candidate, "version"]):
            return candidate
    return None


def succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def output(command: Sequence[str], *, check: bool = True, environment: Mapping[str, str] | None = None) -> str:
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=REPOSITORY, env={**os.environ, **(environment or {})}
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(command)} failed:\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
    return result.stdout.strip()
