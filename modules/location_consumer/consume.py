"""The loop: poll → decode → batch → write → commit.

Offsets are committed after the rows and the dead letters are safe, never before: a crash in between costs a replay,
and a replay is harmless. That is also all that a rebalance needs. What this consumer still holds of a partition that
went to another one is stored twice, which the primary key makes once; and an offset that it commits is right for
whoever owns the partition, because everything before it is stored.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event
from typing import TypeVar

import numpy as np
import structlog
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from location_consumer.batch import Batch, BatchPolicy
from location_consumer.brake import Brake
from location_consumer.dead_letters import DeadLettersUnavailableError, DeadLetterTopic, undeliverable, unreadable
from location_consumer.decode import columns, invalid
from location_consumer.locations import Ints
from location_consumer.store import Store, StoreUnavailableError, Written

log = structlog.get_logger()

IDLE_POLL_S = 0.5
FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 10.0
STUCK_AFTER_S = 120.0  # longer than any statement may take

Answer = TypeVar("Answer")


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
    ) -> None:
        self._records = records
        self._store = store
        self._dead_letters = dead_letters
        self._policy = policy
        self._brake = brake
        self._earliest = earliest
        self._stopping = Event()
        self._healthy = False
        self._beat_at = time.monotonic()

    def run(self) -> None:
        """Work until `stop`; what is in hand then is written. Raises BrakeError."""
        self._persist(self._store.check)
        batch = self._new_batch()
        while not self._stopping.is_set():
            for record in self._poll(batch.due_in_s()):
                batch.add(record)
                batch = self._write_if_due(batch)
            batch = self._write_if_due(batch)
        if batch.size:
            self._write(batch)

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

    def _poll(self, wait_s: float | None) -> Iterator[ConsumerRecord]:
        self._beat_at = time.monotonic()
        polled = self._records.poll(timeout_ms=int((IDLE_POLL_S if wait_s is None else wait_s) * 1000))
        for records in polled.values():
            yield from records

    def _write_if_due(self, batch: Batch) -> Batch:
        if batch.due_in_s() != 0:
            return batch
        self._write(batch)
        return self._new_batch()

    def _write(self, batch: Batch) -> None:
        started = time.monotonic()
        locations = columns(message for _, message in batch.readable)
        bad = invalid(locations, self._earliest, datetime.now(UTC))
        good = np.setdiff1d(np.arange(locations.size), [position for position, _ in bad])
        written = self._persist(lambda: self._store.write(locations.at(good)))
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
        log.debug(
            "batch written",
            stored=written.stored,
            duplicates=written.duplicates,
            dead=len(letters),
            milliseconds=round((time.monotonic() - started) * 1000),
        )

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
