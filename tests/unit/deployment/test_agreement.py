"""What is said in more than one place says the same."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from deployment.native.folders import REPOSITORY
from tests.unit.deployment.manifests import (
    EVERY_OVERLAY,
    LOCAL,
    PRODUCTION,
    containers,
    environment,
    of_kind,
    pod_spec,
    workloads,
)

SERVICES = [
    "phone_gateway",
    "location_producer",
    "location_consumer",
    "meeting_finder",
    "person_service",
    "connection_service",
    "encounter_stream",
]
PEER_FILES = ("TLS_CA", "TLS_CERT", "TLS_KEY")
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())


def required_variables(service: str) -> set[str]:
    """The variables that the service's settings read without a default."""
    tree = ast.parse((REPOSITORY / "modules" / service / "settings.py").read_text())
    return set(reads_without_default(tree))


def reads_without_default(tree: ast.AST) -> Iterator[str]:
    yield from (f"{name}_TARGET" for name in peers(tree))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            has_default = len(node.args) > 1 or any(keyword.arg == "default" for keyword in node.keywords)
            if node.func.value.id == "env" and not has_default:
                [name] = node.args
                assert isinstance(name, ast.Constant)
                yield str(name.value)


def peers(tree: ast.AST) -> Iterator[str]:
    """NAME of each service_kit.rpc.peer.read_peer(env, NAME)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "read_peer":
            yield str(ast.literal_eval(node.args[1]))


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_that_a_service_requires_is_set(render: Any, service: str) -> None:
    assert required_variables(service), "each of them requires something"
    assert required_variables(service) <= set(COMPOSE["services"][service]["environment"])
    for overlay in EVERY_OVERLAY:
        [container] = [
            container
            for workload in of_kind(render(overlay), "Deployment")
            for container in pod_spec(workload)["containers"]
            if container["name"] == service.replace("_", "-")
        ]
        assert required_variables(service) <= set(environment(container))


@pytest.mark.parametrize("service", SERVICES)
def test_no_variable_is_set_that_a_service_does_not_know(render: Any, service: str) -> None:
    parts = {"POSTGRESQL", "DATABASE_PASSWORD"}  # of DATABASE_URL
    modules = REPOSITORY / "modules"
    of_kit = ("access/settings", "rpc/tls", "kafka/security", "telemetry/tracing")
    files = [*(modules / service).rglob("*.py"), *(modules / "service_kit" / f"{name}.py" for name in of_kit)]
    text = "".join(file.read_text() for file in files)
    known = set(re.findall(r'"([A-Z][A-Z_]+)"', text))
    known |= {f"{name}_{what}" for name in peers(ast.parse(text)) for what in ("TARGET", *PEER_FILES)}
    assert set(COMPOSE["services"][service]["environment"]) <= known
    for workload in of_kind(render(LOCAL), "Deployment"):
        [container] = pod_spec(workload)["containers"]
        if container["name"] == service.replace("_", "-"):
            assert set(environment(container)) <= known | parts


def test_whatever_compose_can_trace_the_component_traces(render: Any) -> None:
    endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
    traced = {
        service.replace("_", "-") for service in SERVICES if endpoint in COMPOSE["services"][service]["environment"]
    }
    manifests = render(f"{PRODUCTION}+tracing")
    of_component = {
        workload["metadata"]["name"]
        for workload in of_kind(manifests, "Deployment")
        if endpoint in environment(pod_spec(workload)["containers"][0])
    }
    [policy] = [one for one in of_kind(manifests, "NetworkPolicy") if one["metadata"]["name"] == "traces"]
    [may_send] = policy["spec"]["podSelector"]["matchExpressions"]
    assert of_component == set(may_send["values"]) == traced


def test_a_service_listens_where_its_container_says(render: Any) -> None:
    for workload in of_kind(render(LOCAL), "Deployment"):
        [container] = pod_spec(workload)["containers"]
        bound = {
            int(value.rpartition(":")[2])
            for name, value in environment(container).items()
            if value and name.endswith("_BIND")
        }
        if bound:
            assert bound == {port["containerPort"] for port in container["ports"]}


def test_compose_and_cluster_run_the_same_images(render: Any) -> None:
    of_compose = {
        service["image"].replace("${TAG:-", "").replace("}", "")
        for service in COMPOSE["services"].values()
        if "profiles" not in service  # a cluster has its own Prometheus and Grafana
    }
    of_cluster = {container["image"] for workload in workloads(render(LOCAL)) for container in containers(workload)}
    assert of_compose == of_cluster


def test_the_version_is_that_of_the_project(render: Any) -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    for workload in workloads(render(LOCAL)):
        for container in containers(workload):
            if container["image"].startswith("udaconnect/"):
                assert container["image"].endswith(f":{version}")
    for dockerfile in [*REPOSITORY.glob("modules/*/Dockerfile"), REPOSITORY / "db" / "Dockerfile"]:
        assert f"ARG VERSION={version}\n" in dockerfile.read_text()
    assert f"tag=${{1:-{version}}}" in (REPOSITORY / "deployment" / "images.sh").read_text()


def test_kafka_is_of_the_version_that_runs_natively() -> None:
    pom = (REPOSITORY / "deployment" / "native" / "kafka.pom.xml").read_text()
    [version] = re.findall(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([^<]+)<", pom)
    assert COMPOSE["services"]["kafka"]["image"] == f"apache/kafka:{version}"


def test_every_published_port_of_compose_is_on_loopback_only() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_service_of_compose_has_a_memory_limit_and_every_server_a_health_check() -> None:
    for name, service in COMPOSE["services"].items():
        assert "mem_limit" in service
        assert ("healthcheck" in service) == (name not in ("topics", "migrations", "retention"))


def test_nginx_sends_the_security_headers_that_vite_sends() -> None:
    said = (REPOSITORY / "modules" / "frontend" / "security_headers.ts").read_text()
    policy = re.search(r'"Content-Security-Policy": \[(.*?)\]', said, re.DOTALL)
    assert policy is not None
    headers = {"Content-Security-Policy": "; ".join(re.findall(r'"([^"]+)",', policy[1]))}
    headers |= dict(re.findall(r'^  "([\w-]+)": "([^"]+)"', said, re.MULTILINE))
    config = (REPOSITORY / "modules" / "frontend" / "nginx.conf.template").read_text()
    sent = dict(re.findall(r'add_header ([\w-]+) "([^"]+)" always', config))
    # The origins of a map style, where one is configured: in the place where Vite puts them.
    assert "connect-src 'self' ${MAP_ORIGINS}`" in said
    assert "connect-src 'self'$map_origins;" in sent["Content-Security-Policy"]
    sent["Content-Security-Policy"] = sent["Content-Security-Policy"].replace("$map_origins", "")
    assert sent == headers


def test_nginx_tells_the_page_what_vite_tells_it() -> None:
    said = (REPOSITORY / "modules" / "frontend" / "page_config.ts").read_text()
    [config] = re.findall(r"const config = \{ (.+) \};", said)
    template = (REPOSITORY / "modules" / "frontend" / "nginx.conf.template").read_text()
    [told] = re.findall(r"return 200 '(.+)';", template)
    assert list(json.loads(told)) == re.findall(r"(\w+):", config)
    variables = set(re.findall(r"answerFrom\(\{ (.+) \}:", said)[0].replace(' = ""', "").split(", ")) | {"MAP_ORIGINS"}
    assert variables <= set(re.findall(r"\$\{([A-Z_]+)\}", template))
    dockerfile = (REPOSITORY / "modules" / "frontend" / "Dockerfile").read_text()
    assert all(f"{name}=" in dockerfile for name in variables), "what is not set would stay in the template as it is"
    assert variables <= set(COMPOSE["services"]["frontend"]["environment"])


def test_the_page_of_the_cluster_can_be_told_the_same(render: Any) -> None:
    [workload] = [one for one in of_kind(render(LOCAL), "Deployment") if one["metadata"]["name"] == "frontend"]
    [container] = pod_spec(workload)["containers"]
    assert {"MAP_STYLE_URL", "MAP_ORIGINS", "VENUE_FILE"} <= set(environment(container))


def test_nginx_routes_as_vite_does() -> None:
    said = (REPOSITORY / "modules" / "frontend" / "proxy.ts").read_text()
    of_vite = [pattern.replace("\\\\?|", "").replace("?", "") for pattern in re.findall(r'"(\^/api/[^"]+)"', said)]
    config = (REPOSITORY / "modules" / "frontend" / "nginx.conf.template").read_text()
    routes = re.findall(r"location ~ (\S+) \{\s+set \$service (\w+);", config)
    # nginx sees no query string, so that its patterns need not end before one.
    services = ["phone_gateway", "encounter_stream", "connection_service", "person_service"]
    assert routes == list(zip(of_vite, services, strict=True))
    assert re.findall(r'\]: to\("(\w+)", ', said) == services


def test_whoever_serves_the_page_knows_where_every_service_is(render: Any) -> None:
    said = (REPOSITORY / "modules" / "frontend" / "proxy.ts").read_text()
    addresses = set(re.findall(r"environment\.([A-Z_]+)", said))
    assert addresses == {"PHONE_URL", "PERSON_URL", "CONNECTION_URL", "STREAM_URL"}
    config = (REPOSITORY / "modules" / "frontend" / "nginx.conf.template").read_text()
    assert set(re.findall(r"set \$upstream \$\{([A-Z_]+)\};", config)) == addresses
    assert addresses <= set(COMPOSE["services"]["frontend"]["environment"])
    for overlay in EVERY_OVERLAY:
        [workload] = [one for one in of_kind(render(overlay), "Deployment") if one["metadata"]["name"] == "frontend"]
        [container] = pod_spec(workload)["containers"]
        assert addresses <= set(environment(container))


def test_a_file_may_be_as_large_on_its_way_as_the_page_sends_one(render: Any) -> None:
    template = (REPOSITORY / "modules" / "frontend" / "nginx.conf.template").read_text()
    [files] = re.findall(r"location ~ \S+/files\S+ \{(.*?)\n        \}", template, re.DOTALL)
    [largest] = re.findall(r"client_max_body_size (\d+)m;", files)
    assert {"proxy_request_buffering off;", "proxy_buffering off;"} <= {line.strip() for line in files.splitlines()}
    [ingress] = [one for one in of_kind(render(PRODUCTION), "Ingress") if one["metadata"]["name"] == "rest"]
    annotations = ingress["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{largest}m"
    assert annotations["nginx.ingress.kubernetes.io/proxy-request-buffering"] == "off"
    sent = (REPOSITORY / "modules" / "frontend" / "src" / "api" / "files.ts").read_text()
    assert f"MOST_MIB = {largest};" in sent
