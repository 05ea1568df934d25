"""Pods that only try whom they can reach."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.cluster import kubectl
from tests.patience import PATIENCE_S

# Tells to which of HOST/PORT… a connection is made, all at once. A refusal is said at once as well.
TRY = """
for target in "$@"; do
    { : <"/dev/tcp/$target" && echo "$target"; } 2>/dev/null &
done
wait
"""
SILENT_AFTER_S = 30
Target = tuple[str, int]


class Pod(NamedTuple):
    name: str
    namespace: str = kubectl.NAMESPACE

    def reaches(self, addresses: Iterable[str]) -> set[str]:
        """Those of the HOST/PORT to which it can connect."""
        command = ["timeout", str(SILENT_AFTER_S), "bash", "-c", TRY, "bash", *addresses]
        tried = kubectl.run("--namespace", self.namespace, "exec", self.name, "--", *command, check=False)
        assert tried.returncode in (0, 124), tried.stderr
        return set(tried.stdout.split())


class Network(NamedTuple):
    """Who tries, and HOST/PORT of what is tried."""

    sources: Mapping[str, Pod]
    targets: Mapping[Target, str]

    def everything(self) -> set[tuple[str, str, int]]:
        return {(source, *target) for source in self.sources for target in self.targets}

    def reached(self) -> set[tuple[str, str, int]]:
        """(from, to, port) for each connection that can be made now."""
        names = {address: target for target, address in self.targets.items()}
        return {(source, *names[found]) for source, pod in self.sources.items() for found in pod.reaches(names)}


@contextmanager
def started(labels: Mapping[Pod, Mapping[str, str]], image: str) -> Iterator[None]:
    """Pods with these labels, for the length of the `with` block."""
    try:
        for pod, own in labels.items():
            given = json.dumps(manifest(pod, own, image))
            kubectl.run("--namespace", pod.namespace, "create", "--filename=-", given=given)
        for pod in labels:
            run = ["wait", "--for=jsonpath={.status.phase}=Running", f"pod/{pod.name}", f"--timeout={PATIENCE_S:.0f}s"]
            kubectl.run("--namespace", pod.namespace, *run)
        yield
    finally:
        for pod in labels:
            kubectl.run("--namespace", pod.namespace, "delete", "pod", pod.name, "--wait=false")


def manifest(pod: Pod, labels: Mapping[str, str], image: str) -> dict[str, Any]:
    """As the namespace demands it. It never gets ready, so that no Service sends it what is meant for another."""
    container = {
        "name": "probe",
        "image": image,
        "command": ["sleep", "infinity"],
        "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod.name, "namespace": pod.namespace, "labels": dict(labels)},
        "spec": {
            "containers": [container],
            "readinessGates": [{"conditionType": "udaconnect.test/never"}],
            "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
        },
    }
