"""All that one run of the benchmarks has found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from benchmarks.result import Result, Round


@dataclass
class Measured:
    asked: frozenset[str]  # names of benchmarks
    rounds: list[Round] = field(default_factory=list)
    growth: dict[int, list[Round]] = field(default_factory=dict)  # rows that are there already → rounds
    single: dict[str, Result] = field(default_factory=dict)  # measured once, such as "latency at 1/2"
    not_to_be_had: str = ""  # why the JDBC sink was not measured

    def detail(self, name: str, detail: str) -> float | None:
        return self.single[name].details[detail] if name in self.single else None

    def rows(self) -> Iterator[tuple[str, Result]]:
        """Everything that was measured, by name; of rounds the one with the median rate."""
        for name in dict.fromkeys(name for round_ in self.rounds for name in round_):
            yield name, of_median_rate([round_[name] for round_ in self.rounds if name in round_])
        for size, rounds in sorted(self.growth.items()):
            yield f"consumer with {size:,} rows there", of_median_rate([round_["grown"] for round_ in rounds])
        yield from self.single.items()


def of_median_rate(results: list[Result]) -> Result:
    middle = median(result.rate for result in results)
    return min(results, key=lambda result: abs(result.rate - middle))
