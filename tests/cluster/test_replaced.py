"""Pods are replaced under load, in order and by force: no location that was acknowledged is missing after it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
import requests

from tests.cluster import kubectl
from tests.cluster.workloads import DEPLOYMENTS, STORES, is_steady, pods, wait_for_rollouts
from tests.patience import PATIENCE_S
from tests.under_load import BATCH, TRY_AGAIN, load, stored

START = datetime(2017, 1, 2, tzinfo=UTC)
ANNOTATION = "kubectl.kubernetes.io/restartedAt"


def templates() -> dict[str, Any]:
    """Deployment → what its pods are made from."""
    return {one["metadata"]["name"]: one["spec"]["template"] for one in kubectl.items("deployments")}


def count(addresses: Mapping[str, str], person_id: int) -> int:
    """How many are stored; -1 while the way to the database is being laid to another pod."""
    try:
        return stored(addresses, person_id)
    except psycopg2.OperationalError:
        return -1


def is_restarted(template: Mapping[str, Any]) -> bool:
    return ANNOTATION in template["metadata"].get("annotations", {})


def test_no_request_fails_while_everything_is_replaced_and_while_it_is_rolled_back(
    addresses: Mapping[str, str], poll_until: Any
) -> None:
    before = templates()
    with load(addresses, START) as (reporter, registrar):
        poll_until(lambda: reporter.acknowledged > 5 * BATCH and len(registrar.made) > 5)
        for change in (["restart", "deployment"], ["undo", *(f"deployment/{name}" for name in DEPLOYMENTS)]):
            old = {pod["metadata"]["uid"] for name in DEPLOYMENTS for pod in pods(name)}
            kubectl.run("rollout", *change)
            wait_for_rollouts()
            poll_until(lambda old=old: not old & {pod["metadata"]["uid"] for name in DEPLOYMENTS for pod in pods(name)})
            assert all(is_restarted(template) for template in templates().values()) is (change[0] == "restart")
            locations, people = reporter.acknowledged, len(registrar.made)
            poll_until(
                lambda more=(locations, people): (
                    reporter.acknowledged > more[0] + 5 * BATCH and len(registrar.made) > more[1] + 5
                )
            )
    assert templates() == before
    assert (reporter.refusals, registrar.refusals) == ([], [])
    poll_until(lambda: stored(addresses, reporter.person_id) == reporter.acknowledged)


@pytest.mark.parametrize("workload", [*DEPLOYMENTS, *STORES])
def test_nothing_acknowledged_is_lost_when_a_pod_is_killed_under_load(
    addresses: Mapping[str, str], poll_until: Any, workload: str
) -> None:
    disks = {claim["metadata"]["name"]: claim["spec"]["volumeName"] for claim in kubectl.items("pvc")}
    start = START + timedelta(days=7 * (1 + [*DEPLOYMENTS, *STORES].index(workload)))
    with load(addresses, start) as (reporter, registrar):
        poll_until(lambda: reporter.acknowledged > 5 * BATCH and len(registrar.made) > 5)
        [killed] = [pod["metadata"] for pod in pods(workload)]
        kubectl.run("delete", "pod", killed["name"], "--grace-period=1")
        poll_until(lambda: is_steady(workload) and pods(workload)[0]["metadata"]["uid"] != killed["uid"])
        locations, people = reporter.acknowledged, len(registrar.made)
        poll_until(lambda: reporter.acknowledged > locations + 5 * BATCH and len(registrar.made) > people + 5)
    assert set(reporter.refusals) <= TRY_AGAIN
    assert set(registrar.refusals) <= {None, 502, 503, 504}
    if workload not in ("location-producer", "kafka"):
        assert not reporter.refusals, "Kafka stands between: a phone notices nothing"
    if workload not in ("frontend", "person-service", "postgis"):
        assert not registrar.refusals, "people are no part of the way of a location"
    for person in registrar.made:
        assert requests.get(f"{addresses['PERSON_URL']}/api/persons/{person}", timeout=PATIENCE_S).ok
    # One more than acknowledged may be stored: the batch whose answer was lost on the way.
    found = poll_until(lambda: (now := count(addresses, reporter.person_id)) >= reporter.acknowledged and now)
    assert found <= reporter.acknowledged + BATCH
    assert disks == {claim["metadata"]["name"]: claim["spec"]["volumeName"] for claim in kubectl.items("pvc")}
