"""A steady load from the client library: most calls are patient, some are made once and never again."""

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Self

import grpc
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from location_client.batches import Batch
from location_client.sending import Patience, Sender, SendingError
from tests.chaos.ledger import Ledger

PEOPLE = 500
STRANGERS = 5  # person ids that nobody has: every hundredth location ends as a dead letter
BATCH = 50
ONCE_EVERY = 5  # of so many batches one is sent impatiently
CALL_TIMEOUT_S = 15.0
PATIENT = Patience(give_up_after_s=60, longest_wait_s=1, call_timeout_s=CALL_TIMEOUT_S)
IMPATIENT = Patience(give_up_after_s=0, call_timeout_s=CALL_TIMEOUT_S)


class Load:
    """Locations of one round, so many a second, each with a key of its own, from `begins_us` on."""

    def __init__(self, target: str, ledger: Ledger, begins_us: int, rate: int) -> None:
        self._ledger = ledger
        self._begins_us = begins_us
        self._rate = rate
        self._chance = random.Random(begins_us)  # noqa: S311  test data
        self._number = 0
        self._stopping = Event()
        self._channel = grpc.insecure_channel(target, options=[("grpc.max_reconnect_backoff_ms", 1000)])
        self._once: list[Batch] = []
        self._threads = [Thread(target=self._send_patiently), Thread(target=self._send_once)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._channel.close()

    def stop(self) -> None:
        """Returns when every patient call has been acknowledged, or its patience is at an end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send_patiently(self) -> None:
        while not self._stopping.is_set():
            with suppress(SendingError):  # a minute of patience was not enough; there is more to send
                for _ in self._sender(PATIENT, in_flight=8).send(self._batches()):
                    pass

    def _send_once(self) -> None:
        sender = self._sender(IMPATIENT, in_flight=1)
        while not self._stopping.wait(0.01):
            batches, self._once = self._once, []
            for batch in batches:
                try:
                    list(sender.send([batch]))
                except SendingError:
                    continue  # nobody knows what became of it

    def _sender(self, patience: Patience, in_flight: int) -> Sender:
        call = self._ledger.recording(LocationServiceStub(self._channel).BatchCreateLocations)
        return Sender(call, in_flight=in_flight, patience=patience)

    def _batches(self) -> Iterator[Batch]:
        began = time.monotonic()
        while not self._stopping.is_set():
            batch = self._batch()
            if self._number // BATCH % ONCE_EVERY:
                yield batch
            elif len(self._once) < 2:
                self._once.append(batch)
            due_in_s = began + self._number / self._rate - time.monotonic()
            if due_in_s > 0:
                self._stopping.wait(due_in_s)
            else:
                began -= due_in_s  # what was missed while the system was away is not made up for

    def _batch(self) -> Batch:
        request = BatchCreateLocationsRequest()
        for _ in range(BATCH):
            number, self._number = self._number, self._number + 1
            stranger = number % 100 == 0
            location = request.locations.add(
                person_id=1_000_000 + self._chance.randrange(STRANGERS) if stranger else 1 + number % PEOPLE,
                latitude=self._chance.uniform(-60, 60),
                longitude=self._chance.uniform(-180, 180),
                accuracy_m=5,
            )
            location.creation_time.FromMicroseconds(self._begins_us + number)
        return Batch(request)
