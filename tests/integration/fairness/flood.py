"""One client that sends as much as it can of one kind: `python -m tests.integration.fairness.flood KIND TARGET TOKEN`.

Ends when it is killed. Says ten times a second what it was answered so far, as JSON: code of gRPC → calls.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from threading import Event, Thread

import grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from tests.patience import PATIENCE_S

AT_ONCE = 16
PEOPLE = 100  # of the flood: 1 to 100 exist
NOBODY = 900_000_000
BEGINS_S = 1_771_200_000  # 2026-02-16
BATCH = 10_000
STREAMED = 1_000  # by many small messages a stream sends as much, and has its receipts sooner

Request = pb.BatchCreateLocationsRequest


def batch(first_person: int, begins_s: int, latitude: float, count: int = BATCH) -> Request:
    request = Request()
    for number in range(count):
        location = request.locations.add(
            person_id=first_person + number % PEOPLE, latitude=latitude, longitude=11, accuracy_m=5
        )
        location.creation_time.seconds = begins_s + number // PEOPLE
    return request


def always_new(worker: int, count: int = BATCH) -> Iterator[Request]:
    """Good ones, which are nobody's fault but too many."""
    begins_s = BEGINS_S + worker * 86_400
    while True:
        yield batch(1, begins_s, 48, count)
        begins_s += count // PEOPLE


KINDS: dict[str, Callable[[], list[Request]]] = {
    "unknown": lambda: [batch(NOBODY, BEGINS_S, 48)],
    "conflicts": lambda: [batch(1, BEGINS_S, 40 + number / 100) for number in range(10)],
    "duplicates": lambda: [batch(1, BEGINS_S, 48)],
    "new": list,
    "wrong": lambda: [batch(1, BEGINS_S, 91)],
    "too_many": lambda: [batch(1, BEGINS_S, 48, 12_000)],
    "streamed": list,
    "idle_streams": list,
}
"""What is sent again and again: made once, for all workers. Of nothing: always new ones."""


class Flood:
    def __init__(self, kind: str, target: str, token: str) -> None:
        self.kind, self.target = kind, target
        self.metadata = (("authorization", f"Bearer {token}"),)
        self.requests = KINDS[kind]()
        self.answers: Counter[str] = Counter()

    def run(self, worker: int) -> None:
        options = [("grpc.use_local_subchannel_pool", 1)]  # a connection for each worker
        with grpc.insecure_channel(self.target, options=options) as channel:
            stub = LocationServiceStub(channel)
            while True:
                if self.kind == "idle_streams":
                    self.hold_streams(stub)
                elif self.kind == "streamed":
                    self.stream(stub, worker)
                else:
                    for request in cycle(self.requests) if self.requests else always_new(worker):
                        self.answered(
                            partial(stub.BatchCreateLocations, request, metadata=self.metadata, timeout=PATIENCE_S)
                        )

    def answered(self, call: Callable[[], object]) -> None:
        try:
            call()
            self.answers["OK"] += 1
        except grpc.RpcError as error:
            self.answers[error.code().name] += 1

    def stream(self, stub: LocationServiceStub, worker: int) -> None:
        requests = (pb.StreamLocationsRequest(locations=each.locations) for each in always_new(worker, STREAMED))
        receipts = stub.StreamLocations(requests, metadata=self.metadata)

        def read() -> None:
            for _ in receipts:
                self.answers["OK"] += 1

        self.answered(read)

    def hold_streams(self, stub: LocationServiceStub) -> None:
        """As many streams as there may be, on each of them one location, and then nothing more."""
        held = []
        silence = Event()

        def one_and_wait() -> Iterator[pb.StreamLocationsRequest]:
            yield pb.StreamLocationsRequest(locations=batch(1, BEGINS_S, 48, 1).locations)
            silence.wait()

        while True:
            stream = stub.StreamLocations(one_and_wait(), metadata=self.metadata)
            self.answered(partial(next, stream))
            held.append(stream)


def main(kind: str, target: str, token: str) -> None:
    flood = Flood(kind, target, token)
    for worker in range(AT_ONCE):
        Thread(target=flood.run, args=[worker], daemon=True).start()
    while True:
        time.sleep(0.1)
        print(json.dumps(flood.answers), flush=True)  # noqa: T201  whoever started it reads that


if __name__ == "__main__":
    main(*sys.argv[1:])
