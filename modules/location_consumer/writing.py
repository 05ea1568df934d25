"""Batches on their way into the database: one is being written, the next one waits behind it, ready to go.

Each is settled in its turn: when its rows are durable, its dead letters are published, and after them its offsets are
committed.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from threading import Event
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar

import numpy as np
import structlog
from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from opentelemetry.trace import Span

from location_consumer.attempts import Attempts
from location_consumer.batch import Batch
from location_consumer.brake import Brake
from location_consumer.dead_letters import DeadLetterTopic, GivenUp, undeliverable, unreadable
from location_consumer.decode import invalid
from location_consumer.locations import Ints, by_person
from location_consumer.metrics import Metrics, Outcome
from location_consumer.offsets.lag import Position
from location_consumer.rows import Rows
from location_consumer.store import Store, StoreUnavailableError, Written
from location_consumer.tracing import BatchTraces
from service_kit.private_spans import hide

log = structlog.get_logger()

AT_ONCE = 2  # batches in hand: while one is settled and the next one is decoded, the database has another to write
SLOW_AFTER_S = 10.0  # many times as long as a write takes
STUCK_AFTER_S = 120.0  # longer than any statement may take
BEAT_S = 1.0

Answer = TypeVar("Answer")


class Offsets(Protocol):
    """What is asked of a KafkaConsumer."""

    def commit(self, offsets: dict[TopicPartition, OffsetAndMetadata], /) -> None: ...


class InvalidLocation(NamedTuple):
    """What is wrong with a location before anybody is asked."""

    position: int  # in the batch
    detail: str
    person_id: int
    time_us: int


class InHand(NamedTuple):
    batch: Batch
    rows: Rows  # that the store was given
    good: Ints  # their positions in the batch
    bad: list[InvalidLocation]
    written: "Future[Written]"
    handed_over: float
    span: Span | None


class Writing:
    """A context that ends its thread. For one thread; `live` and `ready` may be asked by others."""

    def __init__(  # noqa: PLR0913  it is where the parts come together
        self,
        offsets: Offsets,
        store: Store,
        dead_letters: DeadLetterTopic,
        *,
        brake: Brake,
        earliest: datetime,
        metrics: Metrics,
        stopping: Event,
        traces: BatchTraces | None = None,
    ) -> None:
        self._offsets = offsets
        self._store = store
        self._dead_letters = dead_letters
        self._brake = brake
        self._earliest = earliest
        self._metrics = metrics
        self._traces = traces or BatchTraces()
        self._writes = Attempts(stopping)
        self._publishes = Attempts(stopping)
        self._publishes.succeeding = True
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._in_hand: deque[InHand] = deque()
        self._reported: Future[None] = Future()
        self._reported.set_result(None)
        self._reports_succeed = True
        self._beat_at = time.monotonic()
        self.while_waiting: Callable[[], None] = lambda: None
        """Called now and then while the loop waits here, in its own thread."""

    def __enter__(self) -> Self:
        self._when_done(self._writer.submit(self._writes.until_done, self._store.check))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.shutdown(cancel_futures=True)

    def live(self) -> bool:
        """Whether the loop turns, and nothing that it waits for has taken longer than it ever may."""
        attempts_s = max(self._writes.running_s(), self._publishes.running_s())
        return max(time.monotonic() - self._beat_at, attempts_s) < STUCK_AFTER_S

    def ready(self) -> bool:
        """Whether the database and the dead-letter topic took the last of what they were given, and in good time."""
        attempts = (self._writes, self._publishes)
        return self._reports_succeed and all(each.succeeding and each.running_s() < SLOW_AFTER_S for each in attempts)

    def beat(self) -> None:
        """Say that the loop turns."""
        self._beat_at = time.monotonic()

    @property
    def busy(self) -> bool:
        return bool(self._in_hand)

    def write(self, batch: Batch) -> None:
        """Hand the batch over. Waits while there are enough in hand. Raises BrakeError."""
        locations = batch.locations()
        bad = [
            InvalidLocation(position, detail, int(locations.person_id[position]), int(locations.time_us[position]))
            for position, detail in invalid(locations, self._earliest, datetime.now(UTC))
        ]
        good = by_person(locations)
        if bad:
            good = good[~np.isin(good, [each.position for each in bad])]
        rows = Rows.of(locations.at(good))
        others = frozenset(each.person_id for each in bad)
        while len(self._in_hand) >= AT_ONCE:
            self._settle_next()
        span = self._traces.processing(batch.readable, batch.size)
        store = self._traces.storing(span, lambda: self._store.write(rows, others))
        written = self._writer.submit(self._writes.until_done, store)
        self._in_hand.append(InHand(batch, rows, good, bad, written, time.monotonic(), span))

    def settle_what_is_written(self) -> None:
        """Raises BrakeError."""
        while self._in_hand and self._in_hand[0].written.done():
            self._settle_next()

    def settle_all(self) -> None:
        """Raises BrakeError, and what prevented the end if it is time to stop."""
        while self._in_hand:
            self._settle_next()

    def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Tell Kafka where the group goes on: everything before is stored or given up."""
        offsets = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in next_offsets.items()}
        try:
            self._offsets.commit(offsets)
        except KafkaError as error:
            # The group is being rebalanced, or the broker is away: the records come again and are found to be stored.
            log.warning("offsets not committed", because=type(error).__name__)

    def report(self, positions: Mapping[TopicPartition, Position]) -> None:
        """Let the database know how far this consumer is, once it is through with what it was given before."""
        if self._reported.done():  # where the database is away, reports do not queue up
            self._reported = self._writer.submit(self._report, positions)

    def reported(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, Position]:
        """Where those partitions stood at the last report of any consumer. Raises what prevented it at the end."""
        asked = list(partitions)
        answer = self._writer.submit(self._writes.until_done, lambda: self._store.reported(asked))
        return self._when_done(answer)

    def _report(self, positions: Mapping[TopicPartition, Position]) -> None:
        try:
            self._store.report(positions)
        except StoreUnavailableError as error:
            self._reports_succeed = False  # nor could locations be stored, if there were any
            log.warning("progress not reported", because=str(error))  # the next report says it all
        else:
            self._reports_succeed = True

    def _settle_next(self) -> None:
        batch, rows, good, bad, future, handed_over, span = self._in_hand[0]
        written = self._when_done(future)
        write_s = time.monotonic() - handed_over
        # A dead letter would keep a place of somebody who was erased, or keeps it private.
        of_others = [each for each in bad if each.person_id not in written.erased_persons]
        still_bad = [
            each for each in of_others if not hide(written.private_spans.get(each.person_id, ()), each.time_us)
        ]
        dropped = {
            "erased": written.erased.size + len(bad) - len(of_others),
            "expired": written.expired.size,
            "private": written.private.size + len(of_others) - len(still_bad),
        }
        # By position: the locations of a record together, so that it is parsed once.
        given_up = [
            GivenUp(reason, detail, *batch.origin(position))
            for position, reason, detail in sorted(_given_up(still_bad, good, written))
        ]
        reasons = ["unreadable" for _ in batch.unreadable] + [one.reason for one in given_up]
        self._brake.record(batch.size, reasons)
        if reasons:
            log.warning("dead letters", count=len(reasons), reasons=sorted(set(reasons)))
            letters = [unreadable(record, detail) for record, detail in batch.unreadable]
            letters += undeliverable(given_up)
            self._publishes.until_done(lambda: self._dead_letters.publish(letters))
        self.commit(batch.next_offsets)
        self._in_hand.popleft()
        if span:
            span.end()
        self._metrics.written(_outcome(batch, rows, written, reasons=reasons, dropped=dropped, write_s=write_s))

    def _when_done(self, future: "Future[Answer]") -> Answer:
        while not future.done():
            self.beat()
            if wait([future], timeout=BEAT_S).not_done:
                self.while_waiting()
        return future.result()


