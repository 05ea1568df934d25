"""Pods are replaced under load, in order and by force: no location that was acknowledged is missing after it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from tests.cluster import kubectl
from tests.cluster.workloads import DEPLOYMENTS, STORES, is_steady, pods, wait_for_rollouts
from tests.under_load import load, stored

START = datetime(2017, 1, 2, tzinfo=UTC)
ANNOTATION = "kubectl.kubernetes.io/restartedAt"


def templates() -> dict[str, Any]:
    """Deployment → what its pods are made from."""
    return {one["metadata"]["name"]: one["spec"]["template"] for one in kubectl.items("deployments")}


def is_reached(addresses: Mapping[str, str]) -> bool:
    """Whether the way to the database has been laid to the pod that is there now."""
    try:
        stored(addresses, 0)
    except psycopg2.OperationalError:
        return False
    return True


def is_restarted(template: Mapping[str, Any]) -> bool:
    return ANNOTATION in template["metadata"].get("annotations", {})


def test_no_request_fails_while_everything_is_replaced_and_while_it_is_rolled_back(
    addresses: Mapping[str, str], poll_until: Any
) -> None:
    before = templates()
    with load(addresses, START) as under:
        under.wait_until_it_flows(poll_until)
        for change in (["restart", "deployment"], ["undo", *(f"deployment/{name}" for name in DEPLOYMENTS)]):
            old = {pod["metadata"]["uid"] for name in DEPLOYMENTS for pod in pods(name)}
            kubectl.run("rollout", *change)
            wait_for_rollouts()
            poll_until(lambda old=old: not old & {pod["metadata"]["uid"] for name in DEPLOYMENTS for pod in pods(name)})
            assert all(is_restarted(template) for template in templates().values()) is (change[0] == "restart")
            under.wait_until_it_flows(poll_until)
    assert templates() == before
    assert (under.reporter.refusals, under.registrar.refusals) == ([], [])
    poll_until(lambda: stored(addresses, under.reporter.person_id) == under.reporter.acknowledged)


@pytest.mark.parametrize("workload", [*DEPLOYMENTS, *STORES])
def test_nothing_acknowledged_is_lost_when_a_pod_is_killed_under_load(
    addresses: Mapping[str, str], poll_until: Any, workload: str
) -> None:
    disks = {claim["metadata"]["name"]: claim["spec"]["volumeName"] for claim in kubectl.items("pvc")}
    start = START + timedelta(days=7 * (1 + [*DEPLOYMENTS, *STORES].index(workload)))
    with load(addresses, start) as under:
        under.wait_until_it_flows(poll_until)
        [killed] = [pod["metadata"] for pod in pods(workload)]
        kubectl.run("delete", "pod", killed["name"], "--grace-period=1")
        poll_until(lambda: is_steady(workload) and pods(workload)[0]["metadata"]["uid"] != killed["uid"])
        under.wait_until_it_flows(poll_until)
    assert set(under.registrar.refusals) <= {None, 502, 503, 504}
    poll_until(lambda: is_reached(addresses))
    under.check_nothing_is_lost(addresses, poll_until, workload.replace("-", "_"))
    assert disks == {claim["metadata"]["name"]: claim["spec"]["volumeName"] for claim in kubectl.items("pvc")}
