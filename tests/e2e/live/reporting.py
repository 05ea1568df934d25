"""Two phones that report where they are, each second."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

from tests.e2e.conftest import Fix, System

PLACES = count(1)  # each test has a place of its own
METRES_A_DEGREE = 111_194.9


class Phones:
    """Two that report each second, so far apart as is said."""

    def __init__(self, system: System, first: int, second: int) -> None:
        self._system, self._persons = system, (first, second)
        self._latitude = -40.0 - next(PLACES) / 10 - time.time() % 1000 / 1e5
        self.apart_m = 2.0

    def report(self) -> None:
        now = datetime.now(UTC)
        apart = (0.0, self.apart_m / METRES_A_DEGREE)
        self._system.send(
            [
                Fix(person_id, now, self._latitude + north, 20.0, 2.0)
                for person_id, north in zip(self._persons, apart, strict=True)
            ]
        )


@contextmanager
def reporting(system: System, first: int, second: int) -> Iterator[Phones]:
    phones, stop = Phones(system, first, second), threading.Event()

    def report() -> None:
        while not stop.wait(1):
            phones.report()

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield phones
    finally:
        stop.set()
        thread.join()
