"""The loop: what is due → locations → meetings, one window after the other; the newest first.

A window is settled in one transaction. Whoever is killed has settled it or has not, and then it is still due. One whose
meetings cannot be found, by an error of ours, is set aside: it stays due, and keeps no other one from being settled.
"""

import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Final

import structlog
from opentelemetry.trace import Tracer

from meeting_finder.metrics import Metrics
from meeting_finder.reported import ChangedError
from meeting_finder.store import Asked, Settling, Store
from meeting_finder.transactions import StoreUnavailableError
from proximity.everybody.meetings import met_by_everybody
from proximity.instants import SECOND_US, since_epoch
from proximity.windows import WINDOW_US, told_by

log = structlog.get_logger()

LOOK_EVERY_S: Final = 5.0
BACK_OFF_S: Final = 2.0
ASIDE_S: Final = 3600.0
STUCK_AFTER_S: Final = 900.0  # longer than a window may take


class UnsettledError(Exception):
    """The meetings of a window could not be found."""

    def __init__(self, window: int) -> None:
        super().__init__(window)
        self.window = window


class Find:
    """One finder. `run` is for one thread; `live` and `ready` may be asked by others."""

    def __init__(  # noqa: PLR0913  each is a part of it
        self,
        store: Store,
        asked: Asked,
        *,
        lateness_s: float,
        quiet_s: float,
        metrics: Metrics,
        tracer: Tracer | None = None,
    ) -> None:
        self._store = store
        self._asked = asked
        self._lateness_us = round(lateness_s * SECOND_US)
        self._quiet = timedelta(seconds=quiet_s)
        self._metrics = metrics
        self._tracer = tracer
        self._aside: dict[int, float] = {}  # window → until when
        self._beat_at = time.monotonic()
        self._succeeds = False

    def run(self, stopping: Event) -> None:
        """Work until it is time to stop."""
        looked_at = float("-inf")
        while not stopping.is_set():
            self._beat_at = time.monotonic()
            try:
                if self._beat_at - looked_at >= LOOK_EVERY_S:
                    looked_at = self._beat_at
                    self._look()
                worked = self.settle()
            except StoreUnavailableError as error:
                self._succeeds = False
                log.warning("trying again", because=str(error), in_s=BACK_OFF_S)
                stopping.wait(BACK_OFF_S)
            except ChangedError:
                self._metrics.changed()
            except UnsettledError as error:
                self._aside[error.window] = time.monotonic() + ASIDE_S
                log.exception("a window is set aside", window=error.window, for_s=ASIDE_S)
            else:
                self._succeeds = True
                if not worked:
                    stopping.wait(LOOK_EVERY_S)

    def live(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self._beat_at < STUCK_AFTER_S

    def ready(self) -> bool:
        """Whether the database did the last of what it was asked."""
        return self._succeeds

    def _look(self) -> None:
        self._store.settle_before(closed_before(since_epoch(datetime.now(UTC)) - self._lateness_us))
        self._metrics.backlog(self._store.backlog())

    def settle(self) -> bool:
        """Settle a window. False: none is due. Raises ChangedError, UnsettledError and StoreUnavailableError."""
        began = time.monotonic()
        self._aside = {window: until for window, until in self._aside.items() if until > began}
        with self._store.settling(self._quiet, self._aside) as settling:
            if settling is None:
                return False
            span = self._tracer.start_as_current_span("settle window") if self._tracer else nullcontext()
            with span as noted:
                locations, meetings = self._found(settling)
                if noted:
                    noted.set_attributes({"udaconnect.locations": locations, "udaconnect.meetings": meetings})
        self._metrics.settled(locations, meetings, time.monotonic() - began)
        return True

    def _found(self, settling: Settling) -> tuple[int, int]:
        """How many locations were read, and how many meetings written."""
        if not settling.due.notes:  # another finder has just settled it
            return 0, 0
        if not settling.due.is_kept:  # what is remembered of it is all there is
            settling.done()
            return 0, 0
        fixes, private = settling.reported()
        whose = settling.due.persons
        try:
            met = met_by_everybody(fixes, settling.due.window, *self._asked, whose=whose, hidden=private)
        except Exception as error:
            raise UnsettledError(settling.due.window) from error
        settling.write(fixes, met)
        return fixes.size, met.person_id.size


def closed_before(watermark_us: int) -> int:
    """The first window of which something may be told after the watermark."""
    window = watermark_us // WINDOW_US
    while told_by(window - 1)[1] >= watermark_us:
        window -= 1
    return window
