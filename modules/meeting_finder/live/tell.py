"""The loop that tells: events from the outbox to the topic."""

import time
from threading import Event
from typing import Final

import structlog

from meeting_finder.live.outbox import Outbox
from meeting_finder.live.topic import EncounterTopic, TopicUnavailableError
from meeting_finder.metrics import Metrics
from meeting_finder.transactions import StoreUnavailableError

log = structlog.get_logger()

LOOK_EVERY_S: Final = 0.5  # for what other finders have told
COUNT_EVERY_S: Final = 5.0
BACK_OFF_S: Final = 1.0
STUCK_AFTER_S: Final = 120.0


class Tell:
    """One finder's. `run` is for one thread; `live` may be asked by others."""

    def __init__(self, outbox: Outbox, topic: EncounterTopic, metrics: Metrics, news: Event) -> None:
        self._outbox = outbox
        self._topic = topic
        self._metrics = metrics
        self._news = news
        self._beat_at = time.monotonic()

    def run(self, stopping: Event) -> None:
        """Send until it is time to stop."""
        counted_at = float("-inf")
        while not stopping.is_set():
            self._beat_at = time.monotonic()
            try:
                if self._beat_at - counted_at >= COUNT_EVERY_S:
                    counted_at = self._beat_at
                    self._metrics.waiting(*self._outbox.waiting())
                self._news.clear()  # before reading: what comes afterwards is told by it again
                sent = self._outbox.send(self._topic.send)
            except (StoreUnavailableError, TopicUnavailableError) as error:
                log.warning("sending again", because=str(error), in_s=BACK_OFF_S)
                stopping.wait(BACK_OFF_S)
                continue
            self._metrics.sent(sent)
            if not sent:
                self._news.wait(LOOK_EVERY_S)

    def live(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self._beat_at < STUCK_AFTER_S
