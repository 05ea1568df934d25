"""Each arrow of the architecture gets through the cluster's network, and nothing else does."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster import kubectl
from tests.cluster.boundary import ADDRESS
from tests.cluster.probes import Network, Pod, Target, started
from tests.cluster.workloads import STORES, pods
from tests.unit.deployment.arrows import ANYBODY, TO_METRICS, TO_SERVICES, TO_STORES
from tests.unit.deployment.manifests import NAME, named, of_kind, pod_labels, pod_spec, ports, workloads

pytestmark = pytest.mark.skipif(
    "CLUSTER_NODE" not in os.environ, reason="it is somebody's cluster, whose network may enforce no policies"
)

NOBODY = "nobody"  # a pod of the namespace that is none of ours
PROMETHEUS = "prometheus"
ELSEWHERE = "monitoring"
DNS, API_SERVER = ("dns", 53), ("kube-apiserver", 6443)


@pytest.fixture(scope="module")
def manifests(addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    rendered = kubectl.run("kustomize", Path(addresses["CLUSTER_CHECKOUT"]) / "deployment").stdout
    return [*yaml.load_all(rendered, Loader=yaml.CSafeLoader)]


@pytest.fixture(scope="module")
def network(manifests: list[dict[str, Any]]) -> Iterator[Network]:
    targets = every_port(manifests)
    labels = {
        Pod(f"probe-{own[NAME]}"): own
        for own in map(pod_labels, workloads(manifests))
        # A second pod would be taken for Kafka before it is ready: the stores try themselves.
        if own[NAME] not in STORES
    }
    labels |= {Pod(f"probe-{NOBODY}"): {}}
    labels |= {Pod(f"probe-{ANYBODY}", ELSEWHERE): {}, Pod(f"probe-{PROMETHEUS}", ELSEWHERE): {NAME: PROMETHEUS}}
    kubectl.run("create", "namespace", ELSEWHERE)
    with started(labels, pod_spec(named(manifests, "CronJob", "retention"))["containers"][0]["image"]):
        probes = {pod.name.removeprefix("probe-"): pod for pod in labels}
        yield Network(probes | {name: Pod(f"{name}-0") for name in STORES}, targets)
    kubectl.run("delete", "namespace", ELSEWHERE)


def every_port(manifests: list[dict[str, Any]]) -> dict[Target, str]:
    """Of one pod of each workload that listens, and of what is not ours."""
    [dns] = kubectl.items("--namespace", "kube-system", "pods", "--selector=app=dns")
    found = {DNS: f"{dns['status']['podIP']}/53", API_SERVER: f"{ADDRESS}/6443"}
    for workload in workloads(manifests):
        name = pod_labels(workload)[NAME]
        for port in ports(workload).values():
            [pod] = pods(name)
            found[name, port] = f"{pod['status']['podIP']}/{port}"
    return found


@pytest.fixture
def without_policies(manifests: list[dict[str, Any]]) -> Iterator[None]:
    kubectl.run("delete", "networkpolicies", "--all")
    yield
    kubectl.run("apply", "--filename=-", given=yaml.safe_dump_all(of_kind(manifests, "NetworkPolicy")))


def check_in_the_end(poll_until: Any, network: Network, expected: set[tuple[str, str, int]]) -> None:
    """A policy holds a moment after it was said."""
    with suppress(AssertionError):
        poll_until(lambda: network.reached() == expected, interval_s=2)
    assert network.reached() == expected


@pytest.mark.usefixtures("without_policies")
def test_without_policies_everybody_reaches_everything(poll_until: Any, network: Network) -> None:
    assert len(network.everything()) > 200
    check_in_the_end(poll_until, network, network.everything())


def test_each_arrow_gets_through_and_nothing_else(poll_until: Any, network: Network) -> None:
    open_to_anybody = {(to, port) for source, to, port in TO_SERVICES if source == ANYBODY}
    arrows = TO_SERVICES | TO_STORES | {(PROMETHEUS, *target) for target in open_to_anybody | TO_METRICS}
    arrows |= {(source, *DNS) for source in network.sources}
    arrows |= {(store, *target) for store in STORES for target in network.targets if target[0] == store}  # itself
    # None of ours has any business with Kubernetes itself.
    arrows |= {(source, *API_SERVER) for source in (ANYBODY, PROMETHEUS)}
    check_in_the_end(poll_until, network, arrows)
