"""A node is emptied: the budgets hold, and nobody notices."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import kubectl
from tests.cluster.workloads import DEPLOYMENTS, NAME, pods, wait_for_rollouts
from tests.under_load import load, stored

START = datetime(2018, 1, 1, tzinfo=UTC)
ANSWERING = ("phone-gateway", "location-producer", "person-service", "connection-service", "frontend")


@pytest.fixture
def node() -> Iterator[str]:
    if "CLUSTER_NODE" not in os.environ:
        pytest.skip("it is somebody's cluster, whose nodes are not ours to empty")
    yield os.environ["CLUSTER_NODE"]
    kubectl.run("uncordon", os.environ["CLUSTER_NODE"])


@pytest.fixture
def several(addresses: Mapping[str, str]) -> Iterator[None]:
    """Two pods of each that answers, and the budgets of production."""
    budgets = Path(addresses["CLUSTER_CHECKOUT"]) / "deployment" / "overlays" / "production" / "disruption_budgets.yaml"
    kubectl.run("apply", "--filename", budgets)
    kubectl.run("scale", "--replicas=2", *(f"deployment/{name}" for name in ANSWERING))
    wait_for_rollouts()
    yield
    kubectl.run("delete", "--filename", budgets)
    kubectl.run("scale", "--replicas=1", *(f"deployment/{name}" for name in DEPLOYMENTS))
    wait_for_rollouts()


@pytest.mark.usefixtures("several")
def test_a_drain_leaves_one_of_each_and_no_request_fails(
    addresses: Mapping[str, str], poll_until: Any, node: str
) -> None:
    with load(addresses, START) as under:
        under.wait_until_it_flows(poll_until)
        # There is no second node: what was evicted waits, so that a second one of it may never go.
        emptied = kubectl.run(
            "drain",
            node,
            f"--pod-selector={NAME} in ({','.join(ANSWERING)})",
            "--delete-emptydir-data",
            "--timeout=60s",
            check=False,
        )
        left = {name: [pod["status"]["phase"] for pod in pods(name)] for name in ANSWERING}
        under.wait_until_it_flows(poll_until)
    assert emptied.returncode != 0
    assert "would violate the pod's disruption budget" in emptied.stderr
    for name in ANSWERING:
        assert sorted(left[name]) == ["Pending", "Running"]
    assert (under.reporter.refusals, under.registrar.refusals) == ([], [])
    poll_until(lambda: stored(addresses, under.reporter.person_id) == under.reporter.acknowledged)
