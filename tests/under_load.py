"""A phone and a page that go on while the system is restarted under them, and remember what they were told."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import grpc
import psycopg2
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from tests.patience import PATIENCE_S

BATCH = 20
GRACE = {"first_name": "Grace", "last_name": "Hopper", "company_name": "Compilers"}
CALL_S = 15  # then a client sends the same again: nobody has refused it, it was slow, as the machine may be, or lost
# What a client does when it is told that the system is not there: it sends the same again.
TRY_AGAIN = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,
}


class Reporter(threading.Thread):
    """A phone that sends batches until it is told to stop, and remembers how many it was told are taken."""

    def __init__(self, target: str, person_id: int, start: datetime) -> None:
        super().__init__(name="reporter")
        self.target, self.person_id, self.start_time = target, person_id, start
        self.acknowledged = 0
        self.refusals: list[grpc.StatusCode] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        options = [("grpc.max_reconnect_backoff_ms", 500), ("grpc.initial_reconnect_backoff_ms", 100)]
        with grpc.insecure_channel(self.target, options=options) as channel:
            stub = location_pb2_grpc.LocationServiceStub(channel)
            while not self.stopping.is_set():
                request = location_pb2.BatchCreateLocationsRequest(locations=self.next_batch())
                try:
                    answer = stub.BatchCreateLocations(request, timeout=CALL_S)
                except grpc.RpcError as error:
                    if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                        self.refusals.append(error.code())
                    self.stopping.wait(0.2)
                    continue
                assert answer.accepted_count == BATCH
                self.acknowledged += BATCH
                self.stopping.wait(0.02)

    def next_batch(self) -> Iterator[location_pb2.Location]:
        for number in range(self.acknowledged, self.acknowledged + BATCH):
            time = Timestamp()
            time.FromDatetime(self.start_time + timedelta(seconds=number))
            yield location_pb2.Location(person_id=self.person_id, latitude=1.0, longitude=1.0, creation_time=time)


class Registrar(threading.Thread):
    """Makes people through the page's address until it is told to stop, and remembers whom it was told are made."""

    def __init__(self, url: str) -> None:
        super().__init__(name="registrar")
        self.url = f"{url}/api/persons"
        self.made: list[int] = []
        self.refusals: list[int | None] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(0.05):
            try:
                answer = requests.post(self.url, json=GRACE, timeout=CALL_S)
            except requests.Timeout:
                continue
            except requests.RequestException:
                self.refusals.append(None)
                continue
            if answer.status_code == 201:
                self.made.append(int(answer.json()["id"]))
            else:
                self.refusals.append(answer.status_code)


class Load(NamedTuple):
    reporter: Reporter
    registrar: Registrar

    def wait_until_it_flows(self, poll_until: Any) -> None:
        """Return when some more batches are acknowledged, and some more people made."""
        locations, people = self.reporter.acknowledged, len(self.registrar.made)
        poll_until(lambda: self.reporter.acknowledged > locations + 5 * BATCH and len(self.registrar.made) > people + 5)

    def check_nothing_is_lost(self, addresses: Mapping[str, str], poll_until: Any, replaced: str) -> None:
        """After a service or a store, by its name in docker-compose.yml, was away under this load."""
        assert set(self.reporter.refusals) <= TRY_AGAIN, self.reporter.refusals
        if replaced not in ("location_producer", "kafka"):
            assert not self.reporter.refusals, f"Kafka stands between; a phone noticed {self.reporter.refusals}"
        if replaced not in ("frontend", "person_service", "postgis"):
            assert not self.registrar.refusals, "people are no part of the way of a location"
        for person in self.registrar.made:
            assert requests.get(f"{addresses['PERSON_URL']}/api/persons/{person}", timeout=PATIENCE_S).ok
        # One more than acknowledged may be stored: the batch whose answer was lost on the way.
        person_id, acknowledged = self.reporter.person_id, self.reporter.acknowledged
        poll_until(lambda: stored(addresses, person_id) >= acknowledged)
        assert stored(addresses, person_id) <= acknowledged + BATCH


@contextmanager
def load(addresses: Mapping[str, str], start: datetime) -> Iterator[Load]:
    person = requests.post(f"{addresses['PERSON_URL']}/api/persons", json=GRACE, timeout=PATIENCE_S).json()["id"]
    threads = Load(Reporter(addresses["LOCATION_GRPC"], person, start), Registrar(addresses["FRONTEND_URL"]))
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.stopping.set()
        for thread in threads:
            thread.join()


def stored(addresses: Mapping[str, str], person_id: int) -> int:
    session = psycopg2.connect(addresses["DATABASE_URL"])
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM location WHERE person_id = %s", [person_id])
            return sum(count for (count,) in cursor.fetchall())
    finally:
        session.close()
