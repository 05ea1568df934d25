"""The running compose system, seen from the machine it runs on."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from deployment.native.folders import REPOSITORY

# These tests need the system that `make test-containers` brings up; `make test` has another one.
collect_ignore_glob = [] if "COMPOSE_PROJECT" in os.environ else ["test_*.py"]


class Compose:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.docker = environment["DOCKER"]
        self.command = environment["COMPOSE"].split()
        self.project = environment["COMPOSE_PROJECT"]

    def run(self, *arguments: str) -> None:
        subprocess.run([*self.command, *arguments], check=True, capture_output=True, cwd=REPOSITORY)

    def inspect(self) -> dict[str, Any]:
        """Service → what the engine says of its container, those that have ended included."""
        filters = ["--filter", f"label=com.docker.compose.project={self.project}"]
        names = self._docker("ps", "--all", "--quiet", *filters).split()
        said = json.loads(self._docker("inspect", *names))
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in said}

    def image_bytes(self, image: str) -> int:
        return int(self._docker("image", "inspect", "--format", "{{.Size}}", image))

    def once(self, service: str, command: str, **environment: str) -> str:
        """What a shell command prints in a new container of the service's image, with this environment only."""
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        image = self.inspect()[service]["Config"]["Image"]
        return self._docker("run", "--rm", *variables, image, "sh", "-c", command)

    def health(self, service: str) -> str:
        return str(self.inspect()[service]["State"]["Health"]["Status"])

    def _docker(self, *arguments: str) -> str:
        result = subprocess.run([self.docker, *arguments], check=True, capture_output=True, text=True)
        return result.stdout


@pytest.fixture(scope="session")
def compose() -> Compose:
    return Compose(os.environ)
