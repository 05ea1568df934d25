"""Who may call in each overlay, and that nothing crosses a network of production unencrypted."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from deployment.native.folders import REPOSITORY
from tests.unit.deployment.manifests import (
    LOCAL,
    OPERATORS,
    PRODUCTION,
    containers,
    environment,
    named,
    of_kind,
    pod_spec,
    workloads,
)

SERVING = ["location-producer", "person-service", "connection-service"]


def settings(manifests: list[dict[str, Any]], name: str) -> dict[str, str]:
    [found] = [one for one in of_kind(manifests, "ConfigMap") if one["metadata"]["name"].startswith(f"{name}-")]
    data: dict[str, str] = found["data"]
    return data


def container_of(manifests: list[dict[str, Any]], workload: str) -> dict[str, Any]:
    [container] = pod_spec(named(manifests, "Deployment", workload))["containers"]
    found: dict[str, Any] = container
    return found


def test_every_service_with_personal_data_is_told_who_may_call(render: Any) -> None:
    for overlay in (LOCAL, PRODUCTION, OPERATORS):
        for workload in SERVING:
            [source] = container_of(render(overlay), workload)["envFrom"]
            assert source["configMapRef"]["name"].startswith("access-")


def test_the_local_cluster_says_aloud_that_it_is_open_and_is_published_on_loopback_only(render: Any) -> None:
    assert settings(render(LOCAL), "access") == {"ALLOW_UNAUTHENTICATED": "true"}
    kind = yaml.safe_load((REPOSITORY / "deployment" / "kind.yaml").read_text())
    assert {mapping["listenAddress"] for mapping in kind["nodes"][0]["extraPortMappings"]} == {"127.0.0.1"}


def test_compose_says_it_too() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    for service in SERVING:
        assert compose[service.replace("-", "_")]["environment"]["ALLOW_UNAUTHENTICATED"] == "true"


@pytest.mark.parametrize("overlay", [PRODUCTION, OPERATORS])
def test_production_asks_for_tokens_and_limits_the_rate(render: Any, overlay: str) -> None:
    access = settings(render(overlay), "access")
    assert "ALLOW_UNAUTHENTICATED" not in access
    assert urlsplit(access["AUTH_JWKS"]).scheme == "https"
    assert access["AUTH_ISSUER"]
    assert access["AUTH_AUDIENCE"]
    assert float(access["RATE_LIMIT"]) > 0


@pytest.mark.parametrize("overlay", [PRODUCTION, OPERATORS])
def test_in_production_every_connection_is_encrypted_and_both_ends_are_known(render: Any, overlay: str) -> None:
    manifests = render(overlay)
    assert environment(container_of(manifests, "location-producer"))["GRPC_TLS_CERT"]
    assert environment(container_of(manifests, "person-service"))["GRPC_TLS_CLIENT_CA"]
    phone_gateway = environment(container_of(manifests, "phone-gateway"))
    assert phone_gateway["LOCATION_PRODUCER_TLS_CA"]
    assert phone_gateway["PERSON_SERVICE_TLS_CERT"]
    assert phone_gateway["TOKEN_FILE"]
    connection_service = environment(container_of(manifests, "connection-service"))
    assert connection_service["PERSON_SERVICE_TLS_CA"]
    assert connection_service["PERSON_SERVICE_TLS_CERT"]
    for workload in workloads(manifests):
        for container in containers(workload):
            variables = environment(container)
            if "KAFKA_BOOTSTRAP_SERVERS" in variables:
                assert variables["KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
                assert variables["KAFKA_CA_FILE"]
            if "POSTGRESQL" in variables:
                mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
                assert "/etc/postgresql" in mounted
    query = parse_qs(urlsplit(f"postgresql://{settings(manifests, 'stores')['POSTGRESQL']}").query)
    assert query == {"sslmode": ["verify-full"], "sslrootcert": ["/etc/postgresql/ca.crt"]}


@pytest.mark.parametrize("overlay", [PRODUCTION, OPERATORS])
def test_what_a_setting_names_as_a_file_is_mounted(render: Any, overlay: str) -> None:
    for workload in workloads(render(overlay)):
        for container in containers(workload):
            mounted = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
            for value in environment(container).values():
                if value and value.startswith("/etc/"):
                    assert value.rpartition("/")[0] in mounted


@pytest.mark.parametrize("overlay", [PRODUCTION, OPERATORS])
def test_the_ingress_knows_location_producer_by_its_certificate(render: Any, overlay: str) -> None:
    manifests = render(overlay)
    ingress, service = named(manifests, "Ingress", "grpc"), named(manifests, "Service", "location-producer")
    of_nginx = {name.rpartition("/")[2]: value for name, value in ingress["metadata"]["annotations"].items()}
    assert of_nginx["backend-protocol"] == "GRPCS"
    assert of_nginx["proxy-ssl-verify"] == "on"
    assert of_nginx["proxy-ssl-name"] == service["metadata"]["name"]
    assert of_nginx["proxy-ssl-secret"] == f"{ingress['metadata']['namespace']}/location-producer-tls"
    if overlay == OPERATORS:
        [transport] = of_kind(manifests, "ServersTransport")
        of_traefik = service["metadata"]["annotations"]
        known_as = f"{transport['metadata']['namespace']}-{transport['metadata']['name']}@kubernetescrd"
        assert of_traefik["traefik.ingress.kubernetes.io/service.serverstransport"] == known_as
        assert of_traefik["traefik.ingress.kubernetes.io/service.serversscheme"] == "https"
        assert transport["spec"]["serverName"] == service["metadata"]["name"]
        assert transport["spec"]["rootCAs"] == [{"secret": "location-producer-tls"}]


def test_every_service_has_a_kafka_user_of_its_own(render: Any) -> None:
    users = {user["metadata"]["name"]: user for user in of_kind(render(OPERATORS), "KafkaUser")}
    used = {
        environment(container).get("KAFKA_USERNAME")
        for workload in workloads(render(OPERATORS))
        for container in containers(workload)
    } - {None}
    assert used | {"kafka-keda"} == set(users)

    def may(user: str, topic: str) -> set[str]:
        acls = users[user]["spec"]["authorization"]["acls"]
        return {one for acl in acls if acl["resource"]["name"] == topic for one in acl["operations"]}

    assert may("kafka-location-producer", "location") == {"Describe", "Write"}
    assert may("kafka-location-producer", "location.dead-letter") == {"Describe", "Write"}
    assert may("kafka-location-consumer", "location") == {"Describe", "Read"}
    assert may("kafka-meeting-finder", "encounter") == {"Describe", "Write"}
    assert may("kafka-encounter-stream", "encounter") == {"Describe", "Read"}
    assert "Read" not in may("kafka-topics", "location") | may("kafka-keda", "location")


def test_no_probe_needs_grpc_which_could_not_use_tls(render: Any) -> None:
    for overlay in (LOCAL, PRODUCTION, OPERATORS):
        for workload in workloads(render(overlay)):
            for container in containers(workload):
                for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                    assert "grpc" not in container.get(probe, {})
