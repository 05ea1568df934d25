"""The figures that are promised of a store of many nodes, beside one PostgreSQL: medians over the rounds."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from benchmarks.figures import Bound, Figure
from benchmarks.nodes.measure import STORED, Measured
from benchmarks.nodes.plan import NONE

PROMISED: Final = 2  # workers
Round = Mapping[int, Measured]
"""Stores that were measured one after the other, by their number of workers."""


def figures(rounds: Sequence[Round]) -> Iterator[Figure]:
    yield Figure("consumer, two workers / one PostgreSQL", ratio(rounds, STORED), Bound.AT_LEAST, 1)
    for what in ("fixes", "meetings"):
        value = ratio(rounds, f"{what} of a day, p95 ms")
        yield Figure(f"{what} of a day, p95, two workers / one PostgreSQL", value, Bound.AT_MOST, 3)


def ratio(rounds: Sequence[Round], name: str) -> float:
    return median(dict(stores[PROMISED].rows())[name] / dict(stores[NONE].rows())[name] for stores in rounds)
