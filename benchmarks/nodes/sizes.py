"""python -m benchmarks.nodes.sizes: people and fixes a minute → nodes, disks, euros: the table of docs/operations.md.

All of it is arithmetic on the constants below: what was measured on one machine, what is supposed of people, and what a
machine is taken to cost. Whose are other ones changes a line and runs it again.
"""

from dataclasses import dataclass
from itertools import count
from math import ceil
from typing import Final

# Measured (docs/benchmarks.md): µs of processor, bytes on disk.
STREAM_US: Final = 2.6  # a location: producer 1.1, Kafka 0.7, consumer 0.8
KAFKA_BYTES: Final = 27.0  # a location, in each broker
STORE_US, STORE_BYTES = 4.9, 185.0  # a location, in one PostgreSQL
COORDINATOR_US, COORDINATOR_US_A_WORKER = 0.9, 0.2  # a location, where there are workers
WORKERS_US, WORKERS_US_A_WORKER = 5.2, 0.8  # likewise, of all workers together
FINDER_US: Final = 2.0  # a location
MEETING_US, MEETING_BYTES = 38.0, 387.0  # somebody met in a window, on either side: the finder 29, PostgreSQL 9
QUESTION_US, ASKED_US = 17_000.0, 5_000.0  # the meetings of a day: services, one PostgreSQL
ASKED_COORDINATOR_US, ASKED_COORDINATOR_US_A_WORKER = 4_000.0, 900.0  # where there are workers
ASKED_WORKERS_US, ASKED_WORKERS_US_A_WORKER = 1_800.0, 3_000.0  # of all workers together

# Supposed of people: all of them report for half of the day, each meets some others, and asks about a day now and then.
HOURS_A_DAY, QUESTIONS_AN_HOUR, MET_AN_HOUR = 12, 1, 15
STORE_DAYS, KAFKA_DAYS = 30, 7
# A standby for each node of the store, three brokers; half of all processors stays free, and a third of all disks.
COPIES, BROKERS, BUSY, FULL = 2, 3, 0.5, 0.7
NODE_CORES, NODE_TB = 8, 4.0  # a machine of the store
EURO_A_CORE, EURO_A_TB = 10.0, 80.0  # a month: a rented core with 4 GB of memory, a terabyte of SSD; put in yours

SHOWN: Final = ((1_000, 6), (10_000, 6), (100_000, 2), (1_000_000, 1), (1_000_000, 6))


@dataclass(frozen=True)
class Size:
    people: int
    fixes_a_minute: float

    @property
    def rate(self) -> float:
        """Locations a second while everybody reports."""
        return self.people * self.fixes_a_minute / 60

    @property
    def questions(self) -> float:
        """A second."""
        return self.people * QUESTIONS_AN_HOUR / 3600

    @property
    def meetings(self) -> float:
        """Rows of connectivity a second."""
        return self.people * MET_AN_HOUR / 3600

    @property
    def services_cores(self) -> float:
        """Kafka's too; two at least."""
        used_us = self.rate * (STREAM_US + FINDER_US) + self.meetings * MEETING_US + self.questions * QUESTION_US
        return max(2.0, used_us / 1e6 / BUSY)

    @property
    def store_tb(self) -> float:
        """One copy, with the room that is to stay free."""
        a_second = self.rate * STORE_BYTES + self.meetings * MEETING_BYTES
        return a_second * 3600 * HOURS_A_DAY * STORE_DAYS / 1e12 / FULL

    @property
    def kafka_tb(self) -> float:
        """Of all brokers, likewise."""
        return self.rate * KAFKA_BYTES * 3600 * HOURS_A_DAY * KAFKA_DAYS / 1e12 / FULL * BROKERS

    @property
    def workers(self) -> int:
        """0: one PostgreSQL is enough. Raises ValueError: a question asks every worker, which has an end."""
        if self.are_enough(0):
            return 0
        if self.questions * ASKED_WORKERS_US_A_WORKER / 1e6 / BUSY >= NODE_CORES:
            raise ValueError("no worker answers its part of so many questions: it takes larger machines")
        return next(workers for workers in count(1) if self.are_enough(workers))

    def are_enough(self, workers: int) -> bool:
        """Whether the disk and the processor of so many are; 0: of one PostgreSQL."""
        nodes = max(1, workers)
        return self.store_tb <= nodes * NODE_TB and self.store_cores(workers) <= nodes * NODE_CORES

    def store_cores(self, workers: int) -> float:
        """Of the only node, or of all workers, one copy."""
        if not workers:
            return (self.rate * STORE_US + self.questions * ASKED_US) / 1e6 / BUSY
        location_us = WORKERS_US + WORKERS_US_A_WORKER * workers
        question_us = ASKED_WORKERS_US + ASKED_WORKERS_US_A_WORKER * workers
        return (self.rate * location_us + self.questions * question_us) / 1e6 / BUSY

    @property
    def coordinator_cores(self) -> float:
        if not self.workers:
            return 0.0
        location_us = COORDINATOR_US + COORDINATOR_US_A_WORKER * self.workers
        question_us = ASKED_COORDINATOR_US + ASKED_COORDINATOR_US_A_WORKER * self.workers
        return (self.rate * location_us + self.questions * question_us) / 1e6 / BUSY

    @property
    def cores(self) -> int:
        """Rented: whole ones, a copy of each node of the store too."""
        nodes = max(1, self.workers)
        of_store = nodes * ceil(self.store_cores(self.workers) / nodes) + ceil(self.coordinator_cores)
        return ceil(self.services_cores) + of_store * COPIES

    @property
    def tb(self) -> float:
        return self.store_tb * COPIES + self.kafka_tb

    @property
    def euros(self) -> float:
        """A month."""
        return self.cores * EURO_A_CORE + self.tb * EURO_A_TB


def table() -> str:
    """Markdown."""
    heads = [
        "people", "fixes a minute", "locations/s", "store", "one copy of it", "services and Kafka", "all cores",
        "all disks", "€ a month",
    ]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---:|---:|---:|---|---:|---:|---:|---:|---:|"]
    for size in (Size(*shown) for shown in SHOWN):
        store = f"coordinator, {size.workers} workers" if size.workers else "one PostgreSQL"
        cells = [
            f"{size.people:,}",
            f"{size.fixes_a_minute:g}",
            f"{size.rate:,.0f}",
            store,
            terabytes(size.store_tb),
            f"{size.services_cores:,.0f} cores",
            f"{size.cores:,}",
            terabytes(size.tb),
            f"{float(f'{size.euros:.2g}'):,.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def terabytes(value: float) -> str:
    return f"{value:,.1f} TB" if value >= 1 else f"{value * 1000:,.0f} GB"


if __name__ == "__main__":
    print(table())