def _given_up(bad: list[InvalidLocation], good: Ints, written: Written) -> Iterator[tuple[int, str, str]]:
    """Position in the batch, reason and detail of every location that is not stored."""
    for each in bad:
        yield each.position, "invalid", each.detail
    for position in good[written.unknown_person].tolist():
        yield position, "unknown_person", "no person has this id"
    for position in good[written.conflict].tolist():
        yield position, "conflict", "the person is stored at another place at this instant"
    for position, detail in written.refused:
        yield int(good[position]), "refused", detail


def _outcome(  # noqa: PLR0913  it sums up all that became of a batch
    batch: Batch, rows: Rows, written: Written, *, reasons: list[str], dropped: Mapping[str, int], write_s: float
) -> Outcome:
    unseen = np.concatenate([written.unknown_person, written.erased, written.expired, written.private])
    visible_us = np.delete(rows.locations.time_us, unseen)
    return Outcome(
        locations=batch.size,
        stored=written.stored,
        duplicates=written.duplicates,
        dead_letter_reasons=reasons,
        dropped=dropped,
        newest_time_us=int(visible_us.max()) if visible_us.size else None,
        first_record_ms=min((record.timestamp for record in batch.readable), default=None),
        write_s=write_s,
        next_offsets=batch.next_offsets,
    )
