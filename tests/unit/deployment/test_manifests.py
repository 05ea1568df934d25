"""What each overlay promises of its pods, in general."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
from kubernetes_validate import SchemaNotFoundError
from kubernetes_validate.utils import schema_contents  # type: ignore[import-untyped]  # likewise

from tests.unit.deployment.manifests import (
    EVERY_OVERLAY,
    LOCAL,
    NAME,
    OPERATORS,
    PRODUCTION,
    SERVING,
    containers,
    environment,
    of_kind,
    pod_labels,
    pod_spec,
    ports,
    selects,
    workloads,
)

VERSIONS = ["1.35", "1.36", "1.37"]
# What each takes at most: calls that have begun and a delivery to Kafka, a statement, an answer passed on.
DRAIN_S = {
    "phone-gateway": 10 + 4,
    "location-producer": 15 + 10 + 1,
    "location-consumer": 60,
    "meeting-finder": 30,
    "person-service": 20 + 5,
    "connection-service": 20,
    "encounter-stream": 5 + 5,
    "frontend": 30,
}
CONNECTION_AGE_S = 60  # location_producer's own
OF_OPERATORS = {
    "Kafka",
    "KafkaNodePool",
    "Cluster",
    "ScaledObject",
    "KafkaUser",
    "TriggerAuthentication",
    "ServiceMonitor",
    "PrometheusRule",
    "ServersTransport",
}


FILES_MADE_BEFOREHAND = {
    "phone-gateway-tls",
    "phone-gateway-token",
    "location-producer-tls",
    "person-service-tls",
    "connection-service-tls",
    "person-service-token",
    "kafka-location-producer",
    "kafka-location-consumer",
    "kafka-meeting-finder",
    "kafka-encounter-stream",
    "encounter-stream-tls",
    "kafka-topics",
    "udaconnect-cluster-ca-cert",
    "udaconnect-ca",
}


@pytest.fixture(params=EVERY_OVERLAY)
def manifests(request: pytest.FixtureRequest, render: Any) -> Any:
    return render(request.param)


@pytest.fixture(scope="module")
def _schemas_read_once() -> Iterator[None]:
    """By itself the library reads all definitions, megabytes of them, for each manifest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kubernetes_validate.utils.schema_contents", cache(schema_contents))
        yield


def test_the_versions_checked_are_the_newest_that_the_schemas_know() -> None:
    assert kubernetes_validate.latest_version().startswith(f"{VERSIONS[-1]}.")


@pytest.mark.usefixtures("_schemas_read_once")
@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid_to_the_letter(manifests: Any, version: str) -> None:
    without_schema = set()
    for manifest in manifests:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except SchemaNotFoundError:
            without_schema.add(manifest["kind"])
    assert without_schema <= OF_OPERATORS


def test_every_pod_passes_the_restricted_pod_security_standard(manifests: Any) -> None:
    for workload in workloads(manifests):
        spec = pod_spec(workload)
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        kinds = {kind for volume in spec.get("volumes", []) for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "emptyDir", "secret", "persistentVolumeClaim"}
        for container in containers(workload):
            context = container["securityContext"]
            assert context == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,  # more than the standard wants
                "capabilities": {"drop": ["ALL"]},
            }
            assert not any("hostPort" in port for port in container.get("ports", []))


