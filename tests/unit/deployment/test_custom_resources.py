"""Custom resources are valid to the letter by the schemas of their operators."""

from functools import cache
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from deployment.native.folders import REPOSITORY
from tests.unit.deployment.manifests import OPERATORS, PRODUCTION, Manifest, of_kind

# What a pod holds at most: WEB_CONCURRENCY times THREADS; a finder settles, looks and tells by one each.
CONNECTIONS = {"person-service": 1 * 8, "connection-service": 2 * 8, "location-consumer": 1, "meeting-finder": 3}
OF_THE_SUPERUSER = 3

FOLDER = REPOSITORY / "var" / "programs" / "crds"
KINDS = [
    "Kafka",
    "KafkaNodePool",
    "KafkaUser",
    "Cluster",
    "ScaledObject",
    "TriggerAuthentication",
    "ServiceMonitor",
    "PrometheusRule",
    "ServersTransport",
]


@cache
def schemas() -> dict[tuple[str, str], dict[str, Any]]:
    """(apiVersion, kind) → schema, of every definition that was fetched."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for definition in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            spec = definition["spec"]
            for version in spec["versions"]:
                known_as = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
                found[known_as] = version["schema"]["openAPIV3Schema"]
    return found


def strict(schema: Any) -> Any:
    """The same as a JSON schema that refuses what it does not name, as a strict API server does."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: strict(value) for name, value in schema.items() if name not in ("format", "default", "example")}
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in schema:
            result["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        result.pop("type", None)
    if schema.get("nullable") and "type" in result:
        result["type"] = [result["type"], "null"]
    return result


def problems(manifest: Manifest, schema: dict[str, Any]) -> list[str]:
    without_metadata = {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(strict(without_metadata)).iter_errors(manifest)
    ]


@pytest.fixture(params=KINDS)
def resources(request: pytest.FixtureRequest, render: Any) -> tuple[list[Manifest], dict[str, Any]]:
    """Our custom resources of a kind, with its schema."""
    manifests = [one for one in render(OPERATORS) if one["kind"] == request.param and "." in one["apiVersion"]]
    if not schemas():
        pytest.fail("the operators' schemas are missing: `make var/programs/crds/.made` fetches them")
    return manifests, schemas()[manifests[0]["apiVersion"], manifests[0]["kind"]]


def test_a_custom_resource_is_valid_by_its_operators_own_schema(
    resources: tuple[list[Manifest], dict[str, Any]],
) -> None:
    manifests, schema = resources
    for manifest in manifests:
        assert problems(manifest, schema) == []


def test_a_field_that_its_operator_does_not_know_would_be_noticed(
    resources: tuple[list[Manifest], dict[str, Any]],
) -> None:
    [manifest, *_], schema = resources
    assert problems({**manifest, "spec": {**manifest["spec"], "replicaz": 1}}, schema)


def test_postgresql_takes_the_connections_of_as_many_pods_as_there_may_be(render: Any) -> None:
    """Also while one more of each is being rolled out, and beside the jobs."""
    most = {
        one["metadata"]["name"]: one["spec"]["maxReplicas"]
        for one in of_kind(render(PRODUCTION), "HorizontalPodAutoscaler")
    }
    of_pods = sum((most[name] + 1) * of_a_pod for name, of_a_pod in CONNECTIONS.items())
    [cluster] = of_kind(render(OPERATORS), "Cluster")
    jobs = sum(len(of_kind(render(PRODUCTION), kind)) for kind in ("Job", "CronJob"))
    allowed = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
    assert allowed >= of_pods + jobs + OF_THE_SUPERUSER


def test_a_machine_that_dies_takes_one_copy_along_of_several(render: Any) -> None:
    """What tests/chaos/machines kills: three brokers of which two have all, a primary and whoever waits for it."""
    brokers, kafka, postgresql = (
        one["spec"] for kind in ("KafkaNodePool", "Kafka", "Cluster") for one in of_kind(render(OPERATORS), kind)
    )
    kafka = kafka["kafka"]
    assert (brokers["replicas"], kafka["config"]["default.replication.factor"]) == (3, 3)
    assert kafka["config"]["min.insync.replicas"] == 2
    [apart] = brokers["template"]["pod"]["affinity"]["podAntiAffinity"][
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]
    assert apart["topologyKey"] == postgresql["affinity"]["topologyKey"] == "kubernetes.io/hostname"
    assert apart["labelSelector"]["matchLabels"] == {
        "strimzi.io/cluster": "udaconnect",
        "strimzi.io/pool-name": "nodes",
    }
    assert postgresql["instances"] >= 2
    assert postgresql["affinity"]["podAntiAffinityType"] == "required"
    assert postgresql["postgresql"]["synchronous"] == {"method": "any", "number": 1, "dataDurability": "required"}
