"""A store of many nodes: deployment/components/citus on the local overlay, and beside docker-compose.yml."""

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate.utils  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml

from deployment.native.addresses import ROLES
from deployment.native.folders import REPOSITORY
from deployment.native.postgresql import OF_MANY_NODES
from tests.unit.deployment import test_manifests as general
from tests.unit.deployment.arrows import TO_SERVICES, TO_STORES
from tests.unit.deployment.manifests import (
    LOCAL,
    NAME,
    Manifest,
    containers,
    environment,
    named,
    of_kind,
    pod_labels,
    pod_spec,
    workloads,
)
from tests.unit.deployment.test_network_policies import allowed, may_enter

FOLDER = REPOSITORY / "deployment" / "components" / "citus"
DOCKERFILE = (FOLDER / "Dockerfile").read_text()
IMAGE = "udaconnect/citus:13.2.0-pg15"
PASSWORDS = {f"{role.upper()}_PASSWORD" for role in ROLES}

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
BESIDE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
WORKERS = ["citus_worker_1", "citus_worker_2"]

OVERLAY = "deployment/overlays/local"
PROMISES = [
    general.test_every_pod_passes_the_restricted_pod_security_standard,
    general.test_the_namespace_refuses_pods_that_do_not_pass,
    general.test_every_workload_has_a_service_account_of_its_own_without_a_token,
    general.test_what_serves_has_all_three_probes_at_ports_that_exist,
    general.test_being_live_does_not_depend_on_others,
    general.test_every_container_says_what_it_needs_and_what_it_may_take,
    general.test_no_image_is_without_a_tag_or_latest,
    general.test_a_job_bears_the_tag_in_its_name_without_dots,
    general.test_what_the_api_server_would_complete_is_written_where_kubectl_would_take_it_for_a_change,
    general.test_everything_is_labelled_and_every_selector_finds_its_pods,
    general.test_every_secret_and_every_setting_that_a_pod_names_is_there_or_made_beforehand,
]


@pytest.fixture(scope="module")
def manifests(checkout: Path, render: Callable[[str], list[Manifest]]) -> list[Manifest]:
    """The local overlay with the line added that docs/operations.md says."""
    copy = f"{OVERLAY}-citus"
    shutil.copytree(checkout / OVERLAY, checkout / copy, dirs_exist_ok=True)
    kustomization = checkout / copy / "kustomization.yaml"
    text = kustomization.read_text()
    with_citus = text.replace("  - ../../release\n", "  - ../../release\n  - ../../components/citus\n")
    assert with_citus != text
    kustomization.write_text(with_citus)
    return render(copy)


@pytest.fixture(scope="module")
def others(manifests: list[Manifest], render: Callable[[str], list[Manifest]]) -> list[Manifest]:
    """What is other than in the local overlay."""
    local = render(LOCAL)
    return [manifest for manifest in manifests if manifest not in local]


def node(manifests: list[Manifest], name: str) -> dict[str, Any]:
    """The one container of a StatefulSet."""
    [container] = pod_spec(named(manifests, "StatefulSet", name))["containers"]
    return dict(container)


def options(arguments: list[str]) -> dict[str, str]:
    """The settings among the arguments of `postgres`."""
    assert arguments[0] == "postgres"
    assert set(arguments[1::2]) == {"-c"}
    return dict(argument.split("=", 1) for argument in arguments[2::2])


def test_the_component_changes_the_store_and_the_migrations_and_nothing_else(
    others: list[Manifest], manifests: list[Manifest], render: Callable[[str], list[Manifest]]
) -> None:
    assert {(one["kind"], one["metadata"]["name"]) for one in others} == {
        ("StatefulSet", "postgis"),
        ("Job", "migrations-0-1-0"),
        ("ServiceAccount", "postgis-worker"),
        ("StatefulSet", "postgis-worker"),
        ("Service", "postgis-worker"),
        ("NetworkPolicy", "postgis-nodes"),
        ("NetworkPolicy", "to-postgis-nodes"),
    }
    assert len(manifests) - len(others) == len(render(LOCAL)) - 2, "nothing is gone"


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_what_every_overlay_promises_holds_with_it(
    promise: Callable[[list[Manifest]], None], manifests: list[Manifest]
) -> None:
    promise(manifests)


