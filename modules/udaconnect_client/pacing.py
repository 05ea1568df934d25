"""How fast a conference is sent: as fast as it goes, so many locations a second, or so many times real time."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import isfinite

import numpy as np

from location_client.batches import Batch, batches_of
from location_client.readers.instants import EPOCH, MICROSECOND
from udaconnect_client.simulation.conference import Fixes

Clock = Callable[[], float]
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Rate:
    """At most one of the two; none of them: unlimited."""

    locations_per_s: float | None = None
    times_real_time: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read `unlimited`, `500` (locations a second) or `10x` (ten times real time). Raises ValueError."""
        if text == "unlimited":
            return cls()
        number = float(text.removesuffix("x"))
        if not (number > 0 and isfinite(number)):
            raise ValueError(text)
        return cls(times_real_time=number) if text.endswith("x") else cls(locations_per_s=number)

    def latest_start(self, now: datetime, length: timedelta) -> datetime:
        """The latest start at which no fix lies in the future when it is sent: for 1x now, else the more before."""
        return now - length * (1 - 1 / max(self.times_real_time, 1)) if self.times_real_time else now - length


def paced(  # noqa: PLR0913  two of them are for tests
    slices: Iterable[Fixes],
    start: datetime,
    rate: Rate,
    batch_size: int,
    *,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
) -> Iterator[Batch]:
    """The batches of a conference that begins at `start`, each when it is due."""
    if rate.locations_per_s is None and rate.times_real_time is None:
        yield from batches_of(chain.from_iterable(fixes.rows() for fixes in slices), batch_size)
        return
    begun_at = clock()
    for due_s, fixes in dues(slices, start, rate, batch_size):
        wait_s = begun_at + due_s - clock()
        if wait_s > 0:
            sleep(wait_s)
        yield from batches_of(fixes.rows(), batch_size)


def dues(slices: Iterable[Fixes], start: datetime, rate: Rate, batch_size: int) -> Iterator[tuple[float, Fixes]]:
    """Parts of the slices, about a second's worth or a batch each, with the seconds after which they are due."""
    sent = 0
    start_us = (start - EPOCH) // MICROSECOND
    for fixes in slices:
        if rate.locations_per_s is not None:
            step = max(1, min(batch_size, int(rate.locations_per_s)))
            for at in range(0, len(fixes.person_id), step):
                yield sent / rate.locations_per_s, fixes.take(slice(at, at + step))
                sent += step
        elif rate.times_real_time is not None:
            second = ((fixes.creation_time - start_us) / 1e6 / rate.times_real_time).astype(np.int64)
            for due, at in zip(*np.unique(second, return_index=True), strict=True):
                # A second is due when it is over: nothing is sent before it happens.
                until = np.searchsorted(second, due, side="right")
                yield float(due + 1), fixes.take(slice(int(at), int(until)))
