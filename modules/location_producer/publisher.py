"""Locations go to Kafka; the acknowledgement is awaited without a thread for each call.

A record costs Kafka's client in Python as much as 200 locations, and two serialised LocationBatches written one after
the other are one LocationBatch. So while a partition has something on its way, what comes for it waits and then leaves
as one record (as Nagle's algorithm does it): with little to do nobody waits, under load the records grow. Callers take
turns, and no more leaves at once than LANE_BYTES: so nobody waits behind all that another one has sent.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, RetriableError
from opentelemetry.trace import SpanContext

from location_producer.errors import NotAcknowledgedError
from location_producer.in_flight import NOBODY, InFlight
from location_producer.tracing import RecordTraces, Sending

MERGE_BYTES = 64 * 1024
"""Calls share a record up to this size: with 12 bytes or more for a location, that is fewer than 10,000 of them."""

LANE_BYTES = 256 * 1024
"""So much may be on its way to one partition, as large a request as Kafka gets of it; the rest waits here."""


class Publisher(Protocol):
    @property
    def partitions(self) -> int:
        """Number of partitions of the topic; NotAcknowledgedError where Kafka has not been reached."""

    def publish(self, batches: Mapping[int, bytes], caller: str = NOBODY) -> asyncio.Future[None]:
        """Send partition → serialised LocationBatch; the future is done when Kafka has acknowledged them all.

        Raises OverloadedError at once where too much is in flight. The future raises NotAcknowledgedError; some of the
        batches may have been written then.
        """


@dataclass(eq=False)
class Call:
    """One call of `publish`, waiting for its partitions."""

    acknowledged: asyncio.Future[None]
    caller: str
    size: int
    outstanding: int
    deadline: asyncio.TimerHandle
    traced: SpanContext | None = None
    error: Exception | None = None


@dataclass(eq=False)
class Lane:
    """What waits and what is on its way for one partition."""

    partition: int
    waiting: OrderedDict[str, deque[tuple[bytes, Call]]] = field(default_factory=OrderedDict)  # by caller
    on_its_way: int = 0
    scheduled: bool = False

    def add(self, batch: bytes, call: Call) -> None:
        self.waiting.setdefault(call.caller, deque()).append((batch, call))

    def take(self) -> list[tuple[bytes, Call]]:
        """What leaves next: of each caller in turn one batch, as long as they are not LANE_BYTES together."""
        taken: list[tuple[bytes, Call]] = []
        size = 0
        while self.waiting and size < LANE_BYTES:
            caller, batches = self.waiting.popitem(last=False)
            taken.append(batches.popleft())
            size += len(taken[-1][0])
            if batches:
                self.waiting[caller] = batches  # behind all the others
        return taken


Outcome = tuple[Lane, list[Call], object]
"""The last is Kafka's metadata of the record, or an exception."""


