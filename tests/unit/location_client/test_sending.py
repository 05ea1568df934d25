from collections.abc import Iterator
from threading import Event, Lock

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse, Rejection

from location_client.batches import Batch, batches_of
from location_client.readers.rows import Rejected
from location_client.sending import Patience, Receipt, Sender, SendingError


class Failure(grpc.RpcError):
    """What grpc raises, as far as anybody looks at it."""

    def __init__(self, code: grpc.StatusCode, retry_after_s: int | None = None) -> None:
        super().__init__()
        self._code = code
        self._retry_after_s = retry_after_s

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "try later"

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:  # type: ignore[override] # grpc's type is private
        if self._retry_after_s is None:
            return ()
        detail = Any()
        detail.Pack(RetryInfo(retry_delay=Duration(seconds=self._retry_after_s)))
        status = Status(code=self._code.value[0], message="try later", details=[detail])
        return (("grpc-status-details-bin", status.SerializeToString()),)


class Server:
    """Fails as it is told, then takes everything but person 0, which it refuses."""

    def __init__(self, *failures: grpc.RpcError) -> None:
        self._failures = list(failures)
        self._lock = Lock()
        self.requests: list[BatchCreateLocationsRequest] = []

    def __call__(
        self, request: BatchCreateLocationsRequest, /, *, timeout: float | None = None
    ) -> BatchCreateLocationsResponse:
        assert timeout is not None, "a call without a deadline can hang for ever"
        with self._lock:
            if self._failures:
                raise self._failures.pop(0)
            self.requests.append(request)
        refused = [index for index, location in enumerate(request.locations) if location.person_id == 0]
        return BatchCreateLocationsResponse(
            accepted_count=len(request.locations) - len(refused),
            rejections=[
                Rejection(index=index, field="person_id", reason="must be greater than 0") for index in refused
            ],
        )


class Time:
    """A clock that moves by waiting only."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, stop: Event, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return stop.is_set()


def batches(number: int, size: int = 2) -> Iterator[Batch]:
    rows = ((place, place % 3, 0, 1.0, 2.0, None) for place in range(number * size))
    return batches_of(rows, size)


def send(server: Server, number: int = 1, *, time: Time | None = None, in_flight: int = 1) -> list[Receipt]:
    time = time or Time()
    return list(Sender(server, in_flight=in_flight, wait=time.wait, clock=time.clock).send(batches(number)))


def busy(retry_after_s: int | None = None) -> Failure:
    return Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after_s)


def away() -> Failure:
    return Failure(grpc.StatusCode.UNAVAILABLE)


def test_receipts_come_in_order_and_say_where_the_refused_stood() -> None:
    receipts = send(Server(), 3, in_flight=3)
    assert [receipt.accepted for receipt in receipts] == [1, 1, 2]
    assert receipts[1].refused == [Rejected(3, "person_id", "must be greater than 0")]


@pytest.mark.parametrize("failure", [busy(), away(), Failure(grpc.StatusCode.DEADLINE_EXCEEDED)])
def test_a_passing_failure_is_waited_out(failure: Failure) -> None:
    time = Time()
    receipts = send(Server(failure, failure, failure), time=time)
    assert sum(receipt.accepted for receipt in receipts) == 1
    assert len(time.waits) == 3
    assert 0.05 <= time.waits[0] <= 0.1 < time.waits[2] <= 0.4


def test_the_server_may_say_how_long_to_wait() -> None:
    time = Time()
    send(Server(busy(retry_after_s=7)), time=time)
    assert time.waits == [7]


def test_patience_ends() -> None:
    time = Time()
    with pytest.raises(SendingError, match="UNAVAILABLE: try later"):
        send(Server(*[away() for _ in range(1000)]), time=time)
    assert 50 < time.now <= Patience().give_up_after_s


def test_a_refusal_of_the_whole_batch_is_not_tried_again() -> None:
    time = Time()
    with pytest.raises(SendingError, match="INVALID_ARGUMENT"):
        send(Server(Failure(grpc.StatusCode.INVALID_ARGUMENT)), time=time)
    assert not time.waits


def test_what_was_under_way_when_a_batch_failed_is_still_counted() -> None:
    second_has_answered = Event()

    def first_one_fails_last(
        request: BatchCreateLocationsRequest, /, *, timeout: float | None = None
    ) -> BatchCreateLocationsResponse:
        if request.locations[0].person_id == 0:
            second_has_answered.wait(timeout)
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT)
        second_has_answered.set()
        return Server()(request, timeout=timeout)

    receipts: list[Receipt] = []
    with pytest.raises(SendingError):
        receipts.extend(Sender(first_one_fails_last, in_flight=2).send(batches(9)))
    assert [receipt.accepted for receipt in receipts] == [1]


def test_no_more_batches_are_held_than_may_be_in_flight() -> None:
    made = 0

    def counted() -> Iterator[Batch]:
        nonlocal made
        for batch in batches(100):
            made += 1
            yield batch

    for taken, _ in enumerate(Sender(Server(), in_flight=4).send(counted()), start=1):
        assert made - taken <= 4
    assert made == 100


def test_a_batch_of_unreadable_rows_only_is_not_sent() -> None:
    server = Server()
    unreadable = [Rejected(2, "latitude", "is missing")]
    (receipt,) = Sender(server).send([Batch(BatchCreateLocationsRequest(), [], unreadable)])
    assert (receipt.accepted, receipt.batch.unreadable) == (0, unreadable)
    assert not server.requests


def test_whoever_stops_taking_receipts_does_not_wait_for_the_others() -> None:
    def second_one_is_busy(
        request: BatchCreateLocationsRequest, /, *, timeout: float | None = None
    ) -> BatchCreateLocationsResponse:
        if request.locations[0].person_id == 2:
            raise busy(retry_after_s=3600)
        return Server()(request, timeout=timeout)

    patience = Patience(give_up_after_s=10_000)
    receipts = Sender(second_one_is_busy, in_flight=2, patience=patience).send(batches(3))
    next(receipts)
    receipts.close()  # type: ignore[attr-defined]  # a generator, which would hang here for an hour
