"""A person is erased while locations of that person keep coming, and nothing ever brings anything back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from typing import Any

import grpc
import pytest
import requests
from kafka import KafkaAdminClient, KafkaProducer
from udaconnect.location.v1 import location_pb2

from tests.patience import PATIENCE_S

NAME = "Xanthippe"
BATCH = 200
PLACE = -48.8765432  # of the one who is erased, in both coordinates; nobody else is there


@pytest.fixture
def people(system: Any) -> list[int]:
    """The first one is erased: not the first one of the system, whom the examples of the README ask for."""
    others = [system.create_person("Bob", "Staying") for _ in range(3)]
    return [system.create_person(NAME, "Vanishing"), *others]


class Load:
    """Two clients who send locations of everybody, and note how many of each were acknowledged."""

    def __init__(self, system: Any, make_fix: Any, people: list[int], start: datetime) -> None:
        self.system, self.make_fix, self.people, self.start = system, make_fix, people, start
        self.acknowledged = 0  # of each person
        self.stop = Event()

    def send(self, client: int) -> int:
        sent = 0
        for batch in count():
            if self.stop.is_set():
                return sent
            moments = [
                self.start + timedelta(seconds=batch * BATCH + second, microseconds=client) for second in range(BATCH)
            ]
            fixes = [self.make_fix(person, moment, *self.place(person)) for moment in moments for person in self.people]
            try:
                # Those of the first one are refused as soon as he is nobody.
                assert len(fixes) - BATCH <= self.system.send(fixes) <= len(fixes)
            except grpc.RpcError as error:
                assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED  # noqa: PT017  any other fails the test
                continue
            sent += BATCH
        raise AssertionError

    def place(self, person: int) -> tuple[float, float]:
        return (PLACE, PLACE) if person == self.people[0] else (1.0, float(person % 90))

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(2) as pool:
            clients = [pool.submit(self.send, number) for number in range(2)]
            try:
                yield
            finally:
                self.stop.set()
            self.acknowledged = sum(client.result() for client in clients)


def stored(system: Any, person: int) -> int:
    return int(system.query("SELECT count(*) FROM location WHERE person_id = %s", person)[0][0])


def assert_nothing_is_left(system: Any, addresses: Mapping[str, str], person: int) -> None:
    assert stored(system, person) == 0
    assert system.query("SELECT count(*) FROM location WHERE ST_Y(coordinate) = %s", PLACE) == [(0,)]
    assert system.query("SELECT count(*) FROM person WHERE id = %s", person) == [(0,)]
    of_person = f"{addresses['CONNECTION_URL']}/api/persons/{person}"
    week = {"start_date": "2015-01-01", "end_date": "2026-12-31"}
    for resource in ("locations", "connection", "encounters", "introductions", "way", "export"):
        parameters = {} if resource == "export" else week
        assert requests.get(f"{of_person}/{resource}", params=parameters, timeout=PATIENCE_S).status_code == 404


def letters_of(system: Any, person: int) -> list[bytes]:
    """The values of all dead letters that hold a location of the person."""
    return [
        letter.value
        for letter in system.dead_letters()
        if dict(letter.headers)["reason"] != b"unreadable"
        if person in {one.person_id for one in location_pb2.LocationBatch.FromString(letter.value).locations}
    ]


def replay_the_topic(addresses: Mapping[str, str], poll_until: Any, ends: Mapping[Any, int]) -> None:
    """All that Kafka still holds, through a consumer of a group of its own, which begins at the beginning."""
    group = f"replay-{os.urandom(4).hex()}"
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
        "DATABASE_URL": addresses["LOCATION_CONSUMER_DATABASE_URL"],
        "CONSUMER_GROUP": group,
        "HEALTH_BIND": "127.0.0.1:0",
        "LOG_LEVEL": "WARNING",
    }
    with (
        subprocess.Popen([sys.executable, "-m", "location_consumer"], env=environment) as consumer,
        KafkaAdminClient(bootstrap_servers=addresses["KAFKA_BOOTSTRAP_SERVERS"]) as admin,
    ):

        def done() -> bool:
            committed = admin.list_group_offsets(group).get(group, {})
            return all(not end or (at in committed and committed[at].offset >= end) for at, end in ends.items())

        try:
            poll_until(done)
        finally:
            consumer.send_signal(signal.SIGTERM)
        assert consumer.wait(PATIENCE_S) == 0


def test_under_load_everything_of_the_one_goes_and_everything_of_the_others_stays(
    system: Any, make_fix: Any, people: list[int], addresses: Mapping[str, str], poll_until: Any
) -> None:
    erased, *others = people
    url = f"{addresses['PERSON_URL']}/api/persons/{erased}"
    start = system.fresh_week()
    conflict = make_fix(erased, start, 2.0, 2.0)
    system.send([make_fix(erased, start, PLACE, PLACE)])
    system.send([conflict])
    system.wait_until_consumed()
    letters = letters_of(system, erased)
    assert len(letters) == 1, "a dead letter from before the erasure"

    load = Load(system, make_fix, people, start + timedelta(seconds=1))
    with load.running():
        poll_until(lambda: stored(system, erased) > 5_000)
        answer = requests.delete(url, timeout=PATIENCE_S)
        assert (answer.status_code, answer.content) == (204, b"")
        before = stored(system, others[0])
        poll_until(lambda: stored(system, others[0]) > before + 5_000)
    system.wait_until_consumed()

    assert_nothing_is_left(system, addresses, erased)
    assert [stored(system, other) for other in others] == [load.acknowledged] * 3
    assert letters_of(system, erased) == letters, "no place of the person may go where it would stay"
    assert requests.delete(url, timeout=PATIENCE_S).status_code == 404

    replay_the_topic(addresses, poll_until, system.ends())
    with KafkaProducer(bootstrap_servers=addresses["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
        producer.send("location", letters[0]).get(timeout=PATIENCE_S)
    system.wait_until_consumed()

    assert_nothing_is_left(system, addresses, erased)
    assert [stored(system, other) for other in others] == [load.acknowledged] * 3
    assert letters_of(system, erased) == letters


def test_an_unknown_person_cannot_be_erased(addresses: Mapping[str, str]) -> None:
    for person_id in ("0", "999999999", "-1", "9" * 30, "ada"):
        assert (
            requests.delete(f"{addresses['PERSON_URL']}/api/persons/{person_id}", timeout=PATIENCE_S).status_code == 404
        )
