"""python -m tests.chaos.clock_off FILE MODULE: a service whose clock is ahead by the seconds that stand in FILE."""

import datetime as dt
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

LOOK_EVERY_S = 0.5


class Offset:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._looked_at = float("-inf")
        self._seconds = 0

    def __call__(self) -> int:
        if time.monotonic() - self._looked_at > LOOK_EVERY_S:
            self._seconds = int(self._file.read_text() or 0)
            self._looked_at = time.monotonic()
        return self._seconds


def set_off(offset: Callable[[], int]) -> None:
    """For every module that is imported from now on."""
    true_time, true_time_ns = time.time, time.time_ns
    vars(time).update(time=lambda: true_time() + offset(), time_ns=lambda: true_time_ns() + offset() * 1_000_000_000)

    class OffDatetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(tz) + dt.timedelta(seconds=offset())

    vars(dt).update(datetime=OffDatetime)


if __name__ == "__main__":
    _, file, module = sys.argv
    sys.argv = [module]
    set_off(Offset(Path(file)))
    runpy.run_module(module, run_name="__main__", alter_sys=True)
