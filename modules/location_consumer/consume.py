"""The loop: poll → decode → batch → write → commit. While one batch is written, the next ones are polled and decoded.

Offsets are committed after the rows and the dead letters are safe, never before: a crash in between costs a replay,
and a replay is harmless. That is also all that a rebalance needs. What this consumer still holds of a partition that
went to another one is stored twice, which the primary key makes once; and an offset that it commits is right for
whoever owns the partition, because everything before it is stored.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Event

import structlog
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, RetriableError

from location_consumer.batch import Batch, BatchPolicy
from location_consumer.metrics import Metrics
from location_consumer.offsets import rebalance
from location_consumer.offsets.reset import OUT_OF_PLACE, OffsetResets
from location_consumer.writing import Writing

log = structlog.get_logger()

IDLE_POLL_S = 0.5
SETTLE_POLL_S = 0.01  # how late the end of a write may be noticed
REPORT_EVERY_S = 1.0
SEND_ON_AGAIN_S = 0.5
ASK_AGAIN_S = 0.5


class Consume:
    """One consumer of the group. `run` is for one thread."""

    def __init__(
        self, records: KafkaConsumer, writing: Writing, policy: BatchPolicy, metrics: Metrics, stopping: Event
    ) -> None:
        self._records = records
        self._writing = writing
        self._policy = policy
        self._metrics = metrics
        self._stopping = stopping
        self._resets = OffsetResets(records, metrics)
        self._reported_at = 0.0
        writing.while_waiting = self._count_what_waits

    def run(self) -> None:
        """Work until it is time to stop; what is in hand then is written. Raises BrakeError."""
        batch = self._new_batch()
        with self._writing:
            while not self._stopping.is_set():
                for record in self._poll(batch.due_in_s()):
                    batch.add(record)
                    batch = self._write_if_due(batch)
                batch = self._write_if_due(batch)
                if self._resets.waiting():
                    batch = self._send_on(batch)
                self._writing.settle_what_is_written()
                self._report_if_due(all_is_stored=not (batch.size or self._writing.busy))
            if batch.size:
                self._writing.write(batch)
            self._writing.settle_all()

    def _new_batch(self) -> Batch:
        return Batch(self._policy, time.monotonic)

    def _poll(self, due_in_s: float | None) -> Iterator[ConsumerRecord]:
        self._writing.beat()
        wait_s = min(
            IDLE_POLL_S if due_in_s is None else due_in_s, SETTLE_POLL_S if self._writing.busy else IDLE_POLL_S
        )
        if rebalance.in_progress(self._records):
            wait_s = rebalance.POLL_S
        try:
            polled = self._records.poll(timeout_ms=int(wait_s * 1000))
        except OUT_OF_PLACE as error:
            self._resets.note(error)
            return
        except RetriableError as error:
            # As where the group's coordinator has died, and the broker that is asked for another one too. Nothing was
            # read, and the place is kept.
            log.warning("Kafka is not reached", because=type(error).__name__)
            self._stopping.wait(ASK_AGAIN_S)
            return
        for records in polled.values():
            yield from records

    def _send_on(self, batch: Batch) -> Batch:
        """Let partitions go on whose next record is gone; first is stored, and committed, what was read before."""
        if batch.size:
            self._writing.write(batch)
        self._writing.settle_all()
        self._resets.send_on(self._writing.reported(self._resets.waiting()))
        if self._resets.waiting():
            self._stopping.wait(SEND_ON_AGAIN_S)
        return self._new_batch()

    def _write_if_due(self, batch: Batch) -> Batch:
        if batch.due_in_s() != 0:
            return batch
        self._writing.write(batch)
        return self._new_batch()

    def _count_what_waits(self) -> None:
        """While the database is away, too: nothing is polled then, so that at least what is in hand waits."""
        with suppress(KafkaError):
            try:
                self._metrics.behind(self._records)
            except OUT_OF_PLACE as error:  # it is told once
                self._resets.note(error)

    def _report_if_due(self, *, all_is_stored: bool) -> None:
        if time.monotonic() - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = time.monotonic()
        try:
            if all_is_stored and (passed := self._metrics.passed_over(self._records)):
                self._writing.commit(passed)
            positions = self._metrics.behind(self._records)
        except OUT_OF_PLACE as error:
            self._resets.note(error)
            return
        except KafkaError as error:  # a partition has gone to another consumer meanwhile, or the broker is away
            log.warning("where the partitions stand is not known", because=type(error).__name__)
            return
        if positions:
            self._writing.report(positions)
