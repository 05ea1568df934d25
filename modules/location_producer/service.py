"""The rpcs: validate, split by partition, publish, answer; and keep what gateways refuse."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceServicer

from location_producer.access import check_persons
from location_producer.callers.allowance import Callers
from location_producer.errors import InvalidRequestError, NotAcknowledgedError, errors_as_status
from location_producer.metrics import Metrics
from location_producer.people.directory import Directory
from location_producer.people.found import Found
from location_producer.publisher import Publisher
from location_producer.split import FEW, Opened, framed
from location_producer.validation import PRIVATE, Rules, TimeLimits, complete
from service_kit.kafka.partition import partition_of
from service_kit.rpc.access import caller_of

MAX_LOCATIONS = 10_000
MAX_REFUSED_FIXES = 1_000

STREAM_WINDOW = 8
"""Batches of one stream that may wait for Kafka; then the stream is not read, and HTTP/2 slows the client down."""

Context = grpc.aio.ServicerContext[Any, Any]
Batch = pb.BatchCreateLocationsRequest | pb.StreamLocationsRequest
Receipt = TypeVar("Receipt", pb.BatchCreateLocationsResponse, pb.StreamLocationsResponse)
PendingReceipt = tuple[Receipt, asyncio.Future[None]]
KeepRefused = Callable[[Sequence[pb.RefusedFix]], Awaitable[None]]
StreamQueue = asyncio.Queue[PendingReceipt[pb.StreamLocationsResponse] | Exception | None]


def now_us() -> int:
    return time.time_ns() // 1000


class LocationService(LocationServiceServicer):
    def __init__(  # noqa: PLR0913, PLR0917  each is a part of it
        self,
        publisher: Publisher,
        keep_refused: KeepRefused,
        metrics: Metrics,
        limits: TimeLimits,
        callers: Callers,
        directory: Directory,
        clock: Callable[[], int] = now_us,
    ) -> None:
        self._publisher = publisher
        self._keep_refused = keep_refused
        self._metrics = metrics
        self._limits = limits
        self._callers = callers
        self._directory = directory
        self._clock = clock
        self._readers: set[asyncio.Task[None]] = set()

    async def CreateLocation(  # noqa: N802  the contract's name
        self, request: pb.CreateLocationRequest, context: Context
    ) -> pb.CreateLocationResponse:
        async with self._rpc(context) as caller:
            if not request.HasField("location"):
                raise InvalidRequestError([("location", "must be given")])
            location = request.location
            check_persons((location,), "location")
            self._callers.count(caller, 1)
            rules = self._rules(await self._directory.look_up([location.person_id]))
            violations = list(rules.violations(location))
            self._metrics.received(1, [field for field, _ in violations[:1]])
            if violations:
                self._callers.rejected(caller, int(violations != [("person_id", PRIVATE)]))
                raise InvalidRequestError([(f"location.{field}", reason) for field, reason in violations])
            complete(location, rules.now_us)
            partition = partition_of(location.person_id, self._publisher.partitions)
            await self._publish({partition: framed(location)}, 1, caller)
            return pb.CreateLocationResponse(location=location)

    async def BatchCreateLocations(  # noqa: N802  the contract's name
        self, request: pb.BatchCreateLocationsRequest, context: Context
    ) -> pb.BatchCreateLocationsResponse:
        async with self._rpc(context) as caller:
            count = counted(request)
            self._callers.count(caller, count)
            if count > FEW:
                await self._callers.turn(caller)
            receipt, acknowledged = await self._take(request, pb.BatchCreateLocationsResponse, caller)
            await acknowledged
            return receipt

    async def StreamLocations(  # noqa: N802  the contract's name
        self, request_iterator: AsyncIterator[pb.StreamLocationsRequest], context: Context
    ) -> AsyncIterator[pb.StreamLocationsResponse]:
        async with self._rpc(context) as caller:
            taken: StreamQueue = asyncio.Queue()
            window = asyncio.Semaphore(STREAM_WINDOW)
            reader = asyncio.create_task(self._read(request_iterator, taken, window, caller))
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)
            try:
                while (item := await taken.get()) is not None:
                    if isinstance(item, Exception):
                        raise item
                    receipt, acknowledged = item
                    await acknowledged
                    yield receipt
                    window.release()
            finally:
                reader.cancel()
                while not taken.empty():
                    if isinstance(item := taken.get_nowait(), tuple):
                        item[1].cancel()  # nobody will ask what became of it

    async def _read(
        self,
        requests: AsyncIterator[pb.StreamLocationsRequest],
        taken: StreamQueue,
        window: asyncio.Semaphore,
        caller: str,
    ) -> None:
        """Queue what is to be answered: receipts, and at the end None, or the error that ends the stream.

        A caller who sends more than he may is read later, which slows him down.
        """
        end: Exception | None = None
        try:
            async for request in requests:
                count = counted(request)
                while wait_s := self._callers.wait_s(caller, count):  # noqa: ASYNC110  it says how long
                    await asyncio.sleep(wait_s)
                if count > FEW:
                    await self._callers.turn(caller)
                taken.put_nowait(await self._take(request, pb.StreamLocationsResponse, caller))
                await window.acquire()
        except asyncio.CancelledError:
            end = NotAcknowledgedError("The server is stopping; connect again and send what has no receipt.")
        except Exception as error:  # noqa: BLE001  the other task raises it
            end = error
        taken.put_nowait(end)

    def stop_streams(self) -> None:
        """Read no more of any stream; what was taken gets its receipt, then the client is told to connect again."""
        for reader in self._readers:
            reader.cancel()

    async def KeepRefusedFixes(  # noqa: N802  the contract's name
        self, request: pb.KeepRefusedFixesRequest, context: Context
    ) -> pb.KeepRefusedFixesResponse:
        async with self._rpc(context):
            count = len(request.fixes)
            if not 1 <= count <= MAX_REFUSED_FIXES:
                raise InvalidRequestError([("fixes", f"must hold 1 to {MAX_REFUSED_FIXES:,}, holds {count:,}")])
            check_persons(request.fixes, "fixes[{}]")
            rules = self._rules(await self._directory.look_up([fix.person_id for fix in request.fixes]))
            # Whoever has paused has nothing kept, not even what cannot be read.
            kept = [fix for fix in request.fixes if not rules.hide(fix.location) and not rules.paused(fix.person_id)]
            if kept:
                await self._keep_refused(kept)
            self._metrics.kept(len(kept))
            return pb.KeepRefusedFixesResponse()

    @asynccontextmanager
    async def _rpc(self, context: Context) -> AsyncIterator[str]:
        """Gives the caller, if he may have one more rpc open; ends it with the status of what is raised."""
        caller = caller_of(context)
        async with errors_as_status(context, self._metrics.failed):
            with self._callers.rpc(caller):
                yield caller

    async def _take(self, batch: Batch, receipt: type[Receipt], caller: str) -> PendingReceipt[Receipt]:
        """Validate and send; return the receipt, to be given when the future is done."""
        count = len(batch.locations)
        check_persons(batch.locations)
        opened = Opened(batch)
        found = await self._directory.look_up(opened.person_ids())
        result = opened.split(self._publisher.partitions, self._rules(found))
        batch.Clear()  # gRPC holds the request until the answer: what waits for Kafka should be in memory once
        self._metrics.received(count, (rejection.field for rejection in result.rejections))
        accepted = count - len(result.rejections)
        self._callers.rejected(caller, result.mistakes)
        answer = receipt(accepted_count=accepted, rejections=result.rejections)
        return answer, self._publish(result.records, accepted, caller)

    def _publish(self, batches: Mapping[int, bytes], locations: int, caller: str) -> asyncio.Future[None]:
        acknowledged = self._publisher.publish(batches, caller)
        self._metrics.sent(locations, acknowledged)
        return acknowledged

    def _rules(self, found: Found) -> Rules:
        return self._limits.at(self._clock(), found)


def counted(batch: Batch) -> int:
    """How many locations it holds. Raises InvalidRequestError where it cannot be taken with so many."""
    count = len(batch.locations)
    if not 1 <= count <= MAX_LOCATIONS:
        raise InvalidRequestError([("locations", f"must hold 1 to {MAX_LOCATIONS:,} locations, holds {count:,}")])
    return count
