"""What is left of a run: a table for people, JSON for programs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.page.browse import Rounds
from benchmarks.page.figures import middle
from benchmarks.written import write


def write_report(folder: Path, rounds: Rounds, figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    write(folder, "page", table(rounds), figures, machine, {"rounds": rounds})


def table(rounds: Rounds) -> str:
    """A Markdown table: medians in ms."""
    names = list(next(iter(rounds.values()))[0])
    lines = [f"| ms | {' | '.join(rounds)} |", f"|---|{'---:|' * len(rounds)}"]
    for name in names:
        cells = [f"{middle(seen, name):,.0f}" for seen in rounds.values()]
        lines.append(f"| {name.removesuffix('_ms').replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)
