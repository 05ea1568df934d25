"""Sends batches of locations: several calls in flight, patient with a server that is busy or away for a moment.

    for receipt in Sender(LocationServiceStub(channel).BatchCreateLocations).send(batches):
        ...

Sending a location twice is harmless, so every call that fails for a passing reason is simply made again.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import grpc
from google.rpc.error_details_pb2 import RetryInfo
from grpc_status import rpc_status
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse

from location_client.batches import Batch
from location_client.readers.rows import Rejected

PASSING = {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}


class SendingError(Exception):
    """A batch could not be delivered. The message is for the user; `code`: what was answered, if anything was."""

    def __init__(self, message: str, code: grpc.StatusCode | None = None) -> None:
        super().__init__(message)
        self.code = code


class BatchCall(Protocol):
    """LocationServiceStub.BatchCreateLocations."""

    def __call__(
        self, request: BatchCreateLocationsRequest, /, *, timeout: float | None = None
    ) -> BatchCreateLocationsResponse: ...


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, between attempts and in all. The waits double."""

    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0
    give_up_after_s: float = 60.0
    call_timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: accepted + len(refused) locations were in its request."""

    batch: Batch
    accepted: int
    refused: list[Rejected]


class Sender:
    """Delivers batches. `wait` sleeps for seconds, unless the event is set before; it returns whether it is."""

    def __init__(
        self,
        call: BatchCall,
        *,
        in_flight: int = 4,
        patience: Patience = Patience(),
        wait: Callable[[Event, float], bool] = Event.wait,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._call = call
        self._in_flight = in_flight
        self._patience = patience
        self._wait = wait
        self._clock = clock

    def send(self, batches: Iterable[Batch]) -> Iterator[Receipt]:
        """Send each batch; yields the receipts in the same order.

        At most `in_flight` batches are held at a time. Where one cannot be delivered (SendingError), or the batches end
        in an exception of their own, the receipts of those under way still come before it is raised.
        """
        underway: deque[Future[Receipt]] = deque()
        failure: Exception | None = None
        stop = Event()
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix="send") as pool:
            try:
                try:
                    for batch in batches:
                        underway.append(pool.submit(self._deliver, batch, stop))
                        while underway and (len(underway) == self._in_flight or underway[0].done()):
                            yield underway.popleft().result()
                except Exception as error:  # noqa: BLE001  raised below, when the receipts are out
                    failure = error
                while underway:
                    if isinstance(failure, SendingError):
                        stop.set()  # whoever waits to try again need not
                    try:
                        receipt = underway.popleft().result()
                    except SendingError as error:
                        failure = failure or error
                    else:
                        yield receipt
            finally:
                stop.set()  # also where nobody takes the receipts any more
        if failure:
            raise failure

    def _deliver(self, batch: Batch, stop: Event) -> Receipt:
        if not batch.request.locations:
            return Receipt(batch, 0, [])
        started_at = self._clock()
        wait_s = self._patience.first_wait_s
        while True:
            try:
                response = self._call(batch.request, timeout=self._patience.call_timeout_s)
            except grpc.RpcError as error:
                patience_left_s = started_at + self._patience.give_up_after_s - self._clock()
                # The randomness keeps many clients from coming back in step.
                pause_s = max(wait_s * random.uniform(0.5, 1), requested_wait_s(error))  # noqa: S311
                if error.code() not in PASSING or pause_s > patience_left_s or self._wait(stop, pause_s):
                    raise SendingError(f"{error.code().name}: {error.details()}", error.code()) from error
                wait_s = min(wait_s * 2, self._patience.longest_wait_s)
            else:
                return receipt_for(batch, response)


def receipt_for(batch: Batch, response: BatchCreateLocationsResponse) -> Receipt:
    """Say where in the file the refused locations stood."""
    refused = [
        Rejected(batch.places[rejection.index] if batch.places else rejection.index, rejection.field, rejection.reason)
        for rejection in response.rejections
    ]
    return Receipt(batch, response.accepted_count, refused)


def requested_wait_s(error: grpc.RpcError) -> float:
    """The seconds that the server asks us to wait (google.rpc.RetryInfo); 0 if it does not ask."""
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info = RetryInfo()
        if detail.Unpack(info):
            return float(info.retry_delay.seconds + info.retry_delay.nanos / 1e9)
    return 0.0
