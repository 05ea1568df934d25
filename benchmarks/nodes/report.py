"""What is left of a run: a table for people, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.nodes.figures import Round
from benchmarks.nodes.plan import NONE


def write_report(folder: Path, rounds: Sequence[Round], figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    described = "".join(f"- {name}: {value}\n" for name, value in machine.items())
    lines = "".join(f"{figure.line()}\n" for figure in figures)
    (folder / "nodes.md").write_text(f"{described}\n{table(rounds)}\n\n```\n{lines}```\n")
    document = {
        "machine": machine,
        "figures": [{**asdict(figure), "bound": figure.bound.value, "ok": figure.ok} for figure in figures],
        "rounds": [[asdict(store) for store in stores.values()] for stores in rounds],
    }
    (folder / "nodes.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def table(rounds: Sequence[Round]) -> str:
    """A Markdown table: medians over the rounds, a column for each store."""
    stores = list(rounds[0])
    heads = ["one PostgreSQL" if workers == NONE else f"workers: {workers}" for workers in stores]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(stores)}"]
    for name, _ in rounds[0][NONE].rows():
        values = [median(dict(round_[workers].rows())[name] for round_ in rounds) for workers in stores]
        lines.append(f"| {name} | {' | '.join(map(short, values))} |")
    return "\n".join(lines)


def short(value: float) -> str:
    """To three digits."""
    return f"{float(f'{value:.3g}'):,.10g}"