class KafkaPublisher:
    """Belongs to the event loop's thread, but for `_on_outcome`, which Kafka's thread calls."""

    def __init__(
        self, topic: str, in_flight: InFlight, answer_within_s: float, traces: RecordTraces | None = None
    ) -> None:
        self._topic = topic
        self._in_flight = in_flight
        self._answer_within_s = answer_within_s
        self._traces = traces
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[int, Lane] = {}
        self._outcomes: deque[Outcome] = deque()
        self._settling = False
        self._producer: KafkaProducer | None = None
        self._partitions = 0
        self.acknowledged: dict[int, int] = {}
        """Partition → the offset after the last record that this process has written there."""

        self.broken = asyncio.Event()
        """Set when the producer refuses everything from now on, and has to be replaced."""

    def use(self, producer: KafkaProducer | None, partitions: int) -> None:
        """Send through this producer from now on; None: Kafka is not reached, or has no such topic."""
        self._producer = producer
        self._partitions = partitions
        self.broken.clear()

    @property
    def producer(self) -> KafkaProducer:
        """Raises NotAcknowledgedError where Kafka has not been reached."""
        if self._producer is None:
            raise NotAcknowledgedError("Kafka is not reached; try again.")
        return self._producer

    @property
    def partitions(self) -> int:
        if not self._partitions:
            raise NotAcknowledgedError("Kafka is not reached; try again.")
        return self._partitions

    def publish(self, batches: Mapping[int, bytes], caller: str = NOBODY) -> asyncio.Future[None]:
        acknowledged = self._loop.create_future()
        if not batches:
            acknowledged.set_result(None)
            return acknowledged
        size = sum(map(len, batches.values()))
        self._in_flight.reserve(size, caller)
        # Kafka's client has a delivery timeout of its own, but does not look at it while it asks for a producer id.
        deadline = self._loop.call_later(self._answer_within_s, self._give_up, acknowledged)
        traced = self._traces.here() if self._traces else None
        call = Call(acknowledged, caller, size, len(batches), deadline, traced)
        for partition, batch in batches.items():
            lane = self._lanes.get(partition) or self._lanes.setdefault(partition, Lane(partition))
            lane.add(batch, call)
            if not lane.on_its_way and not lane.scheduled:
                lane.scheduled = True
                self._loop.call_soon(self._send_waiting, lane)  # soon, not now: calls that came together go together
        return acknowledged

    def _send_waiting(self, lane: Lane) -> None:
        lane.scheduled = False
        for record, calls in merge(lane.take()):
            lane.on_its_way += 1
            if self._producer is None:
                self._settle(lane, calls, KafkaTimeoutError())
                continue
            traced = self._traced(lane, record, calls)
            headers = traced.headers if traced else None
            try:
                sent = self._producer.send(self._topic, value=record, headers=headers, partition=lane.partition)
            except (KafkaError, ValueError) as error:  # ValueError: the client does not know this partition
                self._settle(lane, calls, error)
                if traced:
                    traced.outcome(error)
            else:
                sent.add_both(self._on_outcome, lane, calls)
                if traced:
                    sent.add_both(traced.outcome)

    def _traced(self, lane: Lane, record: bytes, calls: list[Call]) -> Sending | None:
        contexts = [call.traced for call in calls if call.traced]
        return self._traces.sending(lane.partition, len(record), contexts) if self._traces and contexts else None

    def _on_outcome(self, lane: Lane, calls: list[Call], outcome: object) -> None:
        """Run by Kafka's thread; one wake-up of the event loop serves all that came until it looks."""
        self._outcomes.append((lane, calls, outcome))
        if not self._settling:
            self._settling = True
            self._loop.call_soon_threadsafe(self._settle_all)

    def _settle_all(self) -> None:
        self._settling = False  # before emptying: what comes after this line wakes the loop again
        while self._outcomes:
            self._settle(*self._outcomes.popleft())

    def _settle(self, lane: Lane, calls: list[Call], outcome: object) -> None:
        error = outcome if isinstance(outcome, Exception) else None
        if offset := getattr(outcome, "offset", 0):
            self.acknowledged[lane.partition] = offset + 1
        if error and not isinstance(error, RetriableError | KafkaTimeoutError | ValueError):
            self.broken.set()
        for call in calls:
            call.error = error or call.error
            call.outstanding -= 1
            if not call.outstanding:
                self._answer(call)
        lane.on_its_way -= 1
        if lane.waiting and not lane.on_its_way and not lane.scheduled:
            lane.scheduled = True
            self._loop.call_soon(self._send_waiting, lane)

    def _give_up(self, acknowledged: asyncio.Future[None]) -> None:
        """Answer a call that the client has forgotten. Its room is kept until that producer is closed."""
        self.broken.set()
        if not acknowledged.done():
            acknowledged.set_exception(not_acknowledged(KafkaTimeoutError()))

    def _answer(self, call: Call) -> None:
        self._in_flight.release(call.size, call.caller, acknowledged=not call.error)
        call.deadline.cancel()
        if call.acknowledged.done():
            return  # the client has gone away, or was told at the deadline
        if call.error:
            call.acknowledged.set_exception(not_acknowledged(call.error))
        else:
            call.acknowledged.set_result(None)


def merge(waiting: list[tuple[bytes, Call]]) -> Iterator[tuple[bytes, list[Call]]]:
    """Yield records and the calls they serve: as many batches together as fit, in their order."""
    batches: list[bytes] = []
    calls: list[Call] = []
    size = 0
    for batch, call in waiting:
        if batches and size + len(batch) > MERGE_BYTES:
            yield b"".join(batches), calls
            batches, calls, size = [], [], 0
        batches.append(batch)
        calls.append(call)
        size += len(batch)
    if batches:
        yield b"".join(batches), calls


def not_acknowledged(error: Exception) -> NotAcknowledgedError:
    return NotAcknowledgedError(f"Kafka did not acknowledge ({type(error).__name__}); send the same again.")
