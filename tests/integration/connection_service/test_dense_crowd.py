"""20,000 people within 50 m for ten minutes (DP-3T/documents#170): an answer or its reason, and bounded memory."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import requests

from deployment.native.ports import free_address
from deployment.native.schema import Database
from deployment.native.services import answers_http
from tests.integration.connection_service.conftest import PeopleServer
from tests.integration.programs import program
from tests.integration.statements import add_people, execute
from tests.patience import PATIENCE_S

PEOPLE = 20_000
STORE = """
    SELECT ensure_location_partition('2026-03-02');
    INSERT INTO location (person_id, creation_time, coordinate, accuracy_m)
    SELECT id, timestamptz '2026-03-02T09:00:00Z' + tick * interval '30 s' + (id % 30) * interval '1 s',
           ST_SetSRID(ST_MakePoint(8.6 + (id % 141) * 4.9e-6, 50.1 + id / 141 * 3.2e-6), 4326), 3
    FROM person, generate_series(0, 19) AS tick;
    ANALYZE location;
"""
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
LARGEST_BYTES = 400_000_000  # 231 MB seen


@pytest.fixture
def service(
    database: Database, people_server: PeopleServer, poll_until: Callable[..., Any]
) -> Iterator[tuple[str, int]]:
    """Its address and the id of its process, with the settings by default."""
    add_people(database.owner, PEOPLE)
    execute(database.owner, STORE)
    people_server.people.known = set(range(1, PEOPLE + 1))
    address = free_address()
    settings = {
        "DATABASE_URL": database.connection_service,
        "PERSON_SERVICE_TARGET": f"127.0.0.1:{people_server.port}",
        "QUERY_TIMEOUT_S": "10",  # some of it is to be refused
        "REST_BIND": address,
        "WEB_CONCURRENCY": "1",
    }
    with program("connection_service", None, **settings) as process:
        poll_until(lambda: answers_http(f"http://{address}/readyz"))
        yield f"http://{address}", process.pid


def peak_bytes(pid: int) -> int:
    """The most that it and its workers ever held."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = [Path(f"/proc/{number}/status").read_text() for number in (pid, *children)]
    return sum(int(line.split()[1]) * 1024 for each in status for line in each.splitlines() if "VmHWM" in line)


def test_every_question_is_answered_or_said_why_not(service: tuple[str, int]) -> None:
    address, pid = service
    for method, distance in product(("estimate", "fixes"), (2, 50)):
        question: dict[str, str | int] = {**DAY, "distance": distance, "method": method}
        answer = requests.get(f"{address}/api/persons/9870/encounters", params=question, timeout=PATIENCE_S)
        if answer.status_code == requests.codes.ok:
            assert answer.json()
        else:
            assert answer.status_code == requests.codes.service_unavailable, answer.text
            assert answer.json()["detail"]
    assert peak_bytes(pid) <= LARGEST_BYTES
