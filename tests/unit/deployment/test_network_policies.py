"""Every arrow of the architecture is allowed, and nothing else."""

from collections.abc import Mapping
from typing import Any

from tests.unit.deployment.arrows import ANYBODY, TO_KAFKA, TO_METRICS, TO_POSTGRESQL, TO_SERVICES, TO_STORES
from tests.unit.deployment.manifests import (
    LOCAL,
    NAME,
    OPERATORS,
    PRODUCTION,
    of_kind,
    pod_labels,
    ports,
    selects,
    workloads,
)

Labels = Mapping[str, str]


def allowed(manifests: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    """(from, to, port) for every two of our pods that may speak, and for anybody from outside of the namespace."""
    policies = [policy["spec"] for policy in of_kind(manifests, "NetworkPolicy")]
    pods = [(pod_labels(workload), ports(workload)) for workload in workloads(manifests)]
    arrows = set()
    for target, target_ports in pods:
        for port in target_ports.items():
            for source, _ in pods:
                if may_leave(policies, source, target, port) and may_enter(policies, target, source, port):
                    arrows.add((source[NAME], target[NAME], port[1]))
            if may_enter(policies, target, {}, port):
                arrows.add((ANYBODY, target[NAME], port[1]))
    return arrows


def may_leave(policies: list[Any], here: Labels, there: Labels, port: tuple[str, int]) -> bool:
    about = [
        policy for policy in policies if "Egress" in policy["policyTypes"] and selects(policy["podSelector"], here)
    ]
    return not about or any(fits(rule, "to", there, port) for policy in about for rule in policy.get("egress", []))


def may_enter(policies: list[Any], here: Labels, there: Labels, port: tuple[str, int]) -> bool:
    about = [
        policy for policy in policies if "Ingress" in policy["policyTypes"] and selects(policy["podSelector"], here)
    ]
    return not about or any(fits(rule, "from", there, port) for policy in about for rule in policy.get("ingress", []))


def fits(rule: Mapping[str, Any], peers: str, labels: Labels, port: tuple[str, int]) -> bool:
    return (peers not in rule or any(is_meant(peer, labels) for peer in rule[peers])) and (
        "ports" not in rule or any(given["port"] in port for given in rule["ports"])
    )


def is_meant(peer: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return "podSelector" in peer and "namespaceSelector" not in peer and selects(peer["podSelector"], labels)


def test_in_the_local_cluster_the_arrows_are_those_of_the_architecture(render: Any) -> None:
    # Whom anybody may call, others of the namespace may call too, if they may speak at all.
    assert allowed(render(LOCAL)) == TO_SERVICES | TO_STORES


def test_in_production_too(render: Any) -> None:
    for overlay in (PRODUCTION, OPERATORS):
        assert allowed(render(overlay)) == TO_SERVICES


def test_in_production_only_those_who_need_a_store_reach_one(render: Any) -> None:
    for overlay in (PRODUCTION, OPERATORS):
        manifests = render(overlay)
        reaching: dict[str, set[str]] = {}
        for workload in workloads(manifests):
            for policy in of_kind(manifests, "NetworkPolicy"):
                if policy["metadata"]["name"].startswith("to-") and selects(
                    policy["spec"]["podSelector"], pod_labels(workload)
                ):
                    reaching.setdefault(policy["metadata"]["name"], set()).add(pod_labels(workload)[NAME])
        issuers = reaching.pop("to-issuer")
        assert issuers == {
            "phone-gateway",
            "location-producer",
            "person-service",
            "connection-service",
            "encounter-stream",
        }
        assert reaching == {"to-kafka": TO_KAFKA, "to-postgresql": TO_POSTGRESQL}


def test_prometheus_reaches_the_counts_of_every_service_and_nothing_else_that_is_not_open_to_all(render: Any) -> None:
    for overlay in (LOCAL, PRODUCTION, OPERATORS):
        manifests = render(overlay)
        policies = [policy["spec"] for policy in of_kind(manifests, "NetworkPolicy")]
        reached = set()
        for policy in policies:
            for rule in policy.get("ingress", []):
                if any(is_prometheus(peer) for peer in rule.get("from", [])):
                    for workload in workloads(manifests):
                        if selects(policy["podSelector"], pod_labels(workload)):
                            open_to_it = {given["port"] for given in rule["ports"]} & set(ports(workload))
                            reached |= {(pod_labels(workload)[NAME], ports(workload)[name]) for name in open_to_it}
        open_to_all = {arrow[1:] for arrow in TO_SERVICES if arrow[0] == ANYBODY}
        assert reached == TO_METRICS
        assert scraped(manifests) <= reached | open_to_all


def is_prometheus(peer: Mapping[str, Any]) -> bool:
    return peer == {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
        "podSelector": {"matchLabels": {NAME: "prometheus"}},
    }


def scraped(manifests: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """(workload, port) behind every Service port named `metrics`."""
    found = set()
    for service in of_kind(manifests, "Service"):
        for port in service["spec"]["ports"]:
            if port["name"] == "metrics":
                [workload] = [
                    one
                    for one in of_kind(manifests, "Deployment")
                    if selects({"matchLabels": service["spec"]["selector"]}, pod_labels(one))
                ]
                found.add((pod_labels(workload)[NAME], ports(workload)[port["targetPort"]]))
    assert len(found) == 7
    return found


def test_everybody_may_ask_for_names_and_nobody_for_more(render: Any) -> None:
    for overlay in (LOCAL, PRODUCTION, OPERATORS):
        policies = of_kind(render(overlay), "NetworkPolicy")
        for_all = {one["metadata"]["name"]: one["spec"] for one in policies if not one["spec"]["podSelector"]}
        assert set(for_all) == {"default-deny", "names"}
        assert for_all["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        [rule] = for_all["names"]["egress"]
        assert {port["port"] for port in rule["ports"]} == {53}
