"""The loop that looks who is together, every second; and now and then confirms what has been settled."""

import time
from datetime import UTC, datetime
from threading import Event
from typing import Final

import numpy as np
import structlog
from opentelemetry.trace import Tracer

from meeting_finder.live.encounters import Encounters, Told, before
from meeting_finder.metrics import Metrics
from meeting_finder.reported import ChangedError
from meeting_finder.store import Asked
from meeting_finder.transactions import StoreUnavailableError
from proximity.instants import since_epoch
from proximity.present.company import HOLDS_S, PARTS_S, SILENT_S, look

log = structlog.get_logger()

LOOK_EVERY_S: Final = 1.0
CONFIRM_EVERY_S: Final = 10.0
BACK_OFF_S: Final = 2.0
STUCK_AFTER_S: Final = 120.0


class Look:
    """One finder's. `run` is for one thread; `live` may be asked by others. `news` is set when something was told."""

    def __init__(
        self, encounters: Encounters, asked: Asked, metrics: Metrics, news: Event, tracer: Tracer | None = None
    ) -> None:
        self._encounters = encounters
        self._asked = asked
        self._metrics = metrics
        self._news = news
        self._tracer = tracer
        self._beat_at = time.monotonic()

    def run(self, stopping: Event) -> None:
        """Look until it is time to stop."""
        confirmed_at = float("-inf")
        while not stopping.is_set():
            self._beat_at = time.monotonic()
            try:
                self.look(datetime.now(UTC))
                if self._beat_at - confirmed_at >= CONFIRM_EVERY_S:
                    confirmed_at = self._beat_at
                    self.confirm()
            except StoreUnavailableError as error:
                log.warning("looking again", because=str(error), in_s=BACK_OFF_S)
                stopping.wait(BACK_OFF_S)
            except ChangedError:
                pass  # the next look is near
            except Exception:  # what was reported last is the next look's no more in two minutes
                log.exception("looking again", in_s=BACK_OFF_S)
                stopping.wait(BACK_OFF_S)
            stopping.wait(max(0.0, LOOK_EVERY_S - (time.monotonic() - self._beat_at)))

    def live(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self._beat_at < STUCK_AFTER_S

    def look(self, at: datetime) -> Told | None:
        """Look at what was reported until then. None: another finder does.

        Raises ChangedError, StoreUnavailableError.
        """
        began = time.monotonic()
        span = self._tracer.start_span("look who is together") if self._tracer else None
        with self._encounters.looking() as looking:
            if looking is None:
                self._metrics.another_looks()
                return None
            fixes = looking.fixes(before(at, SILENT_S + PARTS_S[-1]), at)
            found = look(fixes, since_epoch(at), looking.were, *self._asked)
            ended = [
                (np.flatnonzero(found.far), before(at, PARTS_S[-1])),
                (np.flatnonzero(found.silent), before(at, SILENT_S)),
            ]
            told = looking.write(found.begun, found.now, ended, before(at, HOLDS_S))
        self._metrics.looked(fixes.size, looking.were.person_id.size, told._asdict(), time.monotonic() - began)
        if any(told):
            self._news.set()
            if span:  # one that is not ended is not told of: most looks find nothing new
                span.set_attributes({"udaconnect.locations": fixes.size, **_counted(told)})
                span.end()
        return told

    def confirm(self) -> None:
        """Tell what has been settled of what was told. Raises StoreUnavailableError."""
        while confirmed := self._encounters.confirm():
            self._metrics.confirmed(confirmed)
            self._news.set()
        self._encounters.tell_again()


def _counted(told: Told) -> dict[str, int]:
    return {f"udaconnect.{what}": count for what, count in told._asdict().items()}