@pytest.mark.parametrize("version", general.VERSIONS)
def test_what_is_other_is_valid_to_the_letter(
    others: list[Manifest], version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubernetes_validate.utils.schema_contents", cache(kubernetes_validate.utils.schema_contents))
    for manifest in others:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_nodes_are_set_up_as_those_that_run_natively(manifests: list[Manifest], render: Any) -> None:
    of_one = options(node(render(LOCAL), "postgis")["args"])
    wanted = of_one | OF_MANY_NODES
    assert options(node(manifests, "postgis")["args"]) == wanted
    assert options(node(manifests, "postgis-worker")["args"]) == wanted
    assert [options(BESIDE[name]["command"]) for name in ("postgis", *WORKERS)] == [wanted] * 3


def test_every_node_can_come_to_the_others_as_every_role(manifests: list[Manifest]) -> None:
    for name in ("postgis", "postgis-worker"):
        assert set(environment(node(manifests, name))) >= PASSWORDS
        for each in node(manifests, name)["env"]:
            if each["name"] in PASSWORDS:
                secret, _, _hash = each["valueFrom"]["secretKeyRef"]["name"].rpartition("-")
                assert secret == f"database-{each['name'].removesuffix('_PASSWORD').lower().replace('_', '-')}"
    assert set(COMPOSE["postgis"]["environment"]) >= PASSWORDS
    for name in WORKERS:
        assert BESIDE[name]["environment"] == COMPOSE["postgis"]["environment"]


def test_the_passwords_for_the_others_are_in_memory_and_for_the_server_alone(
    manifests: list[Manifest], tmp_path: Path
) -> None:
    assert "ENV PGPASSFILE=/dev/shm/pgpass\n" in DOCKERFILE
    for name in ("postgis", "postgis-worker"):
        [at] = [each["name"] for each in node(manifests, name)["volumeMounts"] if each["mountPath"] == "/dev/shm"]  # noqa: S108
        volumes = {each["name"]: each for each in pod_spec(named(manifests, "StatefulSet", name))["volumes"]}
        assert volumes[at]["emptyDir"]["medium"] == "Memory"
    pgpass = tmp_path / "pgpass"
    program(tmp_path, "docker-entrypoint.sh", 'echo "server: $*"')
    told = run(
        tmp_path, "node_entrypoint.sh", "postgres", PGPASSFILE=pgpass, **{name: f"of_{name}" for name in PASSWORDS}
    )
    assert told == "server: postgres\n"
    assert set(pgpass.read_text().splitlines()) == {f"*:*:*:{role}:of_{role.upper()}_PASSWORD" for role in ROLES}
    assert pgpass.stat().st_mode & 0o777 == 0o600


def test_nodes_are_joined_before_the_migrations_distribute_tables(manifests: list[Manifest]) -> None:
    job = named(manifests, "Job", "migrations-0-1-0")
    assert [each["name"] for each in containers(job)] == ["await-database", "join-nodes", "migrations"]
    _, joining, migrations = containers(job)
    workers = named(manifests, "StatefulSet", "postgis-worker")["spec"]
    assert workers["serviceName"] == named(manifests, "Service", "postgis-worker")["metadata"]["name"]
    names = [f"postgis-worker-{number}.{workers['serviceName']}" for number in range(workers["replicas"])]
    assert joining["command"] == ["join_nodes.sh", "postgis", *names]
    [stores] = [one for one in manifests if one["metadata"]["name"].startswith("stores-")]
    assert stores["data"]["POSTGRESQL"].startswith("postgis:5432/"), "services know the coordinator by the same name"
    assert environment(migrations)["STORE"] == "citus"
    assert BESIDE["citus_nodes"]["entrypoint"] == ["join_nodes.sh", "postgis", *WORKERS]
    assert BESIDE["migrations"] == {
        "environment": {"STORE": "citus"},
        "depends_on": {"citus_nodes": {"condition": "service_completed_successfully"}},
    }


def test_joining_waits_for_nodes_that_are_still_starting(tmp_path: Path) -> None:
    tries, said = tmp_path / "tries", tmp_path / "said"
    program(tmp_path, "sleep", "")
    program(tmp_path, "psql", f'echo "$PGUSER@$PGHOST/$PGDATABASE" >>{tries}; cat >{said}; [ $(wc -l <{tries}) -ge 3 ]')
    run(tmp_path, "join_nodes.sh", "postgis", "one", "two")
    assert tries.read_text().splitlines() == ["postgres@postgis/udaconnect"] * 3
    assert said.read_text().splitlines() == [
        "CREATE EXTENSION IF NOT EXISTS citus;",
        "SELECT citus_set_coordinator_host('postgis');",
        "SELECT citus_add_node('one', 5432);",
        "SELECT citus_add_node('two', 5432);",
    ]


def test_joining_fails_where_a_node_never_comes(tmp_path: Path) -> None:
    program(tmp_path, "sleep", "")
    program(tmp_path, "psql", "exit 2")
    with pytest.raises(subprocess.CalledProcessError):
        run(tmp_path, "join_nodes.sh", "postgis", "one")


def test_the_bootstrap_is_run_on_the_coordinator_alone(manifests: list[Manifest]) -> None:
    """Workers are given roles by Citus."""

    def is_run(mounts: list[str]) -> bool:
        return any("/docker-entrypoint-initdb.d/" in each for each in mounts)

    mounts = {
        name: [each["mountPath"] for each in node(manifests, name)["volumeMounts"]]
        for name in ("postgis", "postgis-worker")
    }
    assert (is_run(mounts["postgis"]), is_run(mounts["postgis-worker"])) == (True, False)
    assert is_run(COMPOSE["postgis"]["volumes"])
    assert not any(is_run(BESIDE[name]["volumes"]) for name in WORKERS)


def test_nodes_reach_each_other_and_nobody_else_reaches_a_worker(manifests: list[Manifest]) -> None:
    nodes = ("postgis", "postgis-worker")
    assert allowed(manifests) == TO_SERVICES | TO_STORES | {(one, other, 5432) for one in nodes for other in nodes}
    # A worker's own door is shut, too, whatever else others may leave for.
    policies = [policy["spec"] for policy in of_kind(manifests, "NetworkPolicy")]
    worker = pod_labels(named(manifests, "StatefulSet", "postgis-worker"))
    let_in = {
        pod_labels(source)[NAME]
        for source in workloads(manifests)
        if may_enter(policies, worker, pod_labels(source), ("postgresql", 5432))
    }
    assert let_in == set(nodes)


def test_all_nodes_are_of_one_image_whose_versions_are_said(manifests: list[Manifest]) -> None:
    for name in ("postgis", "postgis-worker"):
        assert node(manifests, name)["image"] == IMAGE
    assert {BESIDE[name]["image"] for name in ("postgis", *WORKERS, "citus_nodes")} == {IMAGE}
    tag = IMAGE.partition(":")[2]
    assert re.findall(r"^(?:ARG \w+=|FROM )(\S+)$", DOCKERFILE, re.MULTILINE) == [
        f"citusdata/citus:{tag}",
        "${CITUS_IMAGE}",
    ]
    assert "-pg15" in tag
    assert "postgresql-15-postgis-3 " in DOCKERFILE
    assert COMPOSE["postgis"]["image"].startswith("postgis/postgis:15-"), "data may come from the one or the other"
    assert f"docker build --tag {IMAGE} deployment/components/citus\n" in DOCKERFILE


def test_a_node_runs_as_the_user_to_whom_its_data_belongs(manifests: list[Manifest]) -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["999:999"]
    for name in ("postgis", "postgis-worker"):
        context = pod_spec(named(manifests, "StatefulSet", name))["securityContext"]
        assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (999, 999, 999)
    assert {BESIDE[name]["user"] for name in WORKERS} == {COMPOSE["postgis"]["user"]} == {"999:999"}


def test_a_worker_of_compose_is_held_as_tightly_as_the_coordinator_and_keeps_data_of_its_own() -> None:
    same = ["restart", "read_only", "cap_drop", "security_opt", "logging", "user", "tmpfs", "shm_size", "mem_limit"]
    same += ["stop_signal", "stop_grace_period", "healthcheck"]
    for name in WORKERS:
        assert {each: BESIDE[name][each] for each in same} == {each: COMPOSE["postgis"][each] for each in same}
        assert f"{name}:/var/lib/postgresql/data" in BESIDE[name]["volumes"]
        assert "ports" not in BESIDE[name]
    joining = BESIDE["citus_nodes"]
    assert (joining["read_only"], joining["cap_drop"]) == (True, ["ALL"])
    assert {name: each["condition"] for name, each in joining["depends_on"].items()} == dict.fromkeys(
        ["postgis", *WORKERS], "service_healthy"
    )


def program(folder: Path, name: str, script: str) -> None:
    """Stands in for a program of the image."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(folder: Path, script: str, *arguments: str, **variables: object) -> str:
    """What a script of the component prints, with the stand-ins before all else."""
    given = {name: str(value) for name, value in variables.items()} | {"PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    return subprocess.run([FOLDER / script, *arguments], check=True, capture_output=True, text=True, env=given).stdout
