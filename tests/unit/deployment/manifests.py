"""Ways to look at a list of manifests."""

from collections.abc import Iterator, Mapping
from typing import Any

Manifest = dict[str, Any]

LOCAL = "deployment"
PRODUCTION = "deployment/overlays/production"
OPERATORS = f"{PRODUCTION}+strimzi+cloudnative_pg+keda+observability+tracing+traefik"
EVERY_OVERLAY = [LOCAL, PRODUCTION, OPERATORS]

SERVING = {"Deployment", "StatefulSet"}
WORKLOADS = SERVING | {"Job", "CronJob"}
NAME = "app.kubernetes.io/name"


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def workloads(manifests: list[Manifest]) -> list[Manifest]:
    return of_kind(manifests, *WORKLOADS)


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    [found] = [manifest for manifest in of_kind(manifests, kind) if manifest["metadata"]["name"] == name]
    return found


def pod_spec(workload: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = _pod_template(workload)["spec"]
    return spec


def pod_labels(workload: Manifest) -> dict[str, str]:
    labels: dict[str, str] = _pod_template(workload)["metadata"]["labels"]
    return labels


def _pod_template(workload: Manifest) -> dict[str, Any]:
    spec = workload["spec"]["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else workload["spec"]
    template: dict[str, Any] = spec["template"]
    return template


def containers(workload: Manifest) -> Iterator[dict[str, Any]]:
    """Those that prepare included."""
    yield from pod_spec(workload).get("initContainers", [])
    yield from pod_spec(workload)["containers"]


def ports(workload: Manifest) -> dict[str, int]:
    return {
        port["name"]: port["containerPort"]
        for container in pod_spec(workload)["containers"]
        for port in container.get("ports", [])
    }


def environment(container: Mapping[str, Any]) -> dict[str, str | None]:
    """Name → value, None where it comes from elsewhere."""
    return {variable["name"]: variable.get("value") for variable in container.get("env", [])}


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector of Kubernetes fits; of the expressions only `In`, the only one in use."""
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In"
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    wanted = selector.get("matchLabels", {})
    return all(labels.get(name) == value for name, value in wanted.items())
