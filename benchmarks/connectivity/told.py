"""How soon people hear that they meet, and what a thousand listeners cost: on a whole system of its own.

Each two walk towards each other, and stand when they have met. Their phones report every 2 s, off by what they say they
are. A meeting begins when their true ways come within the distance; it is heard when the event is at the listener.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import grpc
import numpy as np
import requests
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, Location
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from deployment.native.testing import own_system

DISTANCE_M: Final = 5.0
WALKING_M_S: Final = 1.4  # each of both
REPORTS_S: Final = 2.0
ACCURACY_M: Final = 2.0
DEVIATION_M: Final = ACCURACY_M / 1.51  # on one axis, of an accuracy that holds 68 %
FIRST_S, LAST_S = 20.0, 60.0  # when they come within the distance
HEARD_WITHIN_S: Final = 60.0
METRES_A_DEGREE: Final = 111_194.9
APART_DEGREES: Final = 0.002  # of one pair from the next
LISTENERS: Final = 1_000


class Told(NamedTuple):
    after_s: Sequence[float]  # from the beginning of a meeting to a listener
    unheard: int
    memory_mb: float  # of the process, with all listeners


class Walks:
    """Of pairs: persons 2 i and 2 i + 1 of those given."""

    def __init__(self, persons: Sequence[int]) -> None:
        self._random = np.random.default_rng(5)
        self._persons = persons
        self.began_s = time.time()
        self.meets_s = self._random.uniform(FIRST_S, LAST_S, len(persons) // 2)
        self._due_s = self._random.uniform(0, REPORTS_S, len(persons))

    def due(self) -> list[Location]:
        since_s = time.time() - self.began_s
        found = [self._report(int(at), since_s) for at in np.flatnonzero(self._due_s <= since_s)]
        self._due_s[self._due_s <= since_s] += REPORTS_S
        return found

    def _report(self, at: int, since_s: float) -> Location:
        apart_m = max(DISTANCE_M + 2 * WALKING_M_S * (self.meets_s[at // 2] - since_s), 1.0)
        off_m, east = self._random.normal(0, DEVIATION_M, 2)
        north = off_m + apart_m * (at % 2 - 0.5)
        location = Location(
            person_id=self._persons[at],
            latitude=north / METRES_A_DEGREE,
            longitude=at // 2 * APART_DEGREES + east / METRES_A_DEGREE,
            accuracy_m=ACCURACY_M,
        )
        location.creation_time.FromMicroseconds(round((self.began_s + since_s) * 1e6))
        return location


def told() -> Told:
    with own_system() as addresses:
        persons = [new_person(addresses["PERSON_URL"]) for _ in range(LISTENERS)]
        with (
            listening(addresses["STREAM_URL"], persons) as sockets,
            grpc.insecure_channel(addresses["LOCATION_GRPC"]) as channel,
        ):
            walks, stub = Walks(persons), LocationServiceStub(channel)
            heard: dict[int, float] = {}
            until_s = walks.began_s + LAST_S + HEARD_WITHIN_S
            while len(heard) < LISTENERS and time.time() < until_s:
                if due := walks.due():
                    stub.BatchCreateLocations(BatchCreateLocationsRequest(locations=due), timeout=30)
                for at, _ in sockets.select(0.05):
                    if b"event: begun" in at.fileobj.recv(65_536):  # type: ignore[union-attr]  # it is a socket
                        heard.setdefault(at.data, time.time() - walks.began_s)
            return Told(
                [after_s - walks.meets_s[at // 2] for at, after_s in heard.items()],
                LISTENERS - len(heard),
                resident_mb(addresses["STREAM_HEALTH_URL"]),
            )


@contextmanager
def listening(url: str, persons: Sequence[int]) -> Iterator[selectors.BaseSelector]:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    with ExitStack() as open_now, selectors.DefaultSelector() as sockets:
        for at, person_id in enumerate(persons):
            listener = open_now.enter_context(socket.create_connection((host or "", port or 0)))
            path = f"/api/persons/{person_id}/encounters/live"
            listener.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            while b"event: now" not in listener.recv(65_536):
                pass
            sockets.register(listener, selectors.EVENT_READ, at)
        yield sockets


def new_person(url: str) -> int:
    body: Mapping[str, str] = {"first_name": "First", "last_name": "Last", "company_name": "Company"}
    return int(requests.post(f"{url}/api/persons", json=body, timeout=30).json()["id"])


def resident_mb(url: str) -> float:
    lines = requests.get(f"{url}/metrics", timeout=30).text.splitlines()
    [line] = [line for line in lines if line.startswith("process_resident_memory_bytes ")]
    return float(line.split()[1]) / 2**20
