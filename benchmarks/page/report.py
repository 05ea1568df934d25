"""What is left of a run: a table for people, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.page.browse import Rounds
from benchmarks.page.figures import middle


def write_report(folder: Path, rounds: Rounds, figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    described = "".join(f"- {name}: {value}\n" for name, value in machine.items())
    lines = "".join(f"{figure.line()}\n" for figure in figures)
    (folder / "page.md").write_text(f"{described}\n{table(rounds)}\n\n```\n{lines}```\n")
    document = {
        "machine": machine,
        "figures": [{**asdict(figure), "bound": figure.bound.value, "ok": figure.ok} for figure in figures],
        "rounds": rounds,
    }
    (folder / "page.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def table(rounds: Rounds) -> str:
    """A Markdown table: medians in ms."""
    names = list(next(iter(rounds.values()))[0])
    lines = [f"| ms | {' | '.join(rounds)} |", f"|---|{'---:|' * len(rounds)}"]
    for name in names:
        cells = [f"{middle(seen, name):,.0f}" for seen in rounds.values()]
        lines.append(f"| {name.removesuffix('_ms').replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)
