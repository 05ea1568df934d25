"""A stream of a test's own: what is refused, how many may listen, and who is too slow for it."""

import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from kafka import KafkaAdminClient, KafkaProducer
from udaconnect.connection.v1.encounter_pb2 import KIND_BEGUN, EncounterEvent, Place

from deployment.native.ports import free_address
from tests.e2e.conftest import System
from tests.e2e.live.listening import listening
from tests.integration.programs import program
from tests.patience import PATIENCE_S

LISTENERS_MAX, PER_CALLER = 6, 3
MANY = 30_000


@dataclass
class Stream:
    url: str
    health_url: str
    producer: KafkaProducer
    topic: str

    def tell(self, *events: EncounterEvent) -> None:
        for event in events:
            self.producer.send(self.topic, event.SerializeToString(), partition=0)
        self.producer.flush(timeout=PATIENCE_S)

    def counted(self, sample: str) -> float:
        lines = requests.get(f"{self.health_url}/metrics", timeout=PATIENCE_S).text.splitlines()
        return float(next(line.split()[-1] for line in lines if line.startswith(sample)))


@pytest.fixture
def stream(addresses: Mapping[str, str], poll_until: Any) -> Iterator[Stream]:
    topic, bind, health = f"test-{secrets.token_hex(6)}", free_address(), free_address()
    servers = addresses["KAFKA_BOOTSTRAP_SERVERS"]
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": servers,
        "ENCOUNTER_TOPIC": topic,
        "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
        "HTTP_BIND": bind,
        "METRICS_BIND": health,
        "LISTENERS_MAX": str(LISTENERS_MAX),
        "LISTENERS_PER_CALLER": str(PER_CALLER),
        "HEARTBEAT_S": "0.2",
    }
    with KafkaAdminClient(bootstrap_servers=servers) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
        admin.wait_for_topics([topic])
        try:
            with program("encounter_stream", **environment), KafkaProducer(bootstrap_servers=servers) as producer:
                poll_until(lambda: is_ready(f"http://{health}"))
                yield Stream(f"http://{bind}", f"http://{health}", producer, topic)
        finally:
            admin.delete_topics([topic])


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=PATIENCE_S).ok
    except requests.RequestException:
        return False


def begun(number: int, person_id: int, other_id: int) -> EncounterEvent:
    event = EncounterEvent(
        number=number, kind=KIND_BEGUN, encounter_id=number, person_id=person_id, other_person_id=other_id,
        closest_m=1, probability=1, place=Place(latitude=1, longitude=2),
    )  # fmt: skip
    event.started_at.GetCurrentTime()
    event.told_at.GetCurrentTime()
    return event


def test_what_comes_again_is_told_once(stream: Stream, system: System) -> None:
    ada, grace = system.create_person(), system.create_person()
    with listening(stream.url, ada) as heard:
        heard.next()
        stream.tell(*(begun(number, ada, grace) for number in (1, 2, 1, 2, 3)))
        assert [heard.next().id for _ in range(3)] == ["1", "2", "3"]


def test_of_who_is_no_person_nothing_is_told(stream: Stream, system: System) -> None:
    ada, grace = system.create_person(), system.create_person()
    with listening(stream.url, ada) as heard:
        heard.next()
        stream.tell(begun(1, ada, 2**60), begun(2, ada, grace))
        assert heard.next().id == "2"
    with listening(stream.url, ada) as heard:
        assert [each["id"] for each in heard.next().data["encounters"]] == [2]


def test_silence_is_broken_by_heartbeats(stream: Stream, system: System) -> None:
    with listening(stream.url, system.create_person()) as heard:
        lines = heard.answer.iter_lines(chunk_size=1)
        while next(lines) != b":":
            pass


def test_each_may_have_some_streams_and_all_together_so_many(stream: Stream, system: System) -> None:
    persons = [system.create_person() for _ in range(3)]
    with ExitStack() as open_now:
        listeners = [
            open_now.enter_context(listening(stream.url, person_id))
            for person_id in persons[:2]
            for _ in range(PER_CALLER)
        ]
        assert [listener.next().name for listener in listeners] == ["now"] * LISTENERS_MAX
        answers = [
            requests.get(f"{stream.url}/api/persons/{person_id}/encounters/live", timeout=PATIENCE_S)
            for person_id in (persons[0], persons[2])
        ]
        assert [answer.status_code for answer in answers] == [429, 503]
        for answer in answers:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0


def test_who_is_too_slow_is_ended_and_nobody_else_notices(stream: Stream, system: System, poll_until: Any) -> None:
    ada, grace = system.create_person(), system.create_person()
    with socket.create_connection((urlsplit(stream.url).hostname, urlsplit(stream.url).port)) as slow:
        slow.sendall(f"GET /api/persons/{ada}/encounters/live HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        poll_until(lambda: stream.counted("encounter_stream_listeners") == 1)
        with listening(stream.url, grace) as heard:
            heard.next()
            for first in range(1, MANY, 1000):
                stream.tell(*(begun(number, ada, grace) for number in range(first, first + 1000)))
            stream.tell(begun(MANY + 1000, grace, ada))
            assert heard.next().id == str(MANY + 1000)
            poll_until(lambda: stream.counted('encounter_stream_ended_total{reason="slow"}') == 1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/persons/0/encounters/live", 404),
        ("GET", "/api/persons/1/encounters/live/more", 404),
        ("GET", f"/api/persons/{10**18 - 1}/encounters/live", 404),
        ("POST", "/api/persons/1/encounters/live", 405),
        ("GET", "/api/persons/1/encounters/live?limit=1", 400),
    ],
)
def test_what_cannot_be_listened_to_is_refused_with_a_reason(
    addresses: Mapping[str, str], method: str, path: str, status: int
) -> None:
    answer = requests.request(method, addresses["STREAM_URL"] + path, timeout=PATIENCE_S)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_listeners_are_told_to_come_again_when_it_stops(
    addresses: Mapping[str, str], system: System, poll_until: Any
) -> None:
    bind, health = free_address(), free_address()
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
        "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
        "HTTP_BIND": bind,
        "METRICS_BIND": health,
    }
    with program("encounter_stream", **environment) as process:
        poll_until(lambda: is_ready(f"http://{health}"))
        with listening(f"http://{bind}", system.create_person()) as heard:
            heard.next()
            process.terminate()
            assert heard.until("end").data["reason"] == "stopping"
        began = time.monotonic()
        assert process.wait(PATIENCE_S) == 0, time.monotonic() - began
