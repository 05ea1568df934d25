"""The figures that are promised, each with its target."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from benchmarks.ingest.measured import Measured
from benchmarks.result import median_ratio

MOST_ROWS = 20_000_000


class Bound(Enum):
    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True)
class Figure:
    name: str
    value: float | None  # None: it was not measured
    bound: Bound
    target: float
    unit: str = ""
    remark: str = ""

    @property
    def ok(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.target if self.bound is Bound.AT_LEAST else self.value <= self.target

    @property
    def shown(self) -> str:
        """The value with its unit, to three digits."""
        return "not measured" if self.value is None else f"{three_digits(self.value)}{self.unit}"

    def document(self) -> dict[str, object]:
        """For JSON."""
        return {**asdict(self), "bound": self.bound.value, "ok": self.ok}

    def line(self) -> str:
        remark = f"  ({self.remark})" if self.remark else ""
        target = f"{self.bound.value} {self.target:,g}{self.unit}"
        return f"{self.name:<48} {self.shown:>12} {target:>10}  {'ok' if self.ok else 'short'}{remark}"


def three_digits(value: float) -> str:
    """At least: of thousands all."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"  # noqa: PLR2004


def verdict(figures: Iterable[Figure]) -> int:
    """Print a line each; return the exit status, 1 when one is short."""
    are_ok = True
    for figure in figures:
        print(figure.line())
        are_ok &= figure.ok
    return 0 if are_ok else 1


def figures(measured: Measured) -> Iterator[Figure]:
    """Every figure of which a part was asked for; medians over the rounds."""
    rounds = measured.rounds
    for name, of, to, target, remark in (
        ("consumer only / limit", "consumer_only", "limit", 0.9, ""),
        ("whole way / limit", "whole_way", "limit", 0.75, ""),
        ("whole way / naive peer", "whole_way", "naive_peer", 100, ""),
        ("consumer only / Debezium JDBC sink", "consumer_only", "jdbc_sink", 5, measured.not_to_be_had),
        ("redelivery / first delivery", "redelivery", "consumer_only", 1, ""),
    ):
        if {of, to} <= measured.asked:
            yield Figure(name, median_ratio(rounds, of, to), Bound.AT_LEAST, target, remark=remark)
    if measured.growth:
        most = max(measured.growth)
        remark = "" if most == MOST_ROWS else f"at {most:,} rows; the target is meant for {MOST_ROWS:,}"
        ratio = median_ratio(measured.growth[most], "grown", "empty")
        yield Figure("consumer rate, grown table / empty", ratio, Bound.AT_LEAST, 0.9, remark=remark)
    if "latency" in measured.asked:
        for share, load, target_s in (("1/2", "half", 1), ("3/4", "three quarters of the", 2)):
            visible = measured.detail(f"latency at {share}", "visible_p99_ms")
            name = f"acknowledged to visible, p99 at {load} load"
            yield Figure(name, visible and visible / 1000, Bound.AT_MOST, target_s, unit=" s")
        taken = measured.detail("latency at 3/4", "taken_of_offered")
        yield Figure("taken of what is offered at three quarters of the load", taken, Bound.AT_LEAST, 0.95)
    if "overload" in measured.asked:
        waited = measured.detail("overload", "accepted_late_p99_ms")
        name = "wait of what is accepted in an overload, p99"
        yield Figure(name, waited and waited / 1000, Bound.AT_MOST, 5, unit=" s")
    if "whole_way" in measured.asked:
        for service in ("producer", "consumer"):
            peaks = [round_["whole_way"].details[f"{service}_peak_memory_mb"] for round_ in rounds]
            yield Figure(f"peak memory of the {service}", max(peaks, default=None), Bound.AT_MOST, 200, unit=" MB")
