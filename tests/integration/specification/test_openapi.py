"""What the services say of themselves in /swagger.json is true: Schemathesis, with every check that it has.

It makes up requests that the specification allows and requests that it forbids, one by one and in sequences, and holds
every answer against the specification. SCHEMATHESIS_EXAMPLES=2000 looks longer, and each time at something else.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deployment.native.ports import free_address
from deployment.native.schema import Database
from deployment.native.services import answers_http
from tests.integration.programs import program
from tests.integration.statements import execute

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES")
FEW_EXAMPLES = "25"
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
HOOKS = Path(__file__).with_name("hooks.py")
PERSONS = (1, 2, 3)
STORE = """
    INSERT INTO person (first_name, last_name, company_name)
    SELECT 'Ada', 'Byron ' || number, 'Looms' FROM generate_series(1, 3) AS number;
    SELECT ensure_location_partition('2026-03-02');
    INSERT INTO location (person_id, creation_time, coordinate, accuracy_m)
    SELECT id, timestamptz '2026-03-02T09:00:00Z' + minute * interval '1 min' + id * interval '1 s',
           ST_SetSRID(ST_MakePoint(8.6 + id * 1e-5, 50.1), 4326), CASE WHEN minute % 3 > 0 THEN minute % 7 END
    FROM person, generate_series(0, 59) AS minute;
"""


@contextmanager
def running(name: str, log: Path, poll_until: Any, **settings: str) -> Iterator[str]:
    """A service as it is started anywhere, with its own process; gives its address."""
    address = free_address()
    environment = {"WEB_CONCURRENCY": "1", "REST_BIND": address, "LOG_LEVEL": "WARNING", **settings}
    with log.open("wb") as output, program(name, output, **environment):
        poll_until(lambda: answers_http(f"http://{address}/readyz"))
        yield f"http://{address}"


@pytest.fixture
def services(database: Database, tmp_path: Path, poll_until: Callable[..., Any]) -> Iterator[Mapping[str, str]]:
    """The address of each REST service, on a database of three persons who were together for an hour."""
    execute(database.owner, STORE)
    grpc = free_address()
    people = {"DATABASE_URL": database.person_service, "GRPC_BIND": grpc}
    meetings = {"DATABASE_URL": database.connection_service, "PERSON_SERVICE_TARGET": grpc}
    with (
        running("person_service", tmp_path / "person_service.log", poll_until, **people) as persons,
        running("connection_service", tmp_path / "connection_service.log", poll_until, **meetings) as connections,
    ):
        yield {"person_service": persons, "connection_service": connections}


@pytest.mark.parametrize("name", ["connection_service", "person_service"])
def test_schemathesis_finds_nothing(name: str, services: Mapping[str, str], tmp_path: Path) -> None:
    command = [
        str(SCHEMATHESIS),
        "run",
        f"{services[name]}/swagger.json",
        "--checks=all",
        f"--max-examples={EXAMPLES or FEW_EXAMPLES}",
        *([] if EXAMPLES else ["--seed=1"]),
        "--continue-on-failure",
        "--suppress-health-check=all",  # they are about its own speed
        "--no-color",
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": str(HOOKS),
        "SPECIFICATION_PERSONS": ",".join(map(str, PERSONS)),
    }
    found = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path, env=environment)
    end_of_log = (tmp_path / f"{name}.log").read_text()[-3000:]
    assert found.returncode == 0, f"{found.stdout}\n{found.stderr}\n{end_of_log}"
