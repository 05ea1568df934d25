"""DATABASE_URL may name several hosts, of which the one that takes writes is meant: for every service alike."""

import os
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from deployment.native.folders import REPOSITORY
from deployment.native.ports import free_address
from deployment.native.schema import Database
from tests.integration.failover.conftest import ADA, Services
from tests.patience import PATIENCE_S


def behind_one_that_is_down(url: str) -> str:
    """The same database, as the second of two hosts."""
    parts = urlsplit(url)
    hosts = f"{free_address()},{parts.hostname}:{parts.port}"
    address = parts._replace(netloc=f"{parts.username}:{parts.password}@{hosts}")
    return address._replace(query="target_session_attrs=read-write").geturl()


def test_every_service_finds_the_host_that_takes_writes(
    services_at: Callable[[Callable[[str], str], Database], Services], database: Database
) -> None:
    services = services_at(behind_one_that_is_down, database)
    ada = services.rest.post("/api/persons", json=ADA).get_json()["id"]
    assert services.store_a_location(ada, 0) == 1
    assert services.track(ada) == 1


@pytest.mark.parametrize(
    ("command", "role"),
    [
        (["db/await_schema.py", "schema"], "person_service"),
        (["-m", "alembic", "-c", "db/alembic.ini", "upgrade", "head"], "owner"),
        (["db/retention.py"], "retention"),
    ],
)
def test_so_do_the_jobs(database: Database, command: list[str], role: str) -> None:
    url = behind_one_that_is_down(getattr(database, role))
    kept = {"LOCATION_RETENTION_DAYS": "0", "CONNECTIVITY_RETENTION_DAYS": "0"}
    environment = os.environ | {"DATABASE_URL": url, "SCHEMA_WAIT_S": "20"} | kept
    subprocess.run([sys.executable, *command], check=True, env=environment, cwd=REPOSITORY, timeout=PATIENCE_S)
