"""What one run of one benchmark says, and how several of them become one figure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Result:
    """One run."""

    locations: int
    seconds: float
    details: dict[str, float] = field(default_factory=dict)  # names end in their unit

    @property
    def rate(self) -> float:
        """Locations a second."""
        return self.locations / self.seconds


Round = dict[str, Result]
"""Runs made one after the other: only such are compared with each other. By the name of the benchmark."""


def median_rate(rounds: Iterable[Round], name: str) -> float | None:
    """The median over the rounds; None where the benchmark was not run."""
    rates = [round_[name].rate for round_ in rounds if name in round_]
    return median(rates) if rates else None


def median_ratio(rounds: Iterable[Round], name: str, to: str) -> float | None:
    """The median of the ratios of each round: a machine that slows down slows both sides of a ratio."""
    ratios = [round_[name].rate / round_[to].rate for round_ in rounds if name in round_ and to in round_]
    return median(ratios) if ratios else None
