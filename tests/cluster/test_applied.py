"""What `kubectl apply -k deployment` brings about, the first time and again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cluster import kubectl
from tests.cluster.workloads import DEPLOYMENTS, STORES, is_steady


def test_everything_is_there_and_ready(poll_until: Any) -> None:
    assert {one["metadata"]["name"] for one in kubectl.items("deployments")} == set(DEPLOYMENTS)
    assert {one["metadata"]["name"] for one in kubectl.items("statefulsets")} == set(STORES)
    for workload in (*STORES, *DEPLOYMENTS):
        poll_until(lambda workload=workload: is_steady(workload))


def test_the_api_server_warned_of_nothing(addresses: Mapping[str, str]) -> None:
    assert addresses["CLUSTER_WARNINGS"] == ""


def test_applying_again_changes_nothing_and_says_so(addresses: Mapping[str, str]) -> None:
    applied = kubectl.run("apply", "-k", Path(addresses["CLUSTER_CHECKOUT"]) / "deployment")
    said = dict(line.rsplit(" ", 1) for line in applied.stdout.splitlines())
    assert len(said) > 50
    # Jobs are removed when they have been through for some minutes, and then are new ones.
    changed = {name for name, what in said.items() if what != "unchanged" and not name.startswith("job.batch/")}
    assert changed == set()
    assert applied.stderr == ""
    different = kubectl.run("diff", "-k", Path(addresses["CLUSTER_CHECKOUT"]) / "deployment", check=False)
    assert (different.returncode, different.stdout) == (0, "")


def test_a_night_that_came_before_the_first_migration_was_waited_through(poll_until: Any) -> None:
    status = poll_until(lambda: (said := kubectl.get("job", "first-night")["status"]).get("completionTime") and said)
    assert status["succeeded"] == 1
    assert "failed" not in status
