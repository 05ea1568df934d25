"""`make test-containers`: builds the images, brings the compose file's system up from nothing, tests it, removes it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from deployment.native.addresses import ROLES, addresses, write_env
from deployment.native.folders import REPOSITORY
from deployment.native.ports import choose_ports, free_port, spare_block
from deployment.native.run import exit_on_signals
from tests.containers.engine import Engine, NoEngineError, engine
from tests.containers.images import provide

TAG = "test"
PUBLISHED = {
    "FRONTEND_PORT": "frontend",
    "PERSON_PORT": "person_rest",
    "CONNECTION_PORT": "connection_rest",
    "LOCATION_GRPC_PORT": "location_grpc",
    "PHONE_PORT": "phone_http",
    "STREAM_PORT": "stream_http",
    "PERSON_GRPC_PORT": "person_grpc",
    "KAFKA_PORT": "kafka",
    "POSTGRES_PORT": "postgresql",
}


def main(pytest_arguments: list[str]) -> int:
    exit_on_signals()
    try:
        with engine() as running:
            absent = provide(running, TAG)
            eyes = [service for service, image in profiled("observability").items() if image not in absent]
            if absent:
                print(f"NOT RUN, as there is neither a registry nor a package: {', '.join(sorted(absent))}", flush=True)
            with tempfile.TemporaryDirectory() as folder, system(running, Path(folder), eyes) as environment:
                # One after the other: those of the containers stop what the others may still hold connections to.
                sessions = [pytest_arguments] if pytest_arguments else [["tests/e2e"], ["tests/containers"]]
                return max(run_pytest(arguments, environment) for arguments in sessions)
    except NoEngineError as error:
        # For root everything was installed, and CI must test them: only who may not start an engine is let off.
        must = os.geteuid() == 0 or os.environ.get("CI") == "true"
        print(f"{'FAILED' if must else 'SKIPPED'}: the containers were not tested, because {error}.")
        return int(must)


def run_pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, check=False, cwd=REPOSITORY, env=environment).returncode


@contextmanager
def system(running: Engine, folder: Path, eyes: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """The compose file's system, on free ports and with volumes of its own; gives the environment for the tests.

    `eyes` are those services of the profile `observability` that can be run.
    """
    os.environ["UDACONNECT_PORT"] = str(spare_block())
    ports = choose_ports()
    passwords = {role: f"test-{role}" for role in ROLES}
    prometheus_port, grafana_port = free_port(), free_port()
    env_file = folder / "test.env"
    write_env(
        env_file,
        {
            "TAG": TAG,
            "PROMETHEUS_PORT": str(prometheus_port),
            "GRAFANA_PORT": str(grafana_port),
            **{variable: str(ports[name]) for variable, name in PUBLISHED.items()},
            "PHONE_GATEWAY_URL": f"http://127.0.0.1:{ports['phone_http']}",
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
        "LOGS_COMMAND": " ".join([*compose, "logs", "--no-color"]),
        "TAG": TAG,
        "EYES": " ".join(eyes),
        "PROMETHEUS_URL": f"http://127.0.0.1:{prometheus_port}",
    }
    try:
        print("Bringing the system up.", flush=True)
        subprocess.run([*compose, "up", "-d", "--no-build"], check=True, cwd=REPOSITORY)
        if eyes:
            subprocess.run([*compose, "up", "-d", "--no-build", "--no-deps", *eyes], check=True, cwd=REPOSITORY)
        yield environment
    finally:
        subprocess.run(
            [*compose, "--profile", "observability", "down", "--volumes", "--timeout", "30"],
            check=False,
            cwd=REPOSITORY,
        )


def profiled(profile: str) -> dict[str, str]:
    """Service → image, of those that docker compose runs only with this profile."""
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    return {name: said["image"] for name, said in services.items() if profile in said.get("profiles", [])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
