"""`make test-containers`: builds the images, brings the compose file's system up from nothing, tests it, removes it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deployment.native.addresses import ROLES, addresses, write_env
from deployment.native.folders import REPOSITORY
from deployment.native.ports import choose_ports, spare_block
from deployment.native.run import exit_on_signals
from tests.containers.engine import Engine, NoEngineError, engine
from tests.containers.images import provide

TAG = "test"
PUBLISHED = {
    "FRONTEND_PORT": "frontend",
    "PERSON_PORT": "person_rest",
    "CONNECTION_PORT": "connection_rest",
    "LOCATION_GRPC_PORT": "location_grpc",
    "PERSON_GRPC_PORT": "person_grpc",
    "KAFKA_PORT": "kafka",
    "POSTGRES_PORT": "postgresql",
}


def main(pytest_arguments: list[str]) -> int:
    exit_on_signals()
    try:
        with engine() as running:
            provide(running, TAG)
            with tempfile.TemporaryDirectory() as folder, system(running, Path(folder)) as environment:
                tests = ["tests/e2e", "tests/containers"]
                command = [sys.executable, "-m", "pytest", *(pytest_arguments or tests)]
                return subprocess.run(command, check=False, cwd=REPOSITORY, env=environment).returncode
    except NoEngineError as error:
        print(f"SKIPPED: the containers were not tested, because {error}.")
        return 0


@contextmanager
def system(running: Engine, folder: Path) -> Iterator[Mapping[str, str]]:
    """The compose file's system, on free ports and with volumes of its own; gives the environment for the tests."""
    os.environ["UDACONNECT_PORT"] = str(spare_block())
    ports = choose_ports()
    passwords = {role: f"test-{role}" for role in ROLES}
    env_file = folder / "test.env"
    write_env(
        env_file,
        {
            "TAG": TAG,
            **{variable: str(ports[name]) for variable, name in PUBLISHED.items()},
            **{f"{role.upper()}_PASSWORD": password for role, password in passwords.items()},
        },
    )
    # Of the same form in the old and in the new docker compose.
    project = f"udaconnect-test-{os.getpid()}"
    compose = [*running.compose, "--project-name", project, "--env-file", str(env_file)]
    environment = {
        **os.environ,
        **addresses(ports, passwords),
        "DOCKER": running.docker,
        "COMPOSE": " ".join(compose),
        "COMPOSE_PROJECT": project,
        "TAG": TAG,
    }
    try:
        print("Bringing the system up.", flush=True)
        subprocess.run([*compose, "up", "-d", "--no-build"], check=True, cwd=REPOSITORY)
        yield environment
    finally:
        subprocess.run([*compose, "down", "--volumes", "--timeout", "30"], check=False, cwd=REPOSITORY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
