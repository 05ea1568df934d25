"""What is left of a run: a table for people, JSON for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, three_digits
from benchmarks.nodes.figures import Round
from benchmarks.nodes.plan import NONE
from benchmarks.written import write


def write_report(folder: Path, rounds: Sequence[Round], figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    stores = [[asdict(store) for store in stores.values()] for stores in rounds]
    write(folder, "nodes", table(rounds), figures, machine, {"rounds": stores})


def table(rounds: Sequence[Round]) -> str:
    """A Markdown table: medians over the rounds, a column for each store."""
    stores = list(rounds[0])
    heads = ["one PostgreSQL" if workers == NONE else f"workers: {workers}" for workers in stores]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(stores)}"]
    for name, _ in rounds[0][NONE].rows():
        values = [median(dict(round_[workers].rows())[name] for round_ in rounds) for workers in stores]
        lines.append(f"| {name} | {' | '.join(map(three_digits, values))} |")
    return "\n".join(lines)
