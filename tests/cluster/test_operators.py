"""The production overlay with every component is taken in by a real API server, to the letter."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from deployment.native.folders import REPOSITORY
from tests.cluster import kubectl
from tests.unit.deployment.components import with_components

pytestmark = pytest.mark.skipif(
    "CLUSTER_NODE" not in os.environ, reason="it is somebody's cluster, in which other definitions may be"
)
PRODUCTION = "deployment/overlays/production"
COMPONENTS = ("strimzi", "cloudnative_pg", "keda", "observability", "tracing", "traefik")
NAMESPACE = "udaconnect-production"
DEFINITIONS = REPOSITORY / "var" / "programs" / "crds"


@pytest.fixture(scope="module")
def production(addresses: Mapping[str, str]) -> Iterator[Path]:
    """A folder to apply, in a namespace beside; of the operators there are the definitions of their resources."""
    root = Path(addresses["CLUSTER_CHECKOUT"])
    folder = root / "deployment" / "overlays" / "beside"
    folder.mkdir()
    overlay = Path(with_components(root, PRODUCTION, COMPONENTS)).name
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({"namespace": NAMESPACE, "resources": [f"../{overlay}"]}))
    for file in sorted(DEFINITIONS.glob("*.yaml")):
        # Too long for the annotation in which `apply` would keep them.
        kubectl.run("create", "--filename", file)
    names = [definition["metadata"]["name"] for definition in kubectl.items("crds")]
    kubectl.run("wait", "--for=condition=Established", *(f"crd/{name}" for name in names), "--timeout=600s")
    yield folder
    kubectl.run("delete", "namespace", NAMESPACE, "--ignore-not-found")


def test_everything_is_accepted_and_applying_it_again_changes_nothing(production: Path) -> None:
    first = kubectl.run("--namespace", NAMESPACE, "apply", "-k", production)
    assert first.stderr == ""
    said = [line.rsplit(" ", 1) for line in first.stdout.splitlines()]
    assert {what for _, what in said} == {"created"}
    groups = {name.partition("/")[0].partition(".")[2] for name, _ in said}
    operators = {"kafka.strimzi.io", "postgresql.cnpg.io", "keda.sh", "monitoring.coreos.com", "traefik.io"}
    assert operators | {"autoscaling", "policy", "networking.k8s.io"} <= groups

    again = kubectl.run("--namespace", NAMESPACE, "apply", "-k", production)
    # kubectl sends the selector of a budget each time, and calls it configured, which by `diff` it is not.
    changed = {line.partition("/")[0] for line in again.stdout.splitlines() if not line.endswith(" unchanged")}
    assert changed <= {"poddisruptionbudget.policy"}
    different = kubectl.run("--namespace", NAMESPACE, "diff", "-k", production, check=False)
    assert (different.returncode, different.stdout) == (0, "")


def test_a_field_that_nobody_knows_is_refused(production: Path) -> None:
    """By which it is seen that the API server has looked."""
    topics = yaml.safe_dump(
        {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaNodePool",
            "metadata": {"name": "other", "namespace": NAMESPACE, "labels": {"strimzi.io/cluster": production.name}},
            "spec": {"replicas": 1, "roles": ["broker"], "storage": {"type": "ephemeral"}, "replicaz": 1},
        }
    )
    refused = kubectl.run("--namespace", NAMESPACE, "create", "--filename=-", check=False, given=topics)
    assert refused.returncode != 0
    assert "replicaz" in refused.stderr
