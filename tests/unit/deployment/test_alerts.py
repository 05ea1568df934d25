"""The alerts and the dashboard speak of what the services really count, and each alert fires when it should."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployment.native.folders import REPOSITORY
from tests.unit.deployment.exported import FOREIGN, exported, named

OBSERVABILITY = REPOSITORY / "deployment" / "components" / "observability"
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SCRAPED = yaml.safe_load((OBSERVABILITY / "compose" / "prometheus.yml").read_text())["scrape_configs"]
DASHBOARD = json.loads((OBSERVABILITY / "dashboard.json").read_text())
ALERTS = [
    rule
    for group in yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())["spec"]["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.fixture(scope="module")
def promtool() -> str:
    fetched = REPOSITORY / "var" / "programs" / "prometheus" / "promtool"
    found = shutil.which("promtool") or (str(fetched) if fetched.exists() else None)
    if found is None:
        pytest.fail("promtool is missing: `make var/programs/prometheus/.made` fetches it")
    return found


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The file that docker compose's Prometheus reads, made by the command with which it makes it."""
    [_, _, command] = COMPOSE["services"]["prometheus"]["entrypoint"]
    extract = command.partition(" && ")[0].replace("$$", "$")
    # The repository itself may lie in a temporary folder: so the container's goes first.
    extract = extract.replace("/tmp", str(tmp_path)).replace("/etc/udaconnect", str(OBSERVABILITY))  # noqa: S108
    subprocess.run(["/bin/sh", "-c", extract], check=True)
    return tmp_path / "alerts.yml"


def run(*command: str | Path) -> None:
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_compose_and_cluster_have_the_same_alerts(rules: Path) -> None:
    read = yaml.safe_load(rules.read_text())
    assert [rule for group in read["groups"] for rule in group["rules"]] == ALERTS


def test_promtool_finds_nothing_wrong_with_the_alerts(promtool: str, rules: Path) -> None:
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", rules)


def test_promtool_can_read_every_expression_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    recorded = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(EXPRESSIONS)
    ]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    run(promtool, "check", "rules", file)


def test_promtool_can_read_what_compose_scrapes(promtool: str) -> None:
    run(promtool, "check", "config", "--syntax-only", OBSERVABILITY / "compose" / "prometheus.yml")


def test_each_alert_fires_when_it_should_and_only_then(promtool: str, rules: Path) -> None:
    tests = Path(__file__).with_name("alerts_test.yaml")
    shutil.copy(tests, rules.parent)
    run(promtool, "test", "rules", rules.parent / tests.name)
    assert {alert["alert"] for alert in ALERTS} <= set(re.findall(r"Udaconnect\w+", tests.read_text()))


@pytest.mark.parametrize("expressions", [[alert["expr"] for alert in ALERTS], EXPRESSIONS], ids=["alerts", "dashboard"])
def test_every_metric_that_is_spoken_of_is_exported(expressions: list[str]) -> None:
    spoken_of = named(expressions)
    assert len(spoken_of) > 10
    assert spoken_of - FOREIGN <= exported()


def test_the_dashboard_shows_what_the_services_count() -> None:
    ours = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in exported()}
    ours = {
        name for name in ours if name.startswith(("phone_", "location_", "meeting_", "encounter_", "grpc_", "http_"))
    }
    shown = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in named(EXPRESSIONS)}
    # Shown as a share or by an alert of its own.
    assert ours - shown <= {
        "location_producer_failed_calls_total",
        "location_consumer_received_total",
        "location_consumer_brake_on",
        "location_consumer_offset_resets_total",
    }


def test_every_alert_leads_to_its_section_of_the_operations_manual() -> None:
    manual = (REPOSITORY / "docs" / "operations.md").read_text()
    sections = re.findall(r"^### (Udaconnect\w+)\n(?=\S)", manual, re.MULTILINE)
    assert sorted(sections) == sorted(alert["alert"] for alert in ALERTS)
    for alert in ALERTS:
        assert alert["annotations"]["runbook"] == f"docs/operations.md#{alert['alert'].lower()}"
        assert alert["annotations"]["summary"]
        assert alert["labels"]["severity"] in ("warning", "critical")


def test_panels_have_names_of_their_own_and_a_data_source_that_can_be_chosen() -> None:
    titles = [panel["title"] for panel in PANELS]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert all(titles)
    assert len(set(titles)) >= len(titles) - 2, "Freshness and Failing requests are shown as a figure and over time"


def scraped() -> Iterator[tuple[str, str, int]]:
    """(job, container, port) of docker compose."""
    for job in SCRAPED:
        for found in job.get("dns_sd_configs", []):
            [name] = found["names"]
            yield job["job_name"], name, found["port"]


def test_compose_scrapes_every_service_where_it_listens() -> None:
    for job, container, port in scraped():
        environment = COMPOSE["services"][container]["environment"]
        binds = {name: value for name, value in environment.items() if name.endswith("_BIND")}
        [bind] = [binds[name] for name in ("METRICS_BIND", "HEALTH_BIND", "REST_BIND") if name in binds]
        assert bind == f"0.0.0.0:{port}"
        assert job == container.replace("_", "-")


def test_the_cluster_scrapes_the_same_services_at_the_same_ports(render: Any) -> None:
    manifests = render("deployment/overlays/production+observability")
    [monitor] = [one for one in manifests if one["kind"] == "ServiceMonitor"]
    [endpoint] = monitor["spec"]["endpoints"]
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    found = {
        (service["metadata"]["labels"][monitor["spec"]["jobLabel"]], port["port"])
        for service in manifests
        if service["kind"] == "Service" and wanted <= service["metadata"]["labels"].items()
        for port in service["spec"]["ports"]
        if port["name"] == endpoint["port"]
    }
    assert found == {(job, port) for job, _, port in scraped()}


def test_the_cluster_has_the_alerts_and_the_dashboard_as_they_are_here(render: Any) -> None:
    manifests = render("deployment/overlays/production+observability")
    [rule] = [one for one in manifests if one["kind"] == "PrometheusRule"]
    assert [alert for group in rule["spec"]["groups"] for alert in group["rules"]] == ALERTS
    [dashboard] = [one for one in manifests if one["metadata"]["name"] == "udaconnect-dashboard"]
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(dashboard["data"]["udaconnect.json"]) == DASHBOARD
