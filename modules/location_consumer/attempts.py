"""Does again what a database or broker that is away has prevented, until it is done, and knows how that is going."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

import structlog

from location_consumer.dead_letters import DeadLettersUnavailableError
from location_consumer.store import StoreUnavailableError

log = structlog.get_logger()

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 10.0

Answer = TypeVar("Answer")


class Attempts:
    """For one thread; `longest_s` and `succeeding` may be asked by others."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._began: float | None = None
        self.succeeding = False
        """Whether the last attempt did what it should."""

    def until_done(self, action: Callable[[], Answer]) -> Answer:
        """Try with back-off. Raises what went wrong if it is time to stop."""
        back_off_s = FIRST_BACK_OFF_S
        while True:
            self._began = time.monotonic()
            try:
                answer = action()
            except (StoreUnavailableError, DeadLettersUnavailableError) as error:
                self.succeeding = False
                if self._stopping.is_set():
                    raise
                log.warning("trying again", because=str(error), in_s=back_off_s)
            else:
                self.succeeding = True
                return answer
            finally:
                self._began = None
            self._stopping.wait(back_off_s)
            back_off_s = min(2 * back_off_s, LONGEST_BACK_OFF_S)

    def running_s(self) -> float:
        """How long the attempt under way has been running; 0 if there is none."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began
