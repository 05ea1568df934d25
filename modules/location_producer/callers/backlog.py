"""How long what this process has sent waits to be stored: asked of Kafka, which knows how far the consumers are."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import structlog
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from location_producer.callers.fair_rate import WAITS_LITTLE_S, Wait

log = structlog.get_logger()

LOOK_EVERY_S: Final = 0.25
TRY_AGAIN_AFTER_S: Final = 5.0
STANDS_STILL_AFTER_S: Final = 5.0
"""Consumers that have committed nothing for so long are away, or can't store: nobody's doing who sends."""

PAUSES_AFTER_S: Final = 2.0
"""Consumers that have committed nothing for so long are being restarted, or wait for PostgreSQL. What has gathered
meanwhile is nobody's doing either, until it waits for twice as long as it did when they went on."""

LATELY: Final = 4  # looks, a second together
MOST_MARKS: Final = 1_000  # of a partition; then the newest are left out


class Mark(NamedTuple):
    """Records that came between two looks: from the offset `first` until before `end`, seconds of the clock."""

    since: float
    until: float
    first: int
    end: int

    def came_at(self, offset: int) -> float:
        """When that one is likely to have come: they came evenly."""
        return self.since + (self.until - self.since) * (offset - self.first + 1) / (self.end - self.first + 1)


class Backlog:
    """By partition: which records came when. Whatever lies before what is committed is stored."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = clock()
        self._ends: dict[int, int] = {}
        self._marks: dict[int, deque[Mark]] = {}
        self._lately: deque[tuple[int, int]] = deque(maxlen=LATELY + 1)  # sums of offsets: came, stored
        self._committed: dict[int, int] = {}
        self._moved_at = clock()
        self._excused_s: float | None = None  # what may have waited for so long is there because of a pause

    def look(self, acknowledged: Mapping[int, int], committed: Mapping[int, int]) -> Wait | None:
        """How long records wait; None where nothing is being stored.

        `acknowledged`: where each partition ends, as far as this process knows. `committed`: what is stored.
        """
        since, now = self._looked_at, self._clock()
        self._looked_at = now
        waiting_s = 0.0
        if not acknowledged:
            return Wait(0.0, too_much=False)  # nothing was sent yet
        if not (both := acknowledged.keys() & committed.keys()):
            return None  # nobody has stored anything of this topic yet, or not in the name of this group
        for partition in both:
            end, stored = acknowledged[partition], committed[partition]
            marks = self._marks.setdefault(partition, deque())
            first = self._ends.get(partition, min(stored, end))
            if first < end and len(marks) < MOST_MARKS:
                marks.append(Mark(since, now, first, end))
                self._ends[partition] = end
            while marks and marks[0].end <= stored:
                marks.popleft()
            if marks:
                waiting_s = max(waiting_s, now - marks[0].came_at(max(stored, marks[0].first)))
        moved = committed != self._committed
        paused = now - self._moved_at > PAUSES_AFTER_S
        if not waiting_s or moved:
            self._moved_at = now
            self._committed = dict(committed)
        if now - self._moved_at > STANDS_STILL_AFTER_S:
            return None
        too_much = moved and not self._is_excused(waiting_s, paused=paused)
        came, stored = (sum(offsets[partition] for partition in both) for offsets in (acknowledged, committed))
        return Wait(waiting_s, too_much, self._stored_share(came, stored))

    def _stored_share(self, came: int, stored: int) -> float:
        """Records that were stored lately, divided by those that came meanwhile; 1 where none came."""
        self._lately.append((came, stored))
        came_before, stored_before = self._lately[0]
        return (stored - stored_before) / (came - came_before) if came > came_before else 1.0

    def _is_excused(self, waiting_s: float, *, paused: bool) -> bool:
        """Whether it is a pause that records have waited for, in a look at which some were stored."""
        if waiting_s < WAITS_LITTLE_S:
            self._excused_s = None
        elif paused and self._excused_s is None:
            self._excused_s = 2 * waiting_s
        elif self._excused_s is not None and waiting_s > self._excused_s:
            self._excused_s = 0.0  # no more of it until they have kept up again
        return waiting_s <= (self._excused_s or 0.0)


async def watch_backlog(
    make_admin: Callable[[], KafkaAdminClient],
    topic: str,
    group: str,
    acknowledged: Mapping[int, int],
    seen: Callable[[Wait | None], None],
) -> None:
    """Look for ever, and tell `seen` how long records wait; None while Kafka does not say."""

    def committed(admin: KafkaAdminClient) -> dict[int, int]:
        offsets = admin.list_group_offsets(group).get(group, {})
        return {
            partition.partition: getattr(found, "offset", 0)
            for partition, found in offsets.items()
            if partition.topic == topic
        }

    while True:
        backlog = Backlog()
        try:
            admin = await asyncio.to_thread(make_admin)
            try:
                stored: dict[int, int] = {}
                while True:
                    # Once all is stored that this process has sent, Kafka need not be asked again until it sends more.
                    if any(stored.get(partition, -1) < end for partition, end in acknowledged.items()):
                        stored = await asyncio.to_thread(committed, admin)
                    seen(backlog.look(acknowledged, stored))
                    await asyncio.sleep(LOOK_EVERY_S)
            finally:
                admin.close()
        except (KafkaError, OSError) as error:
            log.info("how far the consumers are is not known", reason=type(error).__name__)
            seen(None)
            await asyncio.sleep(TRY_AGAIN_AFTER_S)
