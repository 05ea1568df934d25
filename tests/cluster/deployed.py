"""The system, put into the cluster that KUBECONFIG names as docs/operations.md says, with addresses for the tests."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deployment.native.addresses import ROLES, addresses, read_env
from deployment.native.folders import REPOSITORY
from deployment.native.ports import OFFSETS, choose_ports
from tests.cluster import kubectl
from tests.cluster.forwards import forwarded

# What the node answers at by itself; the rest is forwarded, under the same numbers.
NODE_PORTS = ("frontend", "person_rest", "connection_rest", "location_grpc", "phone_http", "stream_http")
FORWARDED = {
    "person_grpc": "deployment/person-service",
    "consumer_health": "deployment/location-consumer",
    "producer_metrics": "deployment/location-producer",
    "finder_health": "deployment/meeting-finder",
    "phone_health": "deployment/phone-gateway",
    "stream_health": "deployment/encounter-stream",
    "kafka": "pod/kafka-0",
    "postgresql": "pod/postgis-0",
}
UP_WITHIN_S = 600
EVERY_LOG = (
    "--selector=app.kubernetes.io/part-of=udaconnect",
    "--all-containers",
    "--max-log-requests=100",
    "--tail=-1",
)


def test_deployment(pytest_arguments: list[str]) -> int:
    """Deploy, test, remove; the exit status of the tests."""
    sessions = [pytest_arguments] if pytest_arguments else [["tests/e2e"], ["tests/cluster"]]
    with tempfile.TemporaryDirectory() as folder, deployed(Path(folder)) as environment:
        commands = [[sys.executable, "-m", "pytest", *arguments] for arguments in sessions]
        return max(subprocess.run(one, check=False, cwd=REPOSITORY, env=environment).returncode for one in commands)


@contextmanager
def deployed(folder: Path) -> Iterator[Mapping[str, str]]:
    if kubectl.run("get", "namespace", kubectl.NAMESPACE, check=False).returncode == 0:
        raise SystemExit(
            f"The cluster has a namespace {kubectl.NAMESPACE} already; these tests make one, and remove it."
        )
    checkout(folder)
    print("Deploying.", flush=True)
    try:
        applied = kubectl.run("apply", "-k", folder / "deployment")
        # As in a cluster that is set up in the middle of the night.
        kubectl.run("create", "job", "first-night", "--from=cronjob/retention")
        kubectl.run("wait", "--for=condition=Available", "deployment", "--all", f"--timeout={UP_WITHIN_S}s")
        passwords = read_env(folder / ".env")
        chosen = ports()
        let_go = folder / "let_go"
        let_go.mkdir()
        with forwarded({name: chosen[port] for port, name in FORWARDED.items()}, in_pod(), let_go):
            yield {
                **os.environ,
                **addresses(chosen, {role: passwords[f"{role.upper()}_PASSWORD"] for role in ROLES}),
                "CLUSTER_CHECKOUT": str(folder),
                "CLUSTER_WARNINGS": applied.stderr,
                "CLUSTER_LET_GO": str(let_go),
                "LOGS_COMMAND": shlex.join(kubectl.command("logs", *EVERY_LOG)),
            }
    except BaseException:
        print(kubectl.run("get", "pods,jobs", "--output=wide", check=False).stdout)
        print(kubectl.run("get", "events", "--sort-by=.lastTimestamp", check=False).stdout[-10_000:])
        raise
    finally:
        kubectl.run("delete", "namespace", kubectl.NAMESPACE, "--wait=false", check=False)


def checkout(folder: Path) -> None:
    """A copy of what is applied, with passwords of its own."""
    for name in ("deployment", "db"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    shutil.copy(REPOSITORY / ".env.example", folder)
    subprocess.run([folder / "deployment" / "secrets.sh"], check=True)


def ports() -> dict[str, int]:
    """Free ones but for the node's, and Kafka's, which tells its clients itself where it is."""
    fixed = {name: 30_000 + OFFSETS[name] for name in (*NODE_PORTS, "kafka")}
    return choose_ports() | fixed


def in_pod() -> Mapping[str, int]:
    """What is forwarded → its port in the pod."""
    listening = {"postgresql": 5432}
    return {target: listening.get(name, 30_000 + OFFSETS[name]) for name, target in FORWARDED.items()}
