"""Where a partition goes on when Kafka does not have what comes next any more; and what is missed by that is told.

kafka-python would go on with the earliest record that there is, without a word. So it has no `auto_offset_reset`, says
what it cannot find, and here is decided. It is always the earliest record: nothing of what is there is skipped, and
what is stored already is recognised.

Kafka forgets what a group has committed after a week without a consumer, and with the topic: as long as it keeps
records. Then what the consumers have told the database (`consumer_progress`) says how far they were.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, NoOffsetForPartitionError, OffsetOutOfRangeError
from kafka.structs import OffsetAndMetadata

from location_consumer.offsets.lag import Position
from service_kit.kafka.offsets import begin_offsets, end_offsets

log = structlog.get_logger()

OUT_OF_PLACE = (NoOffsetForPartitionError, OffsetOutOfRangeError, LogTruncationError)
LOOK_UP_WITHIN_MS = 10_000


class Count(Protocol):
    """What is asked of the metrics."""

    def offset_reset(self, partition: TopicPartition, reason: str, goes_on_at: int, missed: int) -> None: ...


class Reset(NamedTuple):
    reason: str  # one of metrics.RESETS
    left_at: int
    goes_on_at: int
    missed: int  # records that nobody has read: as far as that can be known


def judge(left_at: int, unread: int, begin: int, end: int) -> Reset | None:
    """What it means that a log goes from `begin` to `end`, where `left_at` is the next offset; None: nothing is missed.

    `unread`: how many records the log is known to have had behind `left_at`, before it was this one.
    """
    if left_at < begin:
        return Reset("retention", left_at, begin, begin - left_at)
    if left_at > end:
        return Reset("topic_made_anew", left_at, begin, unread + begin)
    return None


class OffsetResets:
    """Belongs to one consumer. For its thread."""

    def __init__(self, records: KafkaConsumer, count: Count) -> None:
        self._records = records
        self._count = count
        self._left_at: dict[TopicPartition, int | None] = {}  # of those that must go on elsewhere; None: not known
        self._truncated: set[TopicPartition] = set()

    def note(self, error: KafkaError) -> None:
        """Remember what the client could not find: one of OUT_OF_PLACE."""
        match error:
            case OffsetOutOfRangeError():
                self._left_at |= error.args[0]
            case LogTruncationError():
                self._left_at |= {partition: self._records.position(partition) for partition in error.divergent_offsets}
                self._truncated |= error.divergent_offsets.keys()
            case NoOffsetForPartitionError():
                self._left_at |= dict.fromkeys(error.args[0])

    def waiting(self) -> set[TopicPartition]:
        """The partitions that are not read until they are sent on; those of others are forgotten."""
        assigned = self._records.assignment()
        self._left_at = {partition: left for partition, left in self._left_at.items() if partition in assigned}
        return set(self._left_at)

    def send_on(self, reported: Mapping[TopicPartition, Position]) -> None:
        """Let the partitions that wait go on, and tell what is missed. Nothing of them must be in hand any more.

        `reported`: how far they were, as far as the database knows. Where Kafka does not answer they wait on.
        """
        waiting = sorted(self.waiting())
        try:
            begins = begin_offsets(self._records, waiting, LOOK_UP_WITHIN_MS)
            ends = end_offsets(self._records, waiting, LOOK_UP_WITHIN_MS)
        except KafkaError as error:
            log.warning("trying again to find where to go on", because=type(error).__name__)
            return
        for partition in waiting:
            begin, end = begins[partition], ends[partition]
            self._records.seek(partition, begin)
            if reset := self._reset(partition, reported.get(partition), begin, end):
                self._tell(partition, reset)
            del self._left_at[partition]
            self._truncated.discard(partition)

    def _reset(self, partition: TopicPartition, reported: Position | None, begin: int, end: int) -> Reset | None:
        left_at = self._left_at[partition]
        if left_at is None:
            if reported is None:  # a new group, or a new partition
                return None
            left_at = reported.next_offset
            log.warning("the group's offset is gone; all that is there is read", partition=partition.partition)
        if partition in self._truncated:
            return Reset("truncated", left_at, begin, 0)
        return judge(left_at, max(0, reported.end_offset - left_at) if reported else 0, begin, end)

    def _tell(self, partition: TopicPartition, reset: Reset) -> None:
        log.error(
            "the partition does not go on where it was left",
            partition=partition.partition,
            reason=reset.reason,
            left_at=reset.left_at,
            goes_on_at=reset.goes_on_at,
            missed_records=reset.missed,
        )
        self._count.offset_reset(partition, reset.reason, reset.goes_on_at, reset.missed)
        try:  # otherwise the next start would find, and count, the same once more
            self._records.commit({partition: OffsetAndMetadata(reset.goes_on_at, "", -1)})
        except KafkaError as error:
            log.warning("offsets not committed", because=type(error).__name__)
