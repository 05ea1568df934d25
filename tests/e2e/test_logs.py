"""No log of any part of the system holds a place or a name, whatever goes well or wrong."""

import os
import re
import secrets
import shlex
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import grpc
import pytest
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from kafka import KafkaProducer
from udaconnect.location.v1 import location_pb2
from udaconnect.person.v1 import person_pb2
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from deployment.native.folders import data_folder
from tests.patience import PATIENCE_S

# Of this run alone, and found in no number by chance.
WORDS = [f"name{secrets.token_hex(6)}" for _ in range(3)]
DIGITS = [str(secrets.randbelow(9 * 10**8) + 10**8) for _ in range(2)]
NAMES = tuple(word.capitalize() for word in WORDS)
LATITUDE, LONGITUDE = float(f"47.{DIGITS[0]}1"), float(f"8.{DIGITS[1]}1")
TOO_FAR_NORTH = LATITUDE + 100
RESOURCES = ("connection", "encounters", "contacts", "introductions", "locations", "way")
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}


@pytest.fixture(autouse=True)
def others(system: Any) -> None:
    """People who are not erased: the examples of the README ask for the first two of the system."""
    for _ in range(2):
        system.create_person()


@pytest.fixture
def logs() -> Callable[[], str]:
    """Everything that all parts of the system have logged: natively, as containers, or as pods."""
    if said := os.environ.get("LOGS_COMMAND"):
        command = shlex.split(said)
        return lambda: subprocess.run(command, check=True, capture_output=True, text=True).stdout
    file = data_folder().run_log
    if not file.exists():
        pytest.skip("the system runs in the foreground: its log went to the terminal")
    return lambda: file.read_text(errors="replace")


def told_at(line: str) -> str:
    """When a line was written, of two the later one is the greater."""
    [instant] = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line)
    return str(instant)


def location(person_id: int, latitude: float = LATITUDE, second: int = 0) -> location_pb2.Location:
    return location_pb2.Location(
        person_id=person_id,
        latitude=latitude,
        longitude=LONGITUDE,
        creation_time=Timestamp(seconds=1_772_452_800 + second),
    )


def ask_everything(addresses: Mapping[str, str], person: int) -> None:
    """Questions that are answered, and every kind that is not, with the name and the place in all of their parts."""
    first, last, company = NAMES
    for service in ("PERSON_URL", "CONNECTION_URL"):
        url = addresses[service]
        for path in (
            f"/api/persons?q={first}+{last}",
            f"/api/persons?limit={last}",
            f"/api/persons/{person}",
            f"/api/persons/{first}",
            f"/{company}/{LATITUDE}",
            f"/api/groups?start_date=2026-03-02&end_date=2026-03-02&person_id={person}",
            f"/api/groups?start_date=2026-03-02&end_date=2026-03-02&person_id={first}",
            *(
                f"/api/persons/{person}/{resource}?start_date=2026-03-02&end_date=2026-03-02{more}"
                for resource in (*RESOURCES, "export")
                for more in ("", f"&distance={LATITUDE}N", f"&distance={first}", f"&{last}={LONGITUDE}")
            ),
        ):
            requests.get(url + path, headers={"User-Agent": first, "Cookie": last}, timeout=PATIENCE_S)
        persons = f"{url}/api/persons"
        requests.post(persons, data=f'{{"first_name": "{first}', timeout=PATIENCE_S)
        requests.post(persons, json={"first_name": first * 100, "last_name": last, company: "?"}, timeout=PATIENCE_S)
        requests.post(
            persons, json={"first_name": f"{first}\x00", "last_name": last, "company_name": "?"}, timeout=PATIENCE_S
        )
        requests.put(f"{persons}/{person}", json={"first_name": first}, timeout=PATIENCE_S)


def send_everything(system: Any, addresses: Mapping[str, str], person: int) -> None:
    """Locations that are stored, refused at the door, and given up for every reason that can be brought about."""
    good, bad = location(person), location(person, TOO_FAR_NORTH)
    with pytest.raises(grpc.RpcError):
        system.locations.CreateLocation(location_pb2.CreateLocationRequest(location=bad), timeout=PATIENCE_S)
    system.locations.BatchCreateLocations(
        location_pb2.BatchCreateLocationsRequest(locations=[bad, location(person, 47.0), location(10**15)]),
        timeout=PATIENCE_S,
    )
    records = [
        location_pb2.LocationBatch(locations=[bad, location(0), good]).SerializeToString(),
        f"{NAMES[0]} {LATITUDE}".encode(),
    ]
    with KafkaProducer(bootstrap_servers=addresses["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
        for record in records:
            producer.send("location", record).get(timeout=PATIENCE_S)


def test_no_log_holds_a_place_or_a_name(
    system: Any, addresses: Mapping[str, str], logs: Callable[[], str], poll_until: Any
) -> None:
    person = system.create_person(*NAMES)
    with grpc.insecure_channel(addresses["PERSON_GRPC"]) as channel:
        persons = PersonServiceStub(channel)
        persons.CreatePerson(
            person_pb2.CreatePersonRequest(first_name=NAMES[0], last_name=NAMES[1], company_name=NAMES[2])
        )
        persons.ListPersons(person_pb2.ListPersonsRequest(query=NAMES[0]))
        with pytest.raises(grpc.RpcError):
            persons.ListPersons(person_pb2.ListPersonsRequest(page_token=NAMES[0]))
    good = location_pb2.CreateLocationRequest(location=location(person))
    system.locations.CreateLocation(good, timeout=PATIENCE_S)
    send_everything(system, addresses, person)
    system.wait_until_consumed()
    ask_everything(addresses, person)
    assert requests.delete(f"{addresses['PERSON_URL']}/api/persons/{person}", timeout=PATIENCE_S).status_code == 204
    with suppress(grpc.RpcError):  # that the person is gone may be known already
        system.locations.CreateLocation(good, timeout=PATIENCE_S)
    send_everything(system, addresses, person)
    system.wait_until_consumed()

    # What is read is really the log, and it has come as far as here.
    poll_until(lambda: "DELETE /api/persons/{person_id}" in logs())
    assert "GET /api/persons/{person_id}/export" in logs()
    assert "dead letters" in logs()
    secret = (*WORDS, *(digits[:7] for digits in DIGITS))
    leaks = [line for line in logs().splitlines() if any(part in line.lower() for part in secret)]
    assert leaks == []


def test_who_reads_and_who_erases_is_in_the_log(
    system: Any, addresses: Mapping[str, str], logs: Callable[[], str], poll_until: Any
) -> None:
    person = system.create_person("Ada", "Byron")
    for resource in (*RESOURCES, "export"):
        parameters = {} if resource == "export" else DAY
        url = f"{addresses['CONNECTION_URL']}/api/persons/{person}/{resource}"
        assert requests.get(url, params=parameters, timeout=PATIENCE_S).status_code == 200
    assert requests.delete(f"{addresses['PERSON_URL']}/api/persons/{person}", timeout=PATIENCE_S).status_code == 204

    def audited() -> list[str]:
        lines = [line for line in logs().splitlines() if " audit" in line or '"event": "audit"' in line]
        return [line for line in lines if f"person_id={person}" in line or f'"person_id": {person},' in line]

    poll_until(lambda: len(audited()) == len(RESOURCES) + 2)
    for line in audited():
        assert "address 1" in line, "nobody is asked for a token here, so it is the address that tells who"
    assert "DELETE" in max(audited(), key=told_at), "containers tell it one after the other"