def test_the_namespace_refuses_pods_that_do_not_pass(manifests: Any) -> None:
    [namespace] = of_kind(manifests, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    everywhere = {manifest["metadata"].get("namespace") for manifest in manifests if manifest is not namespace}
    assert everywhere == {namespace["metadata"]["name"]}


def test_every_workload_has_a_service_account_of_its_own_without_a_token(manifests: Any) -> None:
    accounts = {account["metadata"]["name"]: account for account in of_kind(manifests, "ServiceAccount")}
    used = [pod_spec(workload)["serviceAccountName"] for workload in workloads(manifests)]
    assert sorted(used) == sorted(accounts)
    assert not any(account["automountServiceAccountToken"] for account in accounts.values())
    assert not any(pod_spec(workload)["automountServiceAccountToken"] for workload in workloads(manifests))


def test_what_serves_has_all_three_probes_at_ports_that_exist(manifests: Any) -> None:
    for workload in workloads(manifests):
        if workload["kind"] not in SERVING:
            continue
        for container in pod_spec(workload)["containers"]:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                how = container[probe]
                at = how.get("httpGet") or how.get("grpc") or how.get("tcpSocket")
                if at is not None:
                    assert at["port"] in {*ports(workload), *ports(workload).values()}


def test_being_live_does_not_depend_on_others(manifests: Any) -> None:
    """Or a database that is down would have every pod killed, over and over."""
    for workload in workloads(manifests):
        for container in pod_spec(workload)["containers"]:
            alive = container.get("livenessProbe", {})
            assert alive.get("httpGet", {}).get("path") in (None, "/livez", "/healthz")
            assert alive.get("grpc", {}).get("service", "live") == "live"


def test_every_container_says_what_it_needs_and_what_it_may_take(manifests: Any) -> None:
    for workload in workloads(manifests):
        for container in containers(workload):
            for bound in ("requests", "limits"):
                assert set(container["resources"][bound]) == {"cpu", "memory"}


def test_no_image_is_without_a_tag_or_latest(manifests: Any) -> None:
    for workload in workloads(manifests):
        for container in containers(workload):
            assert re.fullmatch(r"[^:]+:\d[\w.-]+", container["image"])


def test_a_job_bears_the_tag_in_its_name_without_dots(manifests: Any) -> None:
    for job in of_kind(manifests, "Job"):
        [container] = pod_spec(job)["containers"]
        name, _, tag = job["metadata"]["name"].partition("-")
        said = container["image"].partition(":")[2].replace(".", "-")
        assert (name, tag) == (job["metadata"]["labels"][NAME], said)


def test_what_the_api_server_would_complete_is_written_where_kubectl_would_take_it_for_a_change(manifests: Any) -> None:
    """`kubectl apply` sends lists without a merge key as a whole, and a strategy's keys: what was completed differs."""
    for deployment in of_kind(manifests, "Deployment"):
        assert "type" in deployment["spec"]["strategy"]
    for policy in of_kind(manifests, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            assert all("protocol" in port for port in rule.get("ports", []))
    for store in of_kind(manifests, "StatefulSet"):
        for claim in store["spec"]["volumeClaimTemplates"]:
            assert {"apiVersion", "kind", "status"} <= claim.keys()
            assert "volumeMode" in claim["spec"]


def test_whatever_opens_the_database_waits_for_its_schema(manifests: Any) -> None:
    for workload in workloads(manifests):
        [image] = {container["image"] for container in pod_spec(workload)["containers"]}
        names = [container["name"] for container in pod_spec(workload).get("initContainers", [])]
        if workload["metadata"]["name"].startswith("migrations"):
            assert names == ["await-database"]
        elif "postgis" not in image and any("DATABASE_URL" in environment(each) for each in containers(workload)):
            assert names == ["await-schema"]


def test_everything_is_labelled_and_every_selector_finds_its_pods(manifests: Any) -> None:
    for workload in workloads(manifests):
        assert pod_labels(workload)["app.kubernetes.io/part-of"] == "udaconnect"
        assert pod_labels(workload)[NAME] == workload["metadata"]["labels"][NAME]
        if workload["kind"] in SERVING:
            assert selects(workload["spec"]["selector"], pod_labels(workload))
    for service in of_kind(manifests, "Service"):
        found = [
            one
            for one in workloads(manifests)
            if selects({"matchLabels": service["spec"]["selector"]}, pod_labels(one))
        ]
        assert len(found) == 1
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in ports(found[0])
    for budget in of_kind(manifests, "PodDisruptionBudget"):
        assert any(selects(budget["spec"]["selector"], pod_labels(one)) for one in of_kind(manifests, "Deployment"))
    for workload in of_kind(manifests, "Deployment"):
        for constraint in pod_spec(workload)["topologySpreadConstraints"]:
            assert selects(constraint["labelSelector"], pod_labels(workload))


def test_a_pod_has_time_to_drain(manifests: Any) -> None:
    for workload in of_kind(manifests, "Deployment"):
        spec = pod_spec(workload)
        [container] = spec["containers"]
        until_unknown = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert spec["terminationGracePeriodSeconds"] > until_unknown + DRAIN_S[workload["metadata"]["name"]]
        if workload["metadata"]["name"] not in ("location-consumer", "meeting-finder"):  # nobody calls these
            assert until_unknown >= 5
        if workload["metadata"]["name"] == "location-producer":
            assert until_unknown > CONNECTION_AGE_S * 1.1  # gRPC adds up to a tenth to each connection's
        assert workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_every_secret_and_every_setting_that_a_pod_names_is_there_or_made_beforehand(manifests: Any) -> None:
    given = {(one["kind"], one["metadata"]["name"]) for one in of_kind(manifests, "ConfigMap", "Secret")}
    beforehand = {
        f"database-{role}"
        for role in (
            "udaconnect",
            "location-consumer",
            "meeting-finder",
            "person-service",
            "connection-service",
            "retention",
        )
    }
    for workload in workloads(manifests):
        for container in containers(workload):
            for variable in container.get("env", []):
                source = variable.get("valueFrom", {})
                if "configMapKeyRef" in source:
                    assert ("ConfigMap", source["configMapKeyRef"]["name"]) in given
                if "secretKeyRef" in source:
                    name = source["secretKeyRef"]["name"]
                    assert ("Secret", name) in given or name in beforehand
            for source in container.get("envFrom", []):
                assert ("ConfigMap", source["configMapRef"]["name"]) in given
        for volume in pod_spec(workload).get("volumes", []):
            if "secret" in volume:
                assert volume["secret"]["secretName"] in FILES_MADE_BEFOREHAND


def test_no_secret_is_part_of_production(render: Any) -> None:
    for overlay in (PRODUCTION, OPERATORS):
        assert of_kind(render(overlay), "Secret") == []
        for workload in workloads(render(overlay)):
            for container in containers(workload):
                for name, value in environment(container).items():
                    is_path = name.endswith("_FILE") and (value or "").startswith("/etc/")
                    assert value is None or is_path or not re.search("PASSWORD|SECRET|TOKEN", name)


def test_the_local_cluster_answers_at_the_ports_that_the_documents_name(render: Any) -> None:
    answering = {
        service["metadata"]["name"]: port["nodePort"]
        for service in of_kind(render(LOCAL), "Service")
        for port in service["spec"]["ports"]
        if "nodePort" in port
    }
    assert answering == {
        "frontend": 30000,
        "person-service": 30001,
        "connection-service": 30002,
        "location-producer": 30003,
        "phone-gateway": 30008,
        "encounter-stream": 30010,
    }


def test_production_scales_each_service_by_one_thing_only(render: Any) -> None:
    scaled = {
        "phone-gateway",
        "location-producer",
        "location-consumer",
        "meeting-finder",
        "person-service",
        "connection-service",
        "encounter-stream",
    }
    for overlay in (PRODUCTION, OPERATORS):
        scalers = of_kind(render(overlay), "HorizontalPodAutoscaler", "ScaledObject")
        assert sorted(one["spec"]["scaleTargetRef"]["name"] for one in scalers) == sorted(scaled)
        for workload in of_kind(render(overlay), "Deployment"):
            assert ("replicas" in workload["spec"]) == (workload["metadata"]["name"] not in scaled)
