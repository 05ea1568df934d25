"""The locations that every benchmark works on: a simulated conference, whose phones report every ten seconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from math import ceil

import numpy as np

from location_client.batches import Batch, batches_of
from location_producer.split import Opened
from location_producer.validation import Rules
from udaconnect_client.simulation.conference import Conference, Fixes

PEOPLE = 10_000
INTERVAL_S = 10.0
CALL = 5_000  # locations in a call of a client in a hurry
DAY = timedelta(days=1)


def yesterday(hour: int = 0) -> datetime:
    return datetime.combine(datetime.now(UTC).date() - DAY, time(hour), UTC)


@dataclass(frozen=True)
class Workload:
    """So many locations from `begins` on, in the order of their times: the same for whoever asks."""

    locations: int
    begins: datetime
    people: int = PEOPLE

    @property
    def length(self) -> timedelta:
        """How much time they cover, and a little more."""
        return timedelta(seconds=60 + ceil(self.locations * INTERVAL_S / self.people * 1.05))

    def after(self) -> "Workload":
        """As many others, right after these."""
        return replace(self, begins=self.begins + self.length)

    def slices(self) -> Iterator[Fixes]:
        conference = Conference(self.people, self.length / timedelta(minutes=1), seed=7, interval_s=INTERVAL_S)
        missing = self.locations
        for fixes in conference.fixes(self.begins):
            yield fixes.take(slice(0, missing))
            missing -= min(missing, fixes.person_id.size)
            if not missing:
                return

    def fixes(self) -> Fixes:
        slices = list(self.slices())
        return Fixes(*(np.concatenate([part[column] for part in slices]) for column in range(len(Fixes._fields))))

    def calls(self) -> Iterator[Batch]:
        """What a client in a hurry sends."""
        return calls_of(self.slices())

    def records(self, partitions: int) -> Iterator[tuple[int, bytes]]:
        """Partition and value of what the producer makes of it."""
        rules = Rules(earliest_us=0, now_us=round(datetime.now(UTC).timestamp() * 1e6))
        for call in self.calls():
            result = Opened(call.request).split(partitions, rules)
            if result.rejections:
                raise ValueError(f"the workload is wrong: {result.rejections[0]}")
            yield from result.records.items()


def calls_of(slices: Iterable[Fixes], size: int = CALL) -> Iterator[Batch]:
    """What a client sends."""
    for fixes in slices:
        yield from batches_of(fixes.rows(), size)
