"""The loop: poll → decode → batch → write → commit. While one batch is written, the next one is polled and decoded.

Offsets are committed after the rows and the dead letters are safe, never before: a crash in between costs a replay,
and a replay is harmless. That is also all that a rebalance needs. What this consumer still holds of a partition that
went to another one is stored twice, which the primary key makes once; and an offset that it commits is right for
whoever owns the partition, because everything before it is stored.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import NamedTuple, TypeVar

import numpy as np
import structlog
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from location_consumer.batch import Batch, BatchPolicy
from location_consumer.brake import Brake
from location_consumer.dead_letters import (
    DeadLetter,
    DeadLettersUnavailableError,
    DeadLetterTopic,
    undeliverable,
    unreadable,
)
from location_consumer.decode import columns, invalid
from location_consumer.locations import Ints, Locations
from location_consumer.metrics import Metrics, Outcome
from location_consumer.store import Store, StoreUnavailableError, Written

log = structlog.get_logger()

IDLE_POLL_S = 0.5
SETTLE_POLL_S = 0.01  # how late the end of a write may be noticed
FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 10.0
STUCK_AFTER_S = 120.0  # longer than any statement may take

Answer = TypeVar("Answer")


class InHand(NamedTuple):
    """A batch that is being written."""

    batch: Batch
    given: Locations  # to the store
    good: Ints  # their positions in the batch
    bad: list[tuple[int, str]]  # positions of the others, and why
    written: "Future[Written]"
    started: float


class Consume:
    """One consumer of the group. `run` is for one thread; `stop`, `live` and `ready` may be called from others."""

    def __init__(  # noqa: PLR0913  it is where the parts come together
        self,
        records: KafkaConsumer,
        store: Store,
        dead_letters: DeadLetterTopic,
        *,
        policy: BatchPolicy,
        brake: Brake,
        earliest: datetime,
        metrics: Metrics,
    ) -> None:
        self._records = records
        self._store = store
        self._dead_letters = dead_letters
        self._policy = policy
        self._brake = brake
        self._earliest = earliest
        self._metrics = metrics
        self._stopping = Event()
        self._healthy = False
        self._beat_at = time.monotonic()
        self._in_hand: InHand | None = None
        self._writer: ThreadPoolExecutor

    def run(self) -> None:
        """Work until `stop`; what is in hand then is written. Raises BrakeError."""
        self._persist(self._store.check)
        batch = self._new_batch()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer") as self._writer:
            while not self._stopping.is_set():
                for record in self._poll(batch.due_in_s()):
                    batch.add(record)
                    batch = self._write_if_due(batch)
                batch = self._write_if_due(batch)
                if self._in_hand and self._in_hand.written.done():
                    self._settle()
                self._metrics.behind(self._records)
            if batch.size:
                self._write(batch)
            self._settle()

    def stop(self) -> None:
        self._stopping.set()

    def live(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self._beat_at < STUCK_AFTER_S

    def ready(self) -> bool:
        """Whether the database and the dead-letter topic took the last of what they were given."""
        return self._healthy and not self._stopping.is_set()

    def _new_batch(self) -> Batch:
        return Batch(self._policy, time.monotonic)

    def _poll(self, due_in_s: float | None) -> Iterator[ConsumerRecord]:
        self._beat_at = time.monotonic()
        wait_s = min(IDLE_POLL_S if due_in_s is None else due_in_s, SETTLE_POLL_S if self._in_hand else IDLE_POLL_S)
        polled = self._records.poll(timeout_ms=int(wait_s * 1000))
        for records in polled.values():
            yield from records

    def _write_if_due(self, batch: Batch) -> Batch:
        if batch.due_in_s() != 0:
            return batch
        self._write(batch)
        return self._new_batch()

    def _write(self, batch: Batch) -> None:
        """Decode the batch, settle the one before it, and hand this one to the writer."""
        locations = columns(message for _, message in batch.readable)
        bad = invalid(locations, self._earliest, datetime.now(UTC))
        good = np.setdiff1d(np.arange(locations.size), [position for position, _ in bad])
        self._settle()
        given = locations.at(good)
        started = time.monotonic()
        written = self._writer.submit(self._persist, lambda: self._store.write(given))
        self._in_hand = InHand(batch, given, good, bad, written, started)

    def _settle(self) -> None:
        """Wait until the batch in hand is written; then its dead letters, and after them its offsets."""
        if self._in_hand is None:
            return
        batch, given, good, bad, future, started = self._in_hand
        written = future.result()
        self._in_hand = None
        write_s = time.monotonic() - started
        letters = [unreadable(record, detail) for record, detail in batch.unreadable]
        letters += [
            undeliverable(reason, detail, *batch.origin(position))
            for reason, position, detail in _given_up(bad, good, written)
        ]
        self._brake.record(batch.size, len(letters))
        if letters:
            log.warning("dead letters", count=len(letters), reasons=sorted({letter.reason for letter in letters}))
            self._persist(lambda: self._dead_letters.publish(letters))
        self._commit(batch)
        self._metrics.written(_outcome(batch, given, written, letters, write_s))

    def _persist(self, action: Callable[[], Answer]) -> Answer:
        """Do it until it is done, with back-off. Raises what went wrong if it is time to stop."""
        back_off_s = FIRST_BACK_OFF_S
        while True:
            self._beat_at = time.monotonic()
            try:
                answer = action()
            except (StoreUnavailableError, DeadLettersUnavailableError) as error:
                self._healthy = False
                if self._stopping.is_set():
                    raise
                log.warning("trying again", because=str(error), in_s=back_off_s)
                self._stopping.wait(back_off_s)
                back_off_s = min(2 * back_off_s, LONGEST_BACK_OFF_S)
            else:
                self._healthy = True
                return answer

    def _commit(self, batch: Batch) -> None:
        offsets = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in batch.next_offsets.items()}
        try:
            self._records.commit(offsets)
        except KafkaError as error:
            # The group is being rebalanced, or the broker is away: the records come again and are found to be stored.
            log.warning("offsets not committed", because=type(error).__name__)


def _given_up(bad: list[tuple[int, str]], good: Ints, written: Written) -> Iterator[tuple[str, int, str]]:
    """Reason, position in the batch and detail of every location that is not stored."""
    for position, detail in bad:
        yield "invalid", position, detail
    for position in good[written.unknown_person].tolist():
        yield "unknown_person", position, "no person has this id"
    for position in good[written.conflict].tolist():
        yield "conflict", position, "the person is stored at another place at this instant"
    for position, detail in written.refused:
        yield "refused", int(good[position]), detail


def _outcome(batch: Batch, given: Locations, written: Written, letters: list[DeadLetter], write_s: float) -> Outcome:
    """`given` are the locations that the store was given, of which `written` tells."""
    visible_us = np.delete(given.time_us, written.unknown_person)
    return Outcome(
        locations=batch.size,
        stored=written.stored,
        duplicates=written.duplicates,
        dead_letter_reasons=[letter.reason for letter in letters],
        newest_time_us=int(visible_us.max()) if visible_us.size else None,
        first_record_ms=min((record.timestamp for record, _ in batch.readable), default=None),
        write_s=write_s,
        next_offsets=batch.next_offsets,
    )
