"""What a container may do, as the engine runs it and not as a file says."""

import os
from typing import Any

import pytest

from tests.containers.budgets import MEGABYTE, budgets

SERVICES = [
    "phone_gateway",
    "location_producer",
    "location_consumer",
    "meeting_finder",
    "encounter_stream",
    "person_service",
    "connection_service",
    "frontend",
]
STORES = ["kafka", "postgis"]
JOBS = ["topics", "migrations"]
EYES = os.environ.get("EYES", "").split()  # of the profile `observability`, what could be had


def test_the_system_has_just_these_services(compose: Any) -> None:
    assert sorted(compose.inspect()) == sorted(SERVICES + STORES + JOBS + EYES)


@pytest.mark.parametrize("service", [*SERVICES, *STORES, *JOBS, *EYES])
def test_a_container_cannot_do_more_than_its_work(compose: Any, service: str) -> None:
    said = compose.inspect()[service]
    host = said["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"])
    assert 0 < host["Memory"] <= 2 * 1024**3
    assert said["Config"]["User"].partition(":")[0] not in ("", "0", "root")


@pytest.mark.parametrize("service", [*SERVICES, *JOBS])
def test_our_images_say_their_user_as_a_number(compose: Any, service: str) -> None:
    user = compose.inspect()[service]["Config"]["User"]
    assert user.replace(":", "").isdigit(), "Kubernetes can tell only of a number that it is not root"


def test_only_loopback_is_listened_on(compose: Any) -> None:
    published = {
        (service, binding["HostIp"])
        for service, said in compose.inspect().items()
        for bindings in said["HostConfig"]["PortBindings"].values()
        for binding in bindings
    }
    assert {address for _, address in published} == {"127.0.0.1"}
    assert "location_consumer" not in {service for service, _ in published}


@pytest.mark.parametrize("service", [*SERVICES, "migrations"])
def test_an_image_is_no_larger_than_it_may_be(compose: Any, service: str) -> None:
    image = compose.inspect()[service]["Config"]["Image"]
    assert compose.image_bytes(image) <= budgets()[service].may_be * MEGABYTE


@pytest.mark.parametrize("service", [*SERVICES, *EYES])
def test_a_container_says_that_it_is_healthy(compose: Any, poll_until: Any, service: str) -> None:
    poll_until(lambda: compose.health(service) == "healthy")


@pytest.mark.parametrize("job", JOBS)
def test_a_job_can_be_run_again(compose: Any, job: str) -> None:
    compose.run("run", "--rm", "--no-deps", job)
    assert compose.inspect()[job]["State"]["ExitCode"] == 0
