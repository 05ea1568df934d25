"""What runs in the namespace, and how it is doing."""

from typing import Any

from tests.cluster import kubectl
from tests.patience import PATIENCE_S

NAME = "app.kubernetes.io/name"
DEPLOYMENTS = (
    "phone-gateway",
    "location-producer",
    "location-consumer",
    "meeting-finder",
    "person-service",
    "connection-service",
    "encounter-stream",
    "frontend",
)
STORES = ("kafka", "postgis")


def pods(workload: str) -> list[dict[str, Any]]:
    """Those that are not on their way out."""
    found = kubectl.items("pods", f"--selector={NAME}={workload}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def kind(workload: str) -> str:
    return "statefulset" if workload in STORES else "deployment"


def is_steady(workload: str) -> bool:
    """Whether it has as many pods as it should, and all of them are ready."""
    said = kubectl.get(kind(workload), workload)
    wanted, status = said["spec"]["replicas"], said["status"]
    return bool(status.get("readyReplicas") == wanted == status.get("replicas")) and len(pods(workload)) == wanted


def wait_for_rollouts() -> None:
    for workload in (*STORES, *DEPLOYMENTS):
        kubectl.run("rollout", "status", f"{kind(workload)}/{workload}", f"--timeout={PATIENCE_S:.0f}s")
