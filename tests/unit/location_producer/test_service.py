"""What each rpc answers; Kafka is played by a fake publisher, gRPC's context by another."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from math import nan
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from udaconnect.location.v1 import location_pb2 as pb

from location_producer.callers.allowance import Callers
from location_producer.errors import NotAcknowledgedError, OverloadedError
from location_producer.metrics import Metrics
from location_producer.people.directory import Directory
from location_producer.service import STREAM_WINDOW, LocationService
from location_producer.validation import TimeLimits
from service_kit.kafka.partition import partition_of

NOW_US = 1_772_445_600_000_000
EARLIEST_US = 1_420_070_400_000_000


class Aborted(Exception):  # noqa: N818  not an error of ours
    def __init__(self, status: grpc.Status) -> None:
        super().__init__(status.details)
        self.code = status.code
        self.message = status.details
        self.details = status_pb2.Status.FromString(dict(status.trailing_metadata)["grpc-status-details-bin"]).details

    def violations(self) -> list[tuple[str, str]]:
        bad_request = error_details_pb2.BadRequest()
        assert self.details[0].Unpack(bad_request)
        return [(each.field, each.description) for each in bad_request.field_violations]


class FakeContext:
    def peer(self) -> str:
        return "ipv4:192.0.2.1:5000"

    async def abort_with_status(self, status: grpc.Status) -> None:
        raise Aborted(status)


class FakePublisher:
    def __init__(self, error: Exception | None = None, *, acknowledges: bool = True) -> None:
        self.error = error
        self.acknowledges = acknowledges
        self.published: list[Mapping[int, bytes]] = []
        self.kept: list[pb.RefusedFix] = []
        self.waiting: list[asyncio.Future[None]] = []

    @property
    def partitions(self) -> int:
        return 6

    async def keep(self, fixes: Sequence[pb.RefusedFix]) -> None:
        if self.error:
            raise self.error
        self.kept += fixes

    def publish(self, batches: Mapping[int, bytes], caller: str = "") -> asyncio.Future[None]:
        assert caller == "192.0.2.1"
        if isinstance(self.error, OverloadedError):
            raise self.error
        self.published.append(batches)
        future = asyncio.get_running_loop().create_future()
        if self.error:
            future.set_exception(self.error)
        elif self.acknowledges:
            future.set_result(None)
        else:
            self.waiting.append(future)
        return future


def service(publisher: FakePublisher, callers: Callers | None = None) -> LocationService:
    limits, callers = TimeLimits(EARLIEST_US), callers or Callers(100, 0)
    return LocationService(publisher, publisher.keep, Metrics(), limits, callers, Directory(None), lambda: NOW_US)


def create(publisher: FakePublisher, request: pb.CreateLocationRequest) -> pb.CreateLocationResponse:
    context: Any = FakeContext()
    return asyncio.run(service(publisher).CreateLocation(request, context))


def batch_create(publisher: FakePublisher, locations: list[pb.Location]) -> pb.BatchCreateLocationsResponse:
    context: Any = FakeContext()
    request = pb.BatchCreateLocationsRequest(locations=locations)
    return asyncio.run(service(publisher).BatchCreateLocations(request, context))


def good(person_id: int = 1) -> pb.Location:
    location = pb.Location(person_id=person_id, latitude=1.5, longitude=2.5)
    location.creation_time.FromMicroseconds(NOW_US)
    return location


def test_one_location_is_published_and_returned_as_it_was_accepted() -> None:
    publisher = FakePublisher()
    answer = create(publisher, pb.CreateLocationRequest(location=pb.Location(person_id=3, latitude=1.5)))
    assert answer.location.creation_time.ToMicroseconds() == NOW_US
    record = pb.LocationBatch(locations=[answer.location]).SerializeToString()
    assert publisher.published == [{partition_of(3, 6): record}]


def test_one_bad_location_is_refused_with_a_path_for_each_field() -> None:
    publisher = FakePublisher()
    with pytest.raises(Aborted) as aborted:
        create(publisher, pb.CreateLocationRequest(location=pb.Location(person_id=-1, latitude=90.0001)))
    assert aborted.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert aborted.value.violations() == [
        ("location.person_id", "must be greater than 0, is -1"),
        ("location.latitude", "must be between -90 and 90, is 90.0001"),
    ]
    assert publisher.published == []


def test_a_request_without_a_location_is_refused() -> None:
    with pytest.raises(Aborted) as aborted:
        create(FakePublisher(), pb.CreateLocationRequest())
    assert aborted.value.violations() == [("location", "must be given")]


def test_the_good_ones_of_a_batch_are_accepted_and_the_others_named() -> None:
    publisher = FakePublisher()
    receipt = batch_create(publisher, [good(), pb.Location(person_id=1, latitude=nan), good()])
    assert receipt.accepted_count == 2
    assert [(each.index, each.field, each.reason) for each in receipt.rejections] == [
        (1, "latitude", "must be between -90 and 90, is nan")
    ]
    [record] = publisher.published[0].values()
    assert len(pb.LocationBatch.FromString(record).locations) == 2


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_batch_of_a_wrong_size_is_refused_as_a_whole(count: int) -> None:
    publisher = FakePublisher()
    with pytest.raises(Aborted) as aborted:
        batch_create(publisher, [good()] * count)
    assert aborted.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert aborted.value.violations() == [("locations", f"must hold 1 to 10,000 locations, holds {count:,}")]
    assert publisher.published == []


def test_ten_thousand_locations_are_one_batch() -> None:
    assert batch_create(FakePublisher(), [good()] * 10_000).accepted_count == 10_000


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OverloadedError("slow down"), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (NotAcknowledgedError("again"), grpc.StatusCode.UNAVAILABLE),
    ],
)
def test_a_refusal_says_when_to_try_again(error: Exception, code: grpc.StatusCode) -> None:
    with pytest.raises(Aborted) as aborted:
        batch_create(FakePublisher(error), [good()])
    assert aborted.value.code == code
    retry_info = error_details_pb2.RetryInfo()
    assert aborted.value.details[0].Unpack(retry_info)
    assert retry_info.retry_delay.ToMilliseconds() > 0


def test_an_unexpected_error_is_internal_and_shows_nothing_of_itself() -> None:
    with pytest.raises(Aborted) as aborted:
        batch_create(FakePublisher(ZeroDivisionError("secret")), [good()])
    assert aborted.value.code == grpc.StatusCode.INTERNAL
    assert "secret" not in str(aborted.value.message)


async def turns() -> None:
    """Let the event loop do all that is due."""
    for _ in range(200):
        await asyncio.sleep(0)


async def requests_of(*batches: list[pb.Location]) -> AsyncIterator[pb.StreamLocationsRequest]:
    for locations in batches:
        yield pb.StreamLocationsRequest(locations=locations)


def test_a_stream_gets_a_receipt_for_each_batch_in_order() -> None:
    async def receipts() -> list[tuple[int, int]]:
        context: Any = FakeContext()
        stream = service(FakePublisher()).StreamLocations(
            requests_of([good()], [good(), pb.Location()], [good()] * 3), context
        )
        return [(receipt.accepted_count, len(receipt.rejections)) async for receipt in stream]

    assert asyncio.run(receipts()) == [(1, 0), (1, 1), (3, 0)]


def test_a_batch_that_cannot_be_taken_ends_the_stream_after_the_receipts_before_it() -> None:
    async def receipts() -> None:
        context: Any = FakeContext()
        stream = service(FakePublisher()).StreamLocations(requests_of([good()], [], [good()]), context)
        assert (await anext(stream)).accepted_count == 1
        with pytest.raises(Aborted) as aborted:
            await anext(stream)
        assert aborted.value.violations() == [("locations", "must hold 1 to 10,000 locations, holds 0")]

    asyncio.run(receipts())


def test_a_stream_is_read_no_further_than_its_window_while_kafka_is_silent() -> None:
    async def read() -> None:
        publisher = FakePublisher(acknowledges=False)
        context: Any = FakeContext()
        stream = service(publisher).StreamLocations(requests_of(*[[good()]] * 50), context)
        receipt = asyncio.ensure_future(anext(stream))
        await turns()
        assert len(publisher.waiting) == STREAM_WINDOW + 1
        publisher.waiting[0].set_result(None)
        await receipt
        assert isinstance(stream, AsyncGenerator)
        await stream.aclose()
        assert all(future.done() for future in publisher.waiting)

    asyncio.run(read())


def test_a_server_that_stops_gives_the_receipts_of_what_it_took_and_ends_the_stream() -> None:
    async def endless() -> AsyncIterator[pb.StreamLocationsRequest]:
        yield pb.StreamLocationsRequest(locations=[good()])
        await asyncio.Event().wait()

    async def read() -> None:
        publisher = FakePublisher(acknowledges=False)
        location_service = service(publisher)
        context: Any = FakeContext()
        stream = location_service.StreamLocations(endless(), context)
        receipt = asyncio.ensure_future(anext(stream))
        await turns()
        location_service.stop_streams()
        publisher.waiting[0].set_result(None)
        assert (await receipt).accepted_count == 1
        with pytest.raises(Aborted) as aborted:
            await anext(stream)
        assert aborted.value.code == grpc.StatusCode.UNAVAILABLE

    asyncio.run(read())


def keep(publisher: FakePublisher, fixes: list[pb.RefusedFix]) -> pb.KeepRefusedFixesResponse:
    context: Any = FakeContext()
    return asyncio.run(service(publisher).KeepRefusedFixes(pb.KeepRefusedFixesRequest(fixes=fixes), context))


def test_what_a_gateway_refused_is_kept() -> None:
    publisher = FakePublisher()
    fixes = [pb.RefusedFix(person_id=1, device_id=7, app="osmand", reason="must be a number", original=b"lat=x")]
    assert keep(publisher, fixes) == pb.KeepRefusedFixesResponse()
    assert publisher.kept == fixes


@pytest.mark.parametrize("count", [0, 1001])
def test_of_what_was_refused_so_many_may_come_at_once(count: int) -> None:
    publisher = FakePublisher()
    with pytest.raises(Aborted) as aborted:
        keep(publisher, [pb.RefusedFix(person_id=1)] * count)
    assert aborted.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert aborted.value.violations()[0][0] == "fixes"
    assert publisher.kept == []


def test_what_was_refused_and_not_kept_is_to_be_sent_again() -> None:
    with pytest.raises(Aborted) as aborted:
        keep(FakePublisher(NotAcknowledgedError("again")), [pb.RefusedFix(person_id=1)])
    assert aborted.value.code == grpc.StatusCode.UNAVAILABLE
